import OrderedCollections

/// A map whose keys stay in the order in which they were written.
public typealias ValueMap = OrderedDictionary<String, Value>

/// Any datum of a flow, an execution or an expression.
///
/// Integers are exact 64-bit numbers, `float` keeps the 32-bit width in which it was made (it prints shorter), maps keep
/// their order. Dates and durations exist beside their texts because expressions calculate with them.
public enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case float(Float)
    case double(Double)
    /// An integer beyond 64 bits or a decimal whose digits count, such as `1.50`.
    indirect case decimal(Decimal)
    case string(String)
    case list([Value])
    case map(ValueMap)
    indirect case moment(Moment)
    indirect case duration(ISODuration)
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .map(ValueMap(elements, uniquingKeysWith: { _, last in last }))
    }
}

extension Value {
    public var isNull: Bool { self == .null }
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var int: Int64? { if case .int(let number) = self { number } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var list: [Value]? { if case .list(let items) = self { items } else { nil } }
    public var map: ValueMap? { if case .map(let members) = self { members } else { nil } }

    /// The member of a map; nil when this is no map or has no such member.
    public subscript(key: String) -> Value? { if case .map(let members) = self { members[key] } else { nil } }
}
