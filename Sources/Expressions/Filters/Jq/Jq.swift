import FlowModel
import Synchronization

extension TemplateFilter {
    static let jq = TemplateFilter(
        "jq", "Runs a jq program on a value (texts are read as JSON) and gives the list of its results.",
        [Parameter("expression", "the program", required: true)],
        examples: [
            Example("{{ [1, 2, 3] | jq('.[] | select(. > 1)') }}", "[2,3]"),
            Example(#"{{ '{"a": {"b": 5}}' | jq('.a.b') | first }}"#, "5"),
        ]
    ) { input, arguments, run throws(ExpressionError) in
        let program = try arguments.requiredText(0, run)
        do throws(JqStop) {
            let value = try JqInput.value(of: input, in: run.world.timeZone)
            return .list(try JqEvaluator(run).results(of: try JqProgram.compiled(program), on: value))
        } catch {
            throw JqProgram.failure(error, program, input, run)
        }
    }
}

extension FilterCatalogue {
    static let jq: [TemplateFilter] = [.jq]
}

private enum JqProgram {
    private static let known = Mutex<[String: JqNode]>([:])
    private static let limit = 256

    static func compiled(_ program: String) throws(JqStop) -> JqNode {
        if let node = known.withLock({ $0[program] }) { return node }
        do throws(JqSyntaxError) {
            let node = try JqParser.parse(program)
            known.withLock { if $0.count < limit { $0[program] = node } }
            return node
        } catch {
            throw .failed(.evaluation("jq: \(error.message)"))
        }
    }

    static func failure(
        _ stop: JqStop, _ program: String, _ input: Value, _ run: Rendering
    ) -> ExpressionError {
        var inner = stop
        while case .downstream(let next) = inner { inner = next }
        let reason =
            switch inner {
            case .error(let value): "jq: \(JqTexts.text(of: value))"
            case .failed(let error): error.message
            case .leave, .downstream: "jq: break"
            }
        let shown = String(run.plainText(of: input).prefix(500))
        return ExpressionError.evaluation(reason)
            .wrapped(as: "Failed to resolve JQ expression '\(program)' and value '\(shown)'")
            .wrapped(as: "Unable to parse jq value '\(shown)' with type '\(ClassNames.name(of: input))'")
    }
}

/// The JSON form of a value without the way over its text, so that the types of numbers stay.
private enum JqInput {
    static func value(of value: Value, in zone: Zone) throws(JqStop) -> Value {
        guard case .string(let text) = value else { return converted(value, zone) }
        do throws(Problem) { return try JSON.parse(text) } catch {
            throw .failed(.evaluation("jq: the text is not JSON: \(error.what)"))
        }
    }

    private static func converted(_ value: Value, _ zone: Zone) -> Value {
        switch value {
        case .list(let items): return .list(items.map { converted($0, zone) })
        case .map(let members):
            return .map(
                members.reduce(into: [:]) { result, member in
                    if member.value != .null { result[member.key] = converted(member.value, zone) }
                })
        case .moment: return (try? JSON.parse(value.json(.expression(in: zone)))) ?? value
        case .duration(let duration): return Decimal(duration.secondsText).map { .decimal($0) } ?? value
        default: return value
        }
    }
}
