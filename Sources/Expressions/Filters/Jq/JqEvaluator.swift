import FlowModel

/// Runs a program. Every result is handed on as it comes, so that `first(…)` can stop what would never end; the work, the
/// depth and the size of what is made are bounded.
final class JqEvaluator {
    typealias Emit = JqSink<JqItem>

    let run: Rendering
    private var labels = 0
    /// Where the stack stood at the beginning.
    private let stackStart: UInt
    /// Bytes of the stack that evaluations inside one another may take.
    private static let stackLimit: UInt = 1 << 19

    init(_ run: Rendering) {
        self.run = run
        stackStart = Stack.position()
    }

    func checkStack() throws(JqStop) {
        guard Stack.used(since: stackStart) < Self.stackLimit else {
            throw .failed(.evaluation("The jq program recurses too deeply."))
        }
    }

    /// Refuses values nested more deeply than can be handled.
    func checkNesting(of value: Value) throws(JqStop) {
        do throws(ExpressionError) { try run.checkNesting(of: value) } catch { throw .failed(error) }
    }

    /// All results of a program.
    func results(of program: JqNode, on input: Value) throws(JqStop) -> [Value] {
        var results: [Value] = []
        try evaluate(program, JqItem(value: input), nil) { (item) throws(JqStop) in
            results.append(item.value)
            try self.keep(item.value, count: results.count)
        }
        return results
    }

    func check(count: Int) throws(JqStop) {
        if count > run.scope.limits.elements {
            throw .failed(.evaluation("The jq program makes more than \(run.scope.limits.elements) elements."))
        }
    }

    /// Counts a value that is kept in a list.
    func keep(_ value: Value, count: Int) throws(JqStop) {
        try check(count: count)
        var bytes = 2 * Weights.item
        if case .string = value { bytes += Weights.shallow(value) }
        try allocate(bytes)
    }

    func allocate(_ bytes: Int) throws(JqStop) {
        do throws(ExpressionError) { try run.allocate(bytes) } catch { throw .failed(error) }
    }

    /// Refuses a value for which there is no room, but does not count it: most of them are soon gone.
    func makeRoom(for value: Value) throws(JqStop) {
        let bytes = Weights.shallow(value)
        if bytes > 4096 { try step(bytes >> 12) }
        guard bytes + run.usage.memory <= run.scope.limits.memoryBytes else { throw .failed(run.memoryLimit()) }
    }

    /// The items of a list that can be compared in time.
    func comparable(_ value: Value, _ name: String) throws(JqStop) -> [Value] {
        let items = try JqNatives.list(value, name)
        try survey(value)
        try allocate(2 * Weights.list(items.count))
        return items
    }

    func weigh(_ value: Value) throws(JqStop) {
        do throws(ExpressionError) { try run.weigh(value) } catch { throw .failed(error) }
    }

    func jsonText(of value: Value) throws(JqStop) -> String {
        try weigh(value)
        return value.jsonText()
    }

    /// Refuses what takes too long to compare, sort or search.
    func survey(_ value: Value) throws(JqStop) {
        do throws(ExpressionError) { try run.survey(value) } catch { throw .failed(error) }
    }

    func step(_ weight: Int = 1) throws(JqStop) {
        do throws(ExpressionError) { try run.step(weight: weight) } catch { throw .failed(error) }
    }

    func newLabel() -> Int {
        labels += 1
        return labels
    }

    func evaluate(
        _ node: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        try checkStack()
        try step()
        switch node {
        case .identity: try emit(input)
        case .pipe(let left, let right):
            try evaluate(left, input, names) { (item) throws(JqStop) in try self.evaluate(right, item, names, emit) }
        case .both(let left, let right):
            try evaluate(left, input, names, emit)
            try evaluate(right, input, names, emit)
        case .index(let target, let key): try index(target, key, input, names, emit)
        case .iterate(let target): try iterate(target, input, names, emit)
        case .slice(let target, let from, let to): try slice(target, from, to, input, names, emit)
        case .recursion: try recurse(input, by: nil, names, emit)
        case .attempt(let body, let handler): try attempt(body, handler, input, names, emit)
        case .condition(let test, let then, let otherwise):
            try values(of: test, input, names) { (value) throws(JqStop) in
                if value.isTruthy { return try self.evaluate(then, input, names, emit) }
                guard let otherwise else { return try emit(input) }
                try self.evaluate(otherwise, input, names, emit)
            }
        case .alternative(let left, let right): try alternative(left, right, input, names, emit)
        case .call(let key, let arguments): try call(key, arguments, input, names, emit)
        case .bind(let source, let pattern, let body):
            try values(of: source, input, names) { (value) throws(JqStop) in
                let inner = JqSink<JqEnvironment?> { (names) throws(JqStop) in
                    try self.evaluate(body, input, names, emit)
                }
                try self.bind(pattern, to: value, input, names, inner)
            }
        case .reduce(let source, let pattern, let start, let update):
            try reduce(source, pattern, start, update, input, names, emit)
        case .foreach(let source, let pattern, let start, let update, let extract):
            try foreach(source, pattern, start, update, extract, input, names, emit)
        case .define(let function, let body):
            try evaluate(body, input, JqEnvironment(.function(function), in: names), emit)
        case .label(let name, let body):
            let label = newLabel()
            try stopping(at: label) { () throws(JqStop) in
                try self.evaluate(body, input, JqEnvironment(.label(name, label), in: names), emit)
            }
        case .leave(let name): throw .leave(try self.label(named: name, names))
        case .literal(.null) where input.path != nil: try emit(JqItem(value: .null, path: []))
        default:
            guard input.path == nil else { throw .message("Invalid path expression") }
            try compute(node, input, names, JqSink { (value) throws(JqStop) in try emit(JqItem(value: value)) })
        }
    }

