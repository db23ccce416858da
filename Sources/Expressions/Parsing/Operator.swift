/// The operators of the language with their levels. Source: expressions spec §4.1.
enum Operator: Sendable, Hashable {
    case or, and
    case isTest, isNotTest, contains, isIn
    case equal, notEqual, greater, less, greaterOrEqual, lessOrEqual
    case add, subtract
    case multiply, divide, remainder
    case filter
    case concatenate
    case range, coalesceNull, coalesceUndefined
    /// Prefix only.
    case not

    /// The level as a binary operator; nil for those that are none.
    var level: Int? {
        switch self {
        case .or: 10
        case .and: 15
        case .isTest, .isNotTest, .contains, .isIn: 20
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual: 30
        case .add, .subtract: 40
        case .multiply, .divide, .remainder: 60
        case .filter: 100
        case .concatenate: 110
        case .range, .coalesceNull, .coalesceUndefined: 120
        case .not: nil
        }
    }

    /// The level of the operand of a prefix operator.
    static let prefixLevel = 500
}
