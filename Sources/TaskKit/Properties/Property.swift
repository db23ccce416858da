import FlowModel

/// A property of a task or trigger type: documented where it is declared, and read, rendered and converted when the type is
/// made.
///
/// `Self()` inside `PropertyReader.make` evaluates the declarations in their order; each takes its value from the reader
/// that is current there. So a task's body works with plain typed values, and nothing is looked up by name twice.
@propertyWrapper
public struct Property<Content: PropertyValue>: Sendable {
    private let stored: Content?

    /// A property that must be given, unless its type is optional.
    public init(_ about: String) {
        stored = PropertyReader.current?.take(Content.self, about: about, default: nil, deprecated: false)
    }

    /// A property with a default.
    public init(wrappedValue: Content, _ about: String) {
        stored = PropertyReader.current?.take(Content.self, about: about, default: wrappedValue, deprecated: false)
    }

    /// A property of old that is still read.
    public init(wrappedValue: Content, deprecated about: String) {
        stored = PropertyReader.current?.take(Content.self, about: about, default: wrappedValue, deprecated: true)
    }

    public var wrappedValue: Content {
        guard let stored else {
            preconditionFailure("a task type is only made by PropertyReader.make, which fails first")
        }
        return stored
    }
}

/// What a property is, for schema, help and validation.
public struct PropertyAbout: Sendable {
    public var name: String
    public var about: String
    public var schema: Schema
    public var isRequired: Bool
    public var isDeprecated: Bool
    /// The default as JSON shows it; nil without one.
    public var defaultValue: Value?
    /// Whether a value written without expressions would be accepted; the text says why not.
    public var check: @Sendable (Value) -> String?
}