    /// The results of a program in which no paths are asked for.
    func values(
        of node: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: @escaping (Value) throws(JqStop) -> Void
    ) throws(JqStop) {
        if case .literal(let value) = node { return try emit(value) }
        try evaluate(node, JqItem(value: input.value), names) { (item) throws(JqStop) in try emit(item.value) }
    }

    func evaluate(
        _ node: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: @escaping (JqItem) throws(JqStop) -> Void
    ) throws(JqStop) {
        try evaluate(node, input, names, JqSink(emit))
    }

    /// What makes new values, to which no path leads.
    private func compute(
        _ node: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: JqSink<Value>
    ) throws(JqStop) {
        switch node {
        case .literal(let value): try emit(value)
        case .variable(let name): try emit(try variable(name, names))
        case .format(let name):
            try weigh(input.value)
            try emit(.string(try JqFormats.text(of: input.value, in: name)))
        case .string(let format, let pieces): try string(pieces[...], format ?? "text", "", input, names, emit)
        case .array(let body):
            let made = try array(body, input, names)
            try checkNesting(of: made)
            try emit(made)
        case .object(let members): try object(members[...], [:], input, names, emit)
        case .negate(let operand):
            try values(of: operand, input, names) { (value) throws(JqStop) in try emit(try JqNumber.negated(value)) }
        case .arithmetic(let operation, let left, let right):
            try pairs(left, right, input, names) { (left, right) throws(JqStop) in
                try emit(try self.calculate(operation, left, right))
            }
        case .comparison(let comparison, let left, let right):
            try pairs(left, right, input, names) { (left, right) throws(JqStop) in
                try self.survey(left)
                try emit(.bool(comparison.holds(JqOrder.compare(left, right))))
            }
        case .and(let left, let right):
            try values(of: left, input, names) { (value) throws(JqStop) in
                guard value.isTruthy else { return try emit(false) }
                try self.values(of: right, input, names) { (value) throws(JqStop) in try emit(.bool(value.isTruthy)) }
            }
        case .or(let left, let right):
            try values(of: left, input, names) { (value) throws(JqStop) in
                if value.isTruthy { return try emit(true) }
                try self.values(of: right, input, names) { (value) throws(JqStop) in try emit(.bool(value.isTruthy)) }
            }
        default: try assign(node, input, names, emit)
        }
    }

    /// The right side counts slower than the left one.
    private func pairs(
        _ left: JqNode, _ right: JqNode, _ input: JqItem, _ names: JqEnvironment?,
        _ emit: @escaping (Value, Value) throws(JqStop) -> Void
    ) throws(JqStop) {
        try values(of: right, input, names) { (second) throws(JqStop) in
            try self.values(of: left, input, names) { (first) throws(JqStop) in try emit(first, second) }
        }
    }

    func calculate(_ operation: JqOperator, _ left: Value, _ right: Value) throws(JqStop) -> Value {
        if operation == .subtract, case .list(let one) = left, case .list(let other) = right {
            return .list(try JqLists.subtracted(one, other, self))
        }
        if operation == .divide, case .string(let text) = left { try allocate(4 * text.utf8.count) }
        if operation == .multiply, case .map = left { try survey(left) }
        let result = try JqArithmetic.calculate(operation, left, right, maxBytes: run.scope.limits.outputBytes)
        switch result {
        case .list(let items): try check(count: items.count)
        case .map(let members): try check(count: members.count)
        default: break
        }
        try makeRoom(for: result)
        try allocate(Weights.shallow(result))
        return result
    }
}
