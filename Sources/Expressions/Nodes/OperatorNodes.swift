import FlowModel

/// `a + b`, `a == b` and the other operators that take both sides as values. Whatever goes wrong inside, a missing
/// variable included, becomes a failure of the operation. Source: expressions spec §4.2 to §4.4, §4.8.
final class BinaryNode: ExpressionNode {
    let operation: Operator
    let left: any ExpressionNode
    let right: any ExpressionNode
    let offset: Int

    init(_ operation: Operator, _ left: any ExpressionNode, _ right: any ExpressionNode, offset: Int) {
        self.operation = operation
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        do throws(ExpressionError) {
            let one = try left.evaluate(run)
            let other = try right.evaluate(run)
            return try result(one, other, run)
        } catch {
            throw error.wrapped(as: "Could not perform \(operation.deed)").at(offset, in: run.source)
        }
    }

    private func result(_ one: Value, _ other: Value, _ run: Rendering) throws(ExpressionError) -> Value {
        switch operation {
        case .equal: .bool(try run.equal(one, other))
        case .notEqual: .bool(!(try run.equal(one, other)))
        case .greater: .bool(try Comparison.ordered(one, other, named: "GREATER_THAN") { $0 > 0 })
        case .less: .bool(try Comparison.ordered(one, other, named: "LESS_THAN") { $0 < 0 })
        case .greaterOrEqual: .bool(try Comparison.ordered(one, other, named: "GREATER_THAN_EQUALS") { $0 >= 0 })
        case .lessOrEqual: .bool(try Comparison.ordered(one, other, named: "LESS_THAN_EQUALS") { $0 <= 0 })
        case .add: try Arithmetic.add(one, other, run, at: offset)
        case .subtract: try Arithmetic.subtract(one, other, run)
        case .multiply: try Arithmetic.calculate(.multiply, one, other)
        case .divide: try Arithmetic.calculate(.divide, one, other)
        case .remainder: try Arithmetic.calculate(.remainder, one, other)
        default: .null
        }
    }
}

extension Operator {
    /// What the operation is called in "Could not perform …".
    var deed: String {
        switch self {
        case .add: "addition"
        case .subtract: "subtraction"
        case .multiply: "multiplication"
        case .divide: "division"
        case .remainder: "modulus"
        case .greater: "greater than comparison"
        case .greaterOrEqual: "greater than or equals comparison"
        case .less: "less than comparison"
        case .lessOrEqual: "less than or equals comparison"
        case .equal: "equals comparison"
        case .notEqual: "not equals comparison"
        default: "operation \(shown)"
        }
    }
}

/// `a contains b`, `a isIn b`, `a..b`: a missing variable stays one.
final class MembershipNode: ExpressionNode {
    let operation: Operator
    let left: any ExpressionNode
    let right: any ExpressionNode
    let offset: Int

    init(_ operation: Operator, _ left: any ExpressionNode, _ right: any ExpressionNode, offset: Int) {
        self.operation = operation
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let one = try left.evaluate(run)
        let other = try right.evaluate(run)
        do throws(ExpressionError) {
            try run.step()
            switch operation {
            case .contains: return .bool(try Comparison.contains(one, other, run))
            case .isIn: return .bool(try Comparison.isIn(one, other, run))
            default: return try RangeMaker.list(from: one, through: other, by: .int(1), run)
            }
        } catch {
            throw error.at(offset, in: run.source)
        }
    }
}

/// `a and b`, `a or b`: the right side only when it decides.
final class LogicNode: ExpressionNode {
    let isAnd: Bool
    let left: any ExpressionNode
    let right: any ExpressionNode
    let offset: Int

    init(isAnd: Bool, _ left: any ExpressionNode, _ right: any ExpressionNode, offset: Int) {
        self.isAnd = isAnd
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let word = isAnd ? "and" : "or"
        let first = try left.evaluate(run)
        guard try Conditions.truth(of: first, in: word, at: offset, run) == isAnd else { return .bool(!isAnd) }
        let second = try right.evaluate(run)
        return .bool(try Conditions.truth(of: second, in: word, at: offset, run))
    }
}

/// `not a`, `-a`, `+a`
final class PrefixNode: ExpressionNode {
    let operation: Operator
    let operand: any ExpressionNode
    let offset: Int

    init(_ operation: Operator, _ operand: any ExpressionNode, offset: Int) {
        self.operation = operation
        self.operand = operand
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let value = try operand.evaluate(run)
        if operation == .not { return .bool(!(try Conditions.truth(of: value, in: "not", at: offset, run))) }
        do throws(ExpressionError) {
            return try Arithmetic.signed(value, negative: operation == .subtract)
        } catch {
            throw error.at(offset, in: run.source)
        }
    }
}

/// `a ?? b` (null or missing) and `a ??? b` (missing).
final class CoalesceNode: ExpressionNode {
    let left: any ExpressionNode
    let right: any ExpressionNode
    let replacesNull: Bool

    init(_ left: any ExpressionNode, _ right: any ExpressionNode, replacesNull: Bool) {
        self.left = left
        self.right = right
        self.replacesNull = replacesNull
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        if let value = try run.definedValue(of: left), !(replacesNull && value == .null) { return value }
        return try right.evaluate(run)
    }
}

/// `c ? a : b`; null counts as false.
final class TernaryNode: ExpressionNode {
    let condition: any ExpressionNode
    let yes: any ExpressionNode
    let no: any ExpressionNode
    let offset: Int

    init(_ condition: any ExpressionNode, _ yes: any ExpressionNode, _ no: any ExpressionNode, offset: Int) {
        self.condition = condition
        self.yes = yes
        self.no = no
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let value = try condition.evaluate(run)
        let isTrue = value == .null ? false : try Conditions.truth(of: value, in: "ternary", at: offset, run)
        return try isTrue ? yes.evaluate(run) : no.evaluate(run)
    }
}
