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
            let value = try JqInput.value(of: input, run)
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
    private static let longest = 64 * 1024

    static func compiled(_ program: String) throws(JqStop) -> JqNode {
        if let node = known.withLock({ $0[program] }) { return node }
        guard program.utf8.count <= longest else {
            throw .failed(.evaluation("jq: the program is longer than \(longest) bytes"))
        }
        do throws(JqSyntaxError) {
            let node = try JqParser.parse(program)
            if program.utf8.count <= 4096 { known.withLock { if $0.count < limit { $0[program] = node } } }
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
        let shown = String(((try? run.plainText(of: input)) ?? "…").prefix(500))
        return ExpressionError.evaluation(reason)
            .wrapped(as: "Failed to resolve JQ expression '\(program)' and value '\(shown)'")
            .wrapped(as: "Unable to parse jq value '\(shown)' with type '\(ClassNames.name(of: input))'")
    }
}

/// The JSON form of a value without the way over its text, so that the types of numbers stay.
private enum JqInput {
    static func value(of value: Value, _ run: Rendering) throws(JqStop) -> Value {
        do throws(ExpressionError) {
            if case .string(let text) = value {
                try run.allocate(ReadingWeight.of(text.utf8, count: text.utf8.count))
            } else {
                try run.survey(value)
            }
        } catch {
            throw .failed(error)
        }
        guard case .string(let text) = value else { return converted(value, run.world.timeZone) ?? value }
        do throws(Problem) { return try JSON.parse(text) } catch {
            throw .failed(.evaluation("jq: the text is not JSON: \(error.what)"))
        }
    }

    /// Nil where the value is JSON already, so that what a flow has put out is not copied.
    private static func converted(_ value: Value, _ zone: Zone) -> Value? {
        switch value {
        case .list(var items):
            var isChanged = false
            for (index, item) in items.enumerated() {
                guard let new = converted(item, zone) else { continue }
                items[index] = new
                isChanged = true
            }
            return isChanged ? .list(items) : nil
        case .map(let members):
            var result: ValueMap?
            for (key, member) in members {
                if case .null = member {
                    result = result ?? members
                    result?.removeValue(forKey: key)
                } else if let new = converted(member, zone) {
                    result = result ?? members
                    result?[key] = new
                }
            }
            return result.map { .map($0) }
        case .moment: return try? JSON.parse(value.json(.expression(in: zone)))
        case .duration(let duration): return Decimal(duration.secondsText).map { .decimal($0) }
        default: return nil
        }
    }
}
