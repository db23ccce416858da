import FlowModel

/// What a filter, function or test is called with, and what it is for.
public final class Signature: Sendable {
    public enum Kind: String, Sendable { case filter, function, test }

    public let kind: Kind
    public let name: String
    /// One sentence that says what it does.
    public let summary: String
    public let parameters: [Parameter]
    /// Whether it takes any number of arguments.
    public let isVariadic: Bool
    /// Templates and what they render to; nil for results that differ each time.
    public let examples: [Example]

    init(
        kind: Kind, name: String, summary: String, parameters: [Parameter], isVariadic: Bool, examples: [Example]
    ) {
        self.kind = kind
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.isVariadic = isVariadic
        self.examples = examples
    }
}

/// A parameter of a filter, function or test.
public struct Parameter: Sendable {
    public let name: String
    public let summary: String
    public let isRequired: Bool
    /// What counts where the argument is left out.
    public let defaultValue: Value?

    init(_ name: String, _ summary: String, required: Bool = false, default defaultValue: Value? = nil) {
        self.name = name
        self.summary = summary
        isRequired = required
        self.defaultValue = defaultValue
    }
}

/// A template without variables and its result.
public struct Example: Sendable {
    public let template: String
    public let result: String?

    init(_ template: String, _ result: String? = nil) {
        self.template = template
        self.result = result
    }

    /// The same of something that goes by another name.
    func calling(_ other: String, insteadOf name: String) -> Example {
        Example(template.replacing(name, with: other), result)
    }
}

/// `value | name(arguments)`
public final class TemplateFilter: Sendable {
    typealias Body = @Sendable (Value, Arguments, Rendering) throws(ExpressionError) -> Value

    public let signature: Signature
    public var name: String { signature.name }
    /// Whether null reaches the filter; else a null input gives null.
    let acceptsNull: Bool
    /// Whether a missing variable counts as null.
    let acceptsUndefined: Bool
    let makes: Made
    let body: Body

    /// What a filter takes memory for.
    enum Made: Sendable {
        /// Its result is new.
        case value
        /// A list with the items of its input, or as many; charged before it is made.
        case items
        /// Nothing: its result was there before, or is a number.
        case nothing
    }

    init(
        _ name: String, _ summary: String, _ parameters: [Parameter] = [], isVariadic: Bool = false,
        acceptsNull: Bool = false, acceptsUndefined: Bool = false, makes: Made = .value, examples: [Example] = [],
        body: @escaping Body
    ) {
        self.makes = makes
        signature = Signature(
            kind: .filter, name: name, summary: summary, parameters: parameters, isVariadic: isVariadic,
            examples: examples)
        self.acceptsNull = acceptsNull
        self.acceptsUndefined = acceptsUndefined
        self.body = body
    }

    /// The same filter under another name.
    func named(_ other: String) -> TemplateFilter {
        TemplateFilter(
            other, "Another name of `\(name)`.", signature.parameters, acceptsNull: acceptsNull,
            acceptsUndefined: acceptsUndefined, makes: makes,
            examples: signature.examples.map { $0.calling(other, insteadOf: name) }, body: body)
    }
}

/// `name(arguments)`
public final class TemplateFunction: Sendable {
    typealias Body = @Sendable (Arguments, Rendering) throws(ExpressionError) -> Value

    public let signature: Signature
    public var name: String { signature.name }
    /// Whether it does not exist where all results are rendered recursively anyway.
    let onlyWithoutRecursion: Bool
    let body: Body

    init(
        _ name: String, _ summary: String, _ parameters: [Parameter] = [], isVariadic: Bool = false,
        onlyWithoutRecursion: Bool = false, examples: [Example] = [], body: @escaping Body
    ) {
        signature = Signature(
            kind: .function, name: name, summary: summary, parameters: parameters, isVariadic: isVariadic,
            examples: examples)
        self.onlyWithoutRecursion = onlyWithoutRecursion
        self.body = body
    }

    func named(_ other: String) -> TemplateFunction {
        TemplateFunction(
            other, "Another name of `\(name)`.", signature.parameters, isVariadic: signature.isVariadic,
            onlyWithoutRecursion: onlyWithoutRecursion,
            examples: signature.examples.map { $0.calling(other, insteadOf: name) }, body: body)
    }
}

/// `value is name(arguments)`
public final class TemplateTest: Sendable {
    typealias Body = @Sendable (Value, Arguments, Rendering) throws(ExpressionError) -> Bool

    public let signature: Signature
    public var name: String { signature.name }
    let acceptsUndefined: Bool
    let body: Body

    init(
        _ name: String, _ summary: String, _ parameters: [Parameter] = [], acceptsUndefined: Bool = false,
        examples: [Example] = [], body: @escaping Body
    ) {
        signature = Signature(
            kind: .test, name: name, summary: summary, parameters: parameters, isVariadic: false, examples: examples)
        self.acceptsUndefined = acceptsUndefined
        self.body = body
    }
}
