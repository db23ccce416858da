/// Equality and order as expressions see them. Source: expressions spec §4.3, §4.4.
extension Value {
    public var isNumber: Bool {
        switch self {
        case .int, .float, .double, .decimal: true
        default: false
        }
    }

    /// The number as a Double; nil for anything that is no number.
    public var asDouble: Double? {
        switch self {
        case .int(let number): Double(number)
        case .float(let number): Double(number)
        case .double(let number): number
        case .decimal(let number): number.double
        default: nil
        }
    }

    /// Numbers are equal by value, whatever their type, also inside lists and maps, where the order of members does not
    /// count; everything else must be of one type and equal. (`==` tells types of numbers apart.)
    public func equals(_ other: Value) -> Bool {
        switch (self, other) {
        case (.string(let one), .string(let other)): one == other
        case (.int(let one), .int(let other)): one == other
        case (.list(let one), .list(let other)):
            one.count == other.count && zip(one, other).allSatisfy { $0.equals($1) }
        case (.map(let one), .map(let other)):
            one.count == other.count && one.allSatisfy { other[$0.key]?.equals($0.value) ?? false }
        default:
            isNumber && other.isNumber ? order(to: other) == .same : self == other
        }
    }

    public enum Order: Sendable { case before, same, after, unordered }

    /// How two numbers stand to one another (`unordered` with a NaN); nil when one of them is no number.
    public func order(to other: Value) -> Order? {
        switch (self, other) {
        case (.int(let one), .int(let other)):
            return Order(one, other)
        case (.decimal(let one), .decimal(let other)):
            return Order(one, other)
        case (.decimal(let one), .int(let other)):
            return Order(one, Decimal(other))
        case (.int(let one), .decimal(let other)):
            return Order(Decimal(one), other)
        default:
            guard let one = asDouble, let other = other.asDouble else { return nil }
            return one.isNaN || other.isNaN ? .unordered : Order(one, other)
        }
    }
}

extension Value.Order {
    init<T: Comparable>(_ one: T, _ other: T) { self = one == other ? .same : (one < other ? .before : .after) }
}
