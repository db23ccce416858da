import FlowModel

extension TemplateFilter {
    static let join = TemplateFilter(
        "join", "The items of a list as one text.",
        [Parameter("separator", "what stands between two items", default: "")],
        examples: [Example("{{ [1, 2] | join('-') }}", "1-2")]
    ) { input, arguments, run throws(ExpressionError) in
        guard case .list(let items) = input else {
            throw .evaluation("The 'join' filter expects that the input is either a collection or an array.")
        }
        let separator = try arguments.text(0, run) ?? ""
        var text = ""
        for (index, item) in items.enumerated() {
            if index > 0 { text += separator }
            try run.appendPlain(item, to: &text)
            if index & 0xFF == 0 || separator.utf8.count > 1024 { try run.charge(text) }
        }
        return .string(text)
    }
}
