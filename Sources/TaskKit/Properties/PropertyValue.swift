import FlowModel

/// How a property reaches its type.
public enum PropertyRendering: Sendable {
    /// Rendered to text; structures are rendered member by member.
    case text
    /// A template that is one expression keeps the type of its value.
    case typed
    /// Not rendered: the task renders it itself, perhaps more than once.
    case raw
}

/// A type that a property can have.
public protocol PropertyValue: Sendable {
    static var schema: Schema { get }
    static var rendering: PropertyRendering { get }
    /// What an absent property gives; nil when it must be there.
    static var missing: Self? { get }
    /// - Throws: what is wrong with the rendered value.
    init(property: Value) throws(PropertyProblem)
    /// The value as JSON shows it, for documented defaults.
    var shown: Value? { get }
}

extension PropertyValue {
    public static var rendering: PropertyRendering { .text }
    public static var missing: Self? { nil }
    public var shown: Value? { nil }
}

/// Why a value does not fit a property.
public struct PropertyProblem: Error, Sendable {
    public var what: String
    public var fix: String?

    public init(_ what: String, fix: String? = nil) {
        self.what = what
        self.fix = fix
    }
}

extension Optional: PropertyValue where Wrapped: PropertyValue {
    public static var schema: Schema { Wrapped.schema }
    public static var rendering: PropertyRendering { Wrapped.rendering }
    public static var missing: Self? { .some(nil) }
    public init(property: Value) throws(PropertyProblem) { self = .some(try Wrapped(property: property)) }
    public var shown: Value? { self?.shown }
}

extension String: PropertyValue {
    public static var schema: Schema { .string }
    public init(property: Value) throws(PropertyProblem) {
        switch property {
        case .string(let text): self = text
        case .list, .map: self = property.jsonText()
        default: self = property.printed()
        }
    }
    public var shown: Value? { .string(self) }
}

extension Bool: PropertyValue {
    public static var schema: Schema { .boolean }
    public init(property: Value) throws(PropertyProblem) {
        switch property {
        case .bool(let flag): self = flag
        case .string(let text) where text.lowercased() == "true": self = true
        case .string(let text) where text.lowercased() == "false": self = false
        default: throw PropertyProblem("is `\(property.printed())`, not true or false")
        }
    }
    public var shown: Value? { .bool(self) }
}

extension Int: PropertyValue {
    public static var schema: Schema { .integer }
    public init(property: Value) throws(PropertyProblem) {
        let number: Int? =
            switch property {
            case .int(let number): Int(number)
            case .string(let text): Int(text)
            case .double(let number): Int(exactly: number)
            default: nil
            }
        guard let number else { throw PropertyProblem("is `\(property.printed())`, not a whole number") }
        self = number
    }
    public var shown: Value? { .int(Int64(self)) }
}

extension Double: PropertyValue {
    public static var schema: Schema { .number }
    public init(property: Value) throws(PropertyProblem) {
        let number: Double? =
            switch property {
            case .int(let number): Double(number)
            case .float(let number): Double(number)
            case .double(let number): number
            case .string(let text): Double(text)
            default: nil
            }
        guard let number else { throw PropertyProblem("is `\(property.printed())`, not a number") }
        self = number
    }
    public var shown: Value? { .double(self) }
}

extension ISODuration: PropertyValue {
    public static var schema: Schema { .duration }
    public init(property: Value) throws(PropertyProblem) {
        if case .duration(let duration) = property {
            self = duration
            return
        }
        do {
            self = try ISODuration(property.printed())
        } catch {
            throw PropertyProblem(
                "is `\(property.printed())`, not an ISO 8601 duration",
                fix: "write PT5S for 5 seconds, PT1H for an hour, P1D for a day")
        }
    }
    public var shown: Value? { .string(description) }
}

extension LogLevel: PropertyValue {
    public static var schema: Schema { .choice(allCases.map(\.name)) }
    public init(property: Value) throws(PropertyProblem) {
        guard let level = LogLevel(name: property.printed()) else {
            throw PropertyProblem("is `\(property.printed())`, not one of TRACE, DEBUG, INFO, WARN, ERROR")
        }
        self = level
    }
    public var shown: Value? { .string(name) }
}

extension Array: PropertyValue where Element: PropertyValue {
    public static var schema: Schema { .list(Element.schema) }
    public static var rendering: PropertyRendering { Element.rendering }
    /// A list, or a text that is a JSON list.
    public init(property: Value) throws(PropertyProblem) {
        guard case .list(let items) = property.parsedIfText else {
            throw PropertyProblem("is not a list")
        }
        var read: [Element] = []
        read.reserveCapacity(items.count)
        for item in items { read.append(try Element(property: item)) }
        self = read
    }
}

/// A map of typed members in document order; a text must be a JSON object.
public struct PropertyMap<Content: PropertyValue>: PropertyValue {
    public var members: [(key: String, value: Content)]

    public static var schema: Schema { .map(Content.schema) }
    public static var rendering: PropertyRendering { Content.rendering }
    public init(members: [(key: String, value: Content)]) { self.members = members }
    public init(property: Value) throws(PropertyProblem) {
        guard case .map(let map) = property.parsedIfText else { throw PropertyProblem("is not a map") }
        var read: [(key: String, value: Content)] = []
        for (key, value) in map where !value.isNull { read.append((key, try Content(property: value))) }
        members = read
    }
}

/// A text, or several.
public struct OneOrMany: PropertyValue {
    public var texts: [String]

    public static var schema: Schema { .either([.string, .list(.string)]) }
    public init(property: Value) throws(PropertyProblem) {
        if case .list(let items) = property {
            texts = []
            for item in items { texts.append(try String(property: item)) }
        } else {
            texts = [try String(property: property)]
        }
    }
}

/// Any value; texts inside it are rendered.
extension Value: PropertyValue {
    public static var schema: Schema { .any }
    public init(property: Value) throws(PropertyProblem) { self = property }
    public var shown: Value? { self }
}

/// A value that keeps the type of the expression that gives it.
public struct TypedValue: PropertyValue {
    public var value: Value
    public static var schema: Schema { .any }
    public static var rendering: PropertyRendering { .typed }
    public init(property: Value) throws(PropertyProblem) { value = property }
}

/// A value as the flow writes it: the task renders it itself.
public struct Unrendered: PropertyValue {
    public var value: Value
    public static var schema: Schema { .any }
    public static var rendering: PropertyRendering { .raw }
    public init(property: Value) throws(PropertyProblem) { value = property }
}

/// A choice among words: `enum Method: String, PropertyChoice { … }`.
public protocol PropertyChoice: PropertyValue, RawRepresentable, CaseIterable where RawValue == String {}
extension PropertyChoice {
    public static var schema: Schema { .choice(allCases.map(\.rawValue)) }
    public init(property: Value) throws(PropertyProblem) {
        guard let choice = Self(rawValue: property.printed()) else {
            throw PropertyProblem(
                "is `\(property.printed())`, not one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))",
                fix: Self.allCases.map(\.rawValue).closest(to: property.printed()).map { "did you mean \($0)?" })
        }
        self = choice
    }
    public var shown: Value? { .string(rawValue) }
}

extension Value {
    /// A text that holds JSON, parsed; anything else as it is.
    fileprivate var parsedIfText: Value {
        guard case .string(let text) = self else { return self }
        return (try? JSON.parse(text)) ?? self
    }
}
