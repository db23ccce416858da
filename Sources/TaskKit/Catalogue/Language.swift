import Expressions
import FlowModel

/// What templates can call: filters, functions and tests, for commands, schemas and pages.
public enum Language {
    /// Filters, functions and tests, each by name.
    public static let all: [Signature] =
        [
            Expressions.Catalogue.filters.map(\.signature), Expressions.Catalogue.functions.map(\.signature),
            Expressions.Catalogue.tests.map(\.signature),
        ].flatMap { $0.sorted { $0.name < $1.name } }

    /// What has this name: a filter and a function may share one.
    /// - Parameter query: a name, or a kind and a name: `upper`, `filter upper`.
    public static func named(_ query: String) -> [Signature] {
        let words = query.split(separator: " ")
        guard let name = words.last, words.count <= 2 else { return [] }
        let kind = words.count == 2 ? Signature.Kind(rawValue: words[0].lowercased()) : nil
        if words.count == 2, kind == nil { return [] }
        return all.filter { $0.name == name && (kind == nil || $0.kind == kind) }
    }

    /// Names, what they do and their arguments, as a schema carries them for the completion of editors.
    static var schema: Value {
        var members: ValueMap = [:]
        for (kind, name) in [(Signature.Kind.filter, "filters"), (.function, "functions"), (.test, "tests")] {
            members[name] = .list(all.filter { $0.kind == kind }.map(\.json))
        }
        return .map(members)
    }
}

extension Signature {
    /// How it is written: `value | round(scale = 0)`, `now(…)`, `value is defined`. Arguments that may be left out have
    /// their defaults, or a question mark.
    public var usage: String {
        let arguments = parameters.map { parameter in
            if let value = parameter.defaultValue { return "\(parameter.name) = \(value.jsonText())" }
            return parameter.isRequired ? parameter.name : "\(parameter.name)?"
        }
        let all = (arguments + (isVariadic ? ["…"] : [])).joined(separator: ", ")
        return switch kind {
        case .filter: "value | \(name)" + (all.isEmpty ? "" : "(\(all))")
        case .function: "\(name)(\(all))"
        case .test: "value is \(name)" + (all.isEmpty ? "" : "(\(all))")
        }
    }

    public var json: Value {
        var members: ValueMap = [
            "name": .string(name), "usage": .string(usage), "summary": .string(summary),
        ]
        if !parameters.isEmpty {
            members["parameters"] = .list(
                parameters.map { parameter in
                    var about: ValueMap = [
                        "name": .string(parameter.name), "description": .string(parameter.summary),
                        "required": .bool(parameter.isRequired),
                    ]
                    about["default"] = parameter.defaultValue
                    return .map(about)
                })
        }
        if let example = examples.first?.template { members["example"] = .string(example) }
        return .map(members)
    }
}

/// The reference of the language as a page in Markdown.
public enum LanguagePage {
    public static var text: String {
        var lines = [
            "# Filters, functions and tests", "",
            "What the expressions of flows, `{{ … }}`, can call. Arguments are given in order or by name",
            "(`date(timeZone='UTC')`); those with a question mark or a default may be left out. A filter gives null for null",
            "unless it says otherwise. This page is made by `sluice type docs`; `sluice type show NAME` shows one entry,",
            "`sluice render` tries an expression.",
        ]
        for (kind, title) in [
            (Signature.Kind.filter, "Filters"), (.function, "Functions"), (.test, "Tests"),
        ] {
            let entries = Language.all.filter { $0.kind == kind }
            lines += ["", "## \(title)", ""]
            lines.append(entries.map { "[\($0.name)](#\(anchor($0)))" }.joined(separator: " · "))
            for entry in entries { lines += section(entry) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func anchor(_ entry: Signature) -> String { "\(entry.kind.rawValue)-\(entry.name.lowercased())" }

    private static func section(_ entry: Signature) -> [String] {
        var lines = ["", "### <a id=\"\(anchor(entry))\"></a>\(entry.name)", "", "`\(entry.usage)`", "", entry.summary]
        if !entry.parameters.isEmpty {
            lines.append("")
            lines += entry.parameters.map { "- `\($0.name)`: \($0.summary)" }
        }
        if !entry.examples.isEmpty {
            lines += ["", "```twig"]
            for example in entry.examples {
                lines.append(example.template)
                if let result = example.result {
                    lines += result.split(separator: "\n", omittingEmptySubsequences: false).map { "  → \($0)" }
                }
            }
            lines.append("```")
        }
        return lines
    }
}
