import FlowModel

/// Answers lines of JSON, each a template with all that it needs: what `sluice render --jsonl` does for every line of
/// its input, so that the language can be tested from outside.
///
/// A line is `{"id", "template", "variables", "mode"?, "property_type"?, "fixtures"?, "recursive"?}`, the answer
/// `{"id", "result"}` or `{"id", "error", "kind"}`. Without `mode` the result is a text; `object` renders a structure,
/// `typed` keeps the type of what is printed, `property` converts to `property_type`. Variables may hold tagged values
/// such as `{"$date": "2013-09-08T16:19:12+01:00"}`.
public struct RenderLines: Sendable {
    private let now: Instant
    private let recursive: Bool

    /// - Parameter now: the moment that `now()` gives.
    public init(now: Instant, recursive: Bool = false) {
        self.now = now
        self.recursive = recursive
    }

    /// The answer to one line, without a line end.
    public func answer(to line: String) -> String {
        var id = Value.null
        do throws(ExpressionError) {
            let request = try parsed(line)
            id = request["id"] ?? .null
            var answer: ValueMap = ["id": id]
            let result = try self.result(of: request)
            answer["result"] = result
            if request["mode"] == "typed", let type = Self.typeName(of: result) { answer["type"] = .string(type) }
            return Value.map(answer).jsonText()
        } catch {
            return Value.map([
                "id": id, "error": .string(error.description), "kind": .string(error.kind.rawValue),
            ]).jsonText()
        }
    }

    private func parsed(_ line: String) throws(ExpressionError) -> ValueMap {
        do throws(Problem) {
            guard case .map(let members) = try JSON.parse(line) else {
                throw Problem("render.line", what: "the line is no JSON object")
            }
            return members
        } catch {
            throw .evaluation("Invalid line: \(error)")
        }
    }

    private func result(of request: ValueMap) throws(ExpressionError) -> Value {
        let template = request["template"] ?? .null
        guard case .map(let variables) = try TaggedValues.value(of: request["variables"] ?? .map([:])) else {
            throw .evaluation("Invalid line: `variables` must be an object")
        }
        let fixtures = try TaggedValues.value(of: request["fixtures"] ?? .map([:]))
        let scope = Scope(
            variables: variables,
            world: FixtureWorld(fixtures, now: now, namespace: variables["flow"]?["namespace"]?.string),
            recursive: recursive || request["recursive"] == true)
        switch request["mode"]?.string {
        case nil, "text":
            guard case .string(let source) = template else { return .null }
            return .string(try Template(source).text(in: scope))
        case "object": return try Renderer.render(template, in: scope)
        case "typed":
            guard case .string(let source) = template else { return template }
            return try Template(source).value(in: scope)
        case "property":
            let type = try PropertyType(request["property_type"]?.string ?? "string")
            return try type.value(of: template, in: scope)
        case .some(let mode): throw .evaluation("Invalid line: unknown mode \(mode)")
        }
    }

    /// Nothing for integers: they have one width here.
    private static func typeName(of value: Value) -> String? {
        switch value {
        case .float: "Float"
        case .double: "Double"
        case .string: "String"
        default: nil
        }
    }
}
