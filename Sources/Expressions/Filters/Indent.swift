import FlowModel

extension TemplateFilter {
    static let indent = TemplateFilter(
        "indent", "Indents all lines of a text but the first.", Indentation.parameters,
        examples: [Example("{{ \"a\nb\" | indent(2) }}", "a\n  b")]
    ) { input, arguments, run throws(ExpressionError) in
        .string(try Indentation(arguments, run).indented(try run.plainText(of: input), run))
    }

    static let nindent = TemplateFilter(
        "nindent", "A line end, and then all lines of the text indented.", Indentation.parameters,
        examples: [Example("{{ 'a' | nindent(2) }}", "\n  a")]
    ) { input, arguments, run throws(ExpressionError) in
        let indentation = try Indentation(arguments, run)
        let text = try run.plainText(of: input)
        if text.isEmpty { return .string("") }
        let lineEnd = Indentation.lineEnd(of: text)
        return .string(try indentation.indented(lineEnd + text, run))
    }
}

/// What `indent` and `nindent` put before lines.
struct Indentation {
    static let parameters = [
        Parameter("amount", "how many times the prefix is put before a line", required: true),
        Parameter("prefix", "what is put before", default: " "),
    ]

    private let prefix: String

    init(_ arguments: Arguments, _ run: Rendering) throws(ExpressionError) {
        _ = try arguments.required(0)
        guard let amount = try arguments.integer(0), amount >= 0 else {
            throw .evaluation("The amount of the '\(arguments.signature.name)' filter must not be negative.")
        }
        let unit = try arguments.text(1, run) ?? " "
        guard amount <= 100_000, amount * max(unit.utf8.count, 1) <= 100_000 else {
            throw .evaluation("The amount of the '\(arguments.signature.name)' filter is too large.")
        }
        prefix = String(repeating: unit, count: amount)
    }

    /// The first kind of line end that occurs, in the order CRLF, LF-CR, LF, CR.
    static func lineEnd(of text: String) -> String {
        ["\r\n", "\n\r", "\n", "\r"].first { TextSearch.contains($0, in: text) } ?? "\n"
    }

    func indented(_ text: String, _ run: Rendering) throws(ExpressionError) -> String {
        let lineEnd = Self.lineEnd(of: text)
        return try TextSearch.replacing(
            lineEnd, with: lineEnd + prefix, in: text, limit: run.scope.limits.outputBytes)
    }
}
