import ArgumentParser
import Expressions
import FlowModel
import TaskKit

/// `sluice type …`: the types of tasks, triggers and conditions, and what expressions can call.
struct TypeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "type",
        abstract: "List and explain types of tasks, triggers and conditions, and the filters,"
            + " functions and tests of expressions.",
        subcommands: [List.self, Show.self, Docs.self], aliases: ["types"])

    /// What can be listed, in the order of the list.
    enum Kind: String, ExpressibleByArgument, CaseIterable { case task, trigger, condition, filter, function, test }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List types, and the filters, functions and tests of expressions.")
        @Argument(help: "Part of a name or of what it does.") var query: String?
        @Option(name: .shortAndLong, help: "Only these: task, trigger, condition, filter, function or test.")
        var kind: [Kind] = []
        @OptionGroup var output: OutputOptions

        func run() throws {
            let wanted = query?.lowercased()
            let items = Self.entries.filter { entry in
                (kind.isEmpty || kind.contains(entry.kind))
                    && (wanted.map { entry.name.lowercased().contains($0) || entry.title.lowercased().contains($0) }
                        ?? true)
            }.map { entry -> Value in
                ["kind": .string(entry.kind.rawValue), "type": .string(entry.name), "title": .string(entry.title)]
            }
            output.show(
                items, name: { $0.text("type") },
                table: { table in
                    for item in items { table.rows.append([item.text("type"), item.text("kind"), item.text("title")]) }
                }, columns: Table("TYPE", "KIND", "WHAT IT DOES"))
        }

        private static var entries: [(kind: Kind, name: String, title: String)] {
            let catalogue = Program.catalogue
            let types =
                catalogue.tasks.values.map { (Kind.task, $0.about) }
                + catalogue.triggers.values.map { (.trigger, $0.about) }
                + catalogue.conditions.values.map { (.condition, $0.about) }
            return types.map { (kind: $0, name: $1.type, title: $1.title) }
                + Language.all.map { (kind: Kind($0.kind), name: $0.name, title: $0.summary) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explain a type, or a filter, function or test: properties or arguments, and examples.")
        @Argument(
            help: ArgumentHelp(
                "A type's full name or an older name of it; or the name of a filter, function or test, after its kind where"
                    + " several have it: `filter date`.", valueName: "name"))
        var words: [String]

        func run() throws {
            let name = words.joined(separator: " ")
            let catalogue = Program.catalogue
            if let task = catalogue.task(name) {
                return show(task.about, task.properties, outputs: task.outputs, lists: task.lists)
            }
            if let trigger = catalogue.trigger(name) {
                return show(trigger.about, trigger.properties, outputs: trigger.type.variables, lists: [])
            }
            if let condition = catalogue.condition(name) {
                return show(condition.about, condition.properties, outputs: [], lists: [])
            }
            let found = Language.named(name)
            for (index, signature) in found.enumerated() {
                if index > 0 { Console.out("") }
                show(signature)
            }
            if found.isEmpty { throw Self.unknown(name) }
        }

        private static func unknown(_ name: String) -> ExitCode {
            let types =
                Program.catalogue.tasks.keys.elements + Program.catalogue.triggers.keys.elements
                + Program.catalogue.conditions.keys.elements
            let near =
                types.closest(to: name) ?? types.first { $0.lowercased().hasSuffix(".\(name.lowercased())") }
                ?? Language.all.map(\.name).closest(to: name.split(separator: " ").last.map(String.init) ?? name)
            return Exit.told(
                "there is no type, filter, function or test \(name)",
                fix: near.map { "did you mean \($0)?" } ?? "`sluice type list` lists them all", Exit.notFound)
        }

        private func show(_ signature: Signature) {
            Console.out("\(signature.name) (\(signature.kind.rawValue))")
            Console.out("  \(signature.summary)")
            Console.out("\nUsage\n  {{ \(signature.usage) }}")
            if !signature.parameters.isEmpty { Console.out("\nArguments") }
            for parameter in signature.parameters {
                let mark =
                    parameter.isRequired
                    ? "required" : parameter.defaultValue.map { "default \($0.jsonText())" } ?? "optional"
                Console.out("  \(parameter.name) (\(mark)): \(parameter.summary)")
            }
            if !signature.examples.isEmpty { Console.out("\nExamples") }
            for example in signature.examples {
                Console.out("  \(example.template)")
                for line in example.result?.split(separator: "\n", omittingEmptySubsequences: false) ?? [] {
                    Console.out("    → \(line)")
                }
            }
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

extension TypeCommand {
    struct Docs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the reference of filters, functions and tests as a page in Markdown.")

        func run() throws { Console.raw(LanguagePage.text) }
    }
}

extension TypeCommand.Kind {
    init(_ kind: Signature.Kind) {
        switch kind {
        case .filter: self = .filter
        case .function: self = .function
        case .test: self = .test
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
            throw Exit.told("there is no type \(type)", fix: "`sluice type list` lists them all", Exit.notFound)
        }
        Console.out(schema.jsonText(.pretty))
    }
}
