import ArgumentParser
import Expressions
import FlowModel
import TaskKit

/// `sluice type …`: the types of tasks, triggers and conditions, and the language's functions and filters.
struct TypeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "type", abstract: "List and explain the types of tasks, triggers and conditions.",
        subcommands: [List.self, Show.self], aliases: ["types"])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List types.")
        @Argument(help: "Part of a name or a title.") var query: String?
        @OptionGroup var output: OutputOptions

        func run() throws {
            let catalogue = Program.catalogue
            let all =
                catalogue.tasks.values.map { ("task", $0.about) }
                + catalogue.triggers.values.map { ("trigger", $0.about) }
                + catalogue.conditions.values.map { ("condition", $0.about) }
            let wanted = query?.lowercased()
            let found = all.filter { _, about in
                wanted.map { about.type.lowercased().contains($0) || about.title.lowercased().contains($0) } ?? true
            }
            let items = found.map { kind, about -> Value in
                ["kind": .string(kind), "type": .string(about.type), "title": .string(about.title)]
            }
            output.show(
                items, name: { $0.text("type") },
                table: { table in
                    for item in items { table.rows.append([item.text("type"), item.text("kind"), item.text("title")]) }
                }, columns: Table("TYPE", "KIND", "WHAT IT DOES"))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explain a type: its properties, outputs and an example.")
        @Argument(help: "A type's full name, or an older name of it.") var type: String

        func run() throws {
            let catalogue = Program.catalogue
            if let task = catalogue.task(type) {
                return show(task.about, task.properties, outputs: task.outputs, lists: task.lists)
            }
            if let trigger = catalogue.trigger(type) {
                return show(trigger.about, trigger.properties, outputs: trigger.type.variables, lists: [])
            }
            if let condition = catalogue.condition(type) {
                return show(condition.about, condition.properties, outputs: [], lists: [])
            }
            let names =
                catalogue.tasks.keys.elements + catalogue.triggers.keys.elements + catalogue.conditions.keys.elements
            Console.note(
                "error: there is no type \(type)"
                    + (names.closest(to: type).map { "\n   fix: did you mean \($0)?" } ?? ""))
            throw Exit.notFound
        }

        private func show(
            _ about: TaskAbout, _ properties: [PropertyAbout], outputs: [OutputAbout], lists: [TaskListAbout]
        ) {
            Console.out(about.type)
            Console.out("  \(about.title)")
            if let details = about.details { Console.out("\n  \(details)") }
            if !about.aliases.isEmpty { Console.out("\n  also known as \(about.aliases.joined(separator: ", "))") }
            if !properties.isEmpty || !lists.isEmpty { Console.out("\nProperties") }
            for property in properties {
                let mark =
                    property.isRequired
                    ? "required" : property.defaultValue.map { "default \($0.jsonText())" } ?? "optional"
                Console.out("  \(property.name) (\(property.schema.name), \(mark)): \(property.about)")
            }
            for list in lists {
                Console.out("  \(list.name) (tasks\(list.isRequired ? ", required" : "")): \(list.about)")
            }
            if !outputs.isEmpty { Console.out("\nOutputs") }
            for output in outputs { Console.out("  \(output.name) (\(output.schema.name)): \(output.about)") }
            Console.out(
                "\nExample\n"
                    + about.example.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(
                        separator: "\n"))
        }
    }
}

/// `sluice schema [TYPE]`: JSON Schema for YAML language servers.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of flows, or of one type.")
    @Argument(help: "flow, or a type's full name.") var type = "flow"

    func run() throws {
        guard let schema = FlowSchema(catalogue: Program.catalogue).schema(of: type) else {
            Console.note("error: there is no type \(type)")
            throw Exit.notFound
        }
        Console.out(schema.jsonText(.pretty))
    }
}
