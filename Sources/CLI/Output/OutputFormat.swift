import ArgumentParser
import FlowModel

/// How a command shows what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case table, wide, json, jsonl, name }

struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "A table for people (wide: with all columns), or JSON or names for programs.")
    var output: OutputFormat = .table

    /// Shows a list: JSON as the API gave it, or a table.
    func show(_ items: [Value], name: (Value) -> String, table: (inout Table) -> Void, columns: Table) {
        switch output {
        case .json: Console.out(Value.list(items).jsonText())
        case .jsonl: for item in items { Console.out(item.jsonText()) }
        case .name: for item in items { Console.out(name(item)) }
        case .table, .wide:
            var rows = columns
            table(&rows)
            if items.isEmpty { Console.note("nothing found") }
            Console.out(rows.text(width: output == .wide ? nil : Console.width))
        }
    }
}

extension Value {
    /// A member's text, empty when there is none.
    func text(_ keys: String...) -> String {
        var value: Value? = self
        for key in keys { value = value?[key] }
        guard let value, !value.isNull else { return "" }
        return value.string ?? value.printed()
    }
}
