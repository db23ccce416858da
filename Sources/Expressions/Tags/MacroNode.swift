import FlowModel

/// `{% macro m(a, b='x') %}…{% endmacro %}`. Sees only its arguments. Source: expressions spec §7.4.
final class MacroNode: Sendable {
    let name: String
    let parameters: [(name: String, defaultValue: (any ExpressionNode)?)]
    let body: [any StatementNode]

    init(
        _ name: String, _ parameters: [(name: String, defaultValue: (any ExpressionNode)?)],
        body: [any StatementNode]
    ) {
        self.name = name
        self.parameters = parameters
        self.body = body
    }

    /// The text that the macro makes.
    func call(_ arguments: ParsedArguments, _ run: Rendering, at offset: Int) throws(ExpressionError) -> Value {
        do throws(ExpressionError) {
            var values = [Value?](repeating: nil, count: parameters.count)
            for (index, node) in arguments.positional.enumerated() {
                guard index < parameters.count else {
                    throw .evaluation(
                        "The argument at position \(index + 1) is not allowed. "
                            + "Only \(parameters.count) argument(s) are allowed.")
                }
                values[index] = try node.evaluate(run)
            }
            for (name, node) in arguments.named {
                guard let index = parameters.firstIndex(where: { $0.name == name }) else {
                    throw .evaluation(
                        "The following named argument does not exist: \(name)",
                        hint: ExpressionError.hint(nearest: name, orOneOf: parameters.map(\.name)))
                }
                values[index] = try node.evaluate(run)
            }
            defer { run.ascend() }
            try run.descend("macro")
            return .string(try text(values, run))
        } catch {
            throw error.at(offset, in: run.source)
        }
    }

    private func text(_ values: [Value?], _ run: Rendering) throws(ExpressionError) -> String {
        let floor = run.locals.visibleFloor
        run.locals.open(hidingOuter: true)
        defer { run.locals.close(floor: floor) }
        for (parameter, value) in zip(parameters, values) {
            var given = value
            if given == nil { given = try parameter.defaultValue?.evaluate(run) }
            run.locals.define(parameter.name, given ?? .null)
        }
        return try run.captured(body, .plain)
    }
}
