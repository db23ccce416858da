import FlowModel

/// The four filters that cut a text at a separator.
extension TemplateFilter {
    private static let separator = [Parameter("separator", "where the text is cut", required: true)]

    static let substringBefore = TemplateFilter(
        "substringBefore", "What stands before the first separator; the whole text without one.", separator,
        examples: [Example("{{ 'a.b.c' | substringBefore('.') }}", "a")]
    ) { input, arguments, run throws(ExpressionError) in
        let cut = try Cut(input, arguments, run)
        if cut.separator.isEmpty { return "" }
        return cut.first.map { cut.text(..<$0) } ?? cut.whole
    }

    static let substringAfter = TemplateFilter(
        "substringAfter", "What stands after the first separator; nothing without one.", separator,
        examples: [Example("{{ 'a.b.c' | substringAfter('.') }}", "b.c")]
    ) { input, arguments, run throws(ExpressionError) in
        let cut = try Cut(input, arguments, run)
        if cut.separator.isEmpty { return cut.whole }
        return cut.first.map { cut.text(($0 + cut.separator.count)...) } ?? ""
    }

    static let substringBeforeLast = TemplateFilter(
        "substringBeforeLast", "What stands before the last separator; the whole text without one.", separator,
        examples: [Example("{{ 'a.b.c' | substringBeforeLast('.') }}", "a.b")]
    ) { input, arguments, run throws(ExpressionError) in
        let cut = try Cut(input, arguments, run)
        if cut.separator.isEmpty { return cut.whole }
        return cut.last.map { cut.text(..<$0) } ?? cut.whole
    }

    static let substringAfterLast = TemplateFilter(
        "substringAfterLast", "What stands after the last separator; nothing without one.", separator,
        examples: [Example("{{ 'a.b.c' | substringAfterLast('.') }}", "c")]
    ) { input, arguments, run throws(ExpressionError) in
        let cut = try Cut(input, arguments, run)
        if cut.separator.isEmpty { return "" }
        return cut.last.map { cut.text(($0 + cut.separator.count)...) } ?? ""
    }
}

private struct Cut {
    private let bytes: [UInt8]
    let separator: [UInt8]

    init(_ input: Value, _ arguments: Arguments, _ run: Rendering) throws(ExpressionError) {
        bytes = Array(try run.plainText(of: input).utf8)
        separator = Array(try arguments.requiredText(0, run).utf8)
    }

    var whole: Value { text(0...) }
    var first: Int? { TextSearch.first(separator, in: bytes, from: 0) }
    var last: Int? { TextSearch.last(separator, in: bytes) }
    func text(_ range: some RangeExpression<Int>) -> Value { .string(String(decoding: bytes[range], as: UTF8.self)) }
}
