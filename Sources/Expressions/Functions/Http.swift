import FlowModel

extension TemplateFunction {
    static let http = TemplateFunction(
        "http", "Performs an HTTP request and gives its body: JSON, YAML and XML as values, anything else as text.",
        [
            Parameter("uri", "the address", required: true),
            Parameter("method", "the method", default: "GET"),
            Parameter("query", "a map of query parameters"),
            Parameter("body", "the body; lists and maps are sent as JSON"),
            Parameter("contentType", "the type of the body", default: "application/json"),
            Parameter("headers", "a map of headers"),
            Parameter("options", "the client's configuration, as for the HTTP tasks"),
            Parameter("accept", "the type that is wanted", default: "application/json"),
        ],
        examples: [Example("{{ http('https://api.example.com/items').total }}")]
    ) { arguments, run throws(ExpressionError) in
        let call = HTTPCall(
            uri: try arguments.requiredText(0, run), method: try arguments.text(1, run) ?? "GET",
            query: try map(arguments, 2), headers: try map(arguments, 5), body: arguments[3] ?? .null,
            contentType: try arguments.text(4, run) ?? "application/json",
            accept: try arguments.text(7, run) ?? "application/json", options: arguments[6] ?? .null)
        let answer = try run.world.http(call)
        guard answer.status < 400 else {
            throw .evaluation(
                "Failed to execute HTTP Request, server respond with status \(answer.status) : \(answer.reason)")
        }
        return try value(of: answer, run)
    }

    private static func map(_ arguments: Arguments, _ position: Int) throws(ExpressionError) -> ValueMap {
        switch arguments[position] {
        case nil, .null: return [:]
        case .map(let members): return members
        default:
            throw .evaluation(
                "The argument '\(arguments.signature.parameters[position].name)' of 'http' must be a map.")
        }
    }

    private static func value(of answer: HTTPAnswer, _ run: Rendering) throws(ExpressionError) -> Value {
        guard answer.body.count <= run.scope.limits.outputBytes else { throw run.outputLimit() }
        let type = answer.contentType?.lowercased() ?? ""
        try run.allocate(ReadingWeight.of(answer.body, count: answer.body.count))
        let text = String(decoding: answer.body, as: UTF8.self)
        if type.contains("json"), let value = try? JSON.parse(answer.body) { return value }
        if type.contains("yaml"), let value = try? YAMLValues.value(of: text) { return value }
        if type.contains("xml"), let value = XMLReader.value(of: answer.body) { return value }
        return .string(text)
    }
}
