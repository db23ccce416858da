import Expressions
import FlowModel

/// One property as a flow gives it: absent, a constant, a template, or a structure with templates inside.
public enum PropertySource: Sendable {
    case missing
    case constant(Value)
    case template(Template, source: String)
    case structure(Value)

    /// Compiles what is a template.
    /// - Throws: the template's parse error.
    public init(_ value: Value?) throws(ExpressionError) {
        switch value {
        case nil, .null?: self = .missing
        case .string(let text)?:
            let template = try Template.cached(text)
            self = template.isConstant ? .constant(.string(text)) : .template(template, source: text)
        case .list?, .map?: self = value!.mentionsExpressions ? .structure(value!) : .constant(value!)
        case let scalar?: self = .constant(scalar)
        }
    }
}

extension Value {
    /// Whether a text in it, keys included, could be a template.
    var mentionsExpressions: Bool {
        switch self {
        case .string(let text): text.utf8.contains(UInt8(ascii: "{"))
        case .list(let items): items.contains { $0.mentionsExpressions }
        case .map(let members):
            members.contains { $0.key.utf8.contains(UInt8(ascii: "{")) || $0.value.mentionsExpressions }
        default: false
        }
    }
}

/// Reads the properties of one task or trigger, in the order in which its type declares them.
///
/// Only ever used by the one thread that is inside `make` or `describe`, although it travels in a task-local value: hence
/// unchecked.
public final class PropertyReader: @unchecked Sendable {
    @TaskLocal static var current: PropertyReader?

    private let sources: [PropertySource]
    private let names: [String]
    private let scope: Scope?
    private var position = 0
    private(set) var abouts: [PropertyAbout] = []
    private var failure: TaskFailure?
    private let describing: Bool

    private init(sources: [PropertySource], names: [String], scope: Scope?, describing: Bool) {
        self.sources = sources
        self.names = names
        self.scope = scope
        self.describing = describing
    }

    /// Makes a `Type` from what a flow says, rendered in `scope`.
    /// - Throws: the first property that is missing, cannot be rendered or has the wrong shape.
    public static func make<Type: PropertyHolder>(
        _ type: Type.Type, sources: [PropertySource], names: [String], in scope: Scope
    ) throws(TaskFailure) -> Type {
        let reader = PropertyReader(sources: sources, names: names, scope: scope, describing: false)
        let made = $current.withValue(reader) { Type() }
        if let failure = reader.failure { throw failure }
        return made
    }

    /// What the type declares, in order, without the names, which only reflection knows.
    static func describe(_ type: any PropertyHolder.Type) -> [PropertyAbout] {
        let reader = PropertyReader(sources: [], names: [], scope: nil, describing: true)
        let made = $current.withValue(reader) { type.init() }
        let labels = labels(of: made)
        precondition(labels.count == reader.abouts.count, "\(type) declares a property that is no stored member")
        return zip(labels, reader.abouts).map { label, about in
            var named = about
            named.name = label
            return named
        }
    }

    /// The names of the declared properties, those of bundles in their place.
    private static func labels(of holder: Any) -> [String] {
        Mirror(reflecting: holder).children.flatMap { child -> [String] in
            if child.value is any DeclaredProperty { return child.label.map { [String($0.dropFirst())] } ?? [] }
            return child.value is any PropertyBundle ? labels(of: child.value) : []
        }
    }

    func take<Content: PropertyValue>(
        _ type: Content.Type, about: String, default fallback: Content?, deprecated: Bool
    ) -> Content? {
        if describing {
            abouts.append(
                PropertyAbout(
                    name: "", about: about, schema: Content.schema,
                    isRequired: fallback == nil && Content.missing == nil, isDeprecated: deprecated,
                    defaultValue: fallback?.shown,
                    check: { value in
                        do throws(PropertyProblem) {
                            _ = try Content(property: value)
                            return nil
                        } catch {
                            return error.what
                        }
                    }))
            return nil
        }
        defer { position += 1 }
        guard failure == nil, position < sources.count else { return fallback ?? Content.missing }
        do throws(TaskFailure) {
            guard let value = try rendered(sources[position], as: Content.rendering) else {
                if let absent = fallback ?? Content.missing { return absent }
                throw .property(names[position], "must not be null", fix: nil)
            }
            do throws(PropertyProblem) {
                return try Content(property: value)
            } catch {
                throw TaskFailure.property(names[position], error.what, fix: error.fix)
            }
        } catch {
            failure = error
            failure?.property = names[position]
            return nil
        }
    }

    private func rendered(_ source: PropertySource, as rendering: PropertyRendering) throws(TaskFailure) -> Value? {
        switch (source, rendering) {
        case (.missing, _): return nil
        case (.constant(let value), _): return value
        case (.template(_, let text), .raw): return .string(text)
        case (.structure(let value), .raw): return value
        default: break
        }
        guard let scope else { return nil }
        do throws(ExpressionError) {
            switch source {
            case .template(let template, _) where rendering == .typed:
                let value = try template.value(in: scope)
                return value.isNull ? nil : value
            case .template(let template, _): return .string(try template.text(in: scope))
            case .structure(let value): return try Renderer.render(value, in: scope)
            case .missing, .constant: return nil
            }
        } catch {
            throw TaskFailure(error)
        }
    }
}

/// Anything that declares `@Property` members: made by `PropertyReader` only.
public protocol PropertyHolder: Sendable { init() }

/// Properties that several types have in common, declared once: a type takes them in with `let options = Options()`, and they
/// read as if they stood there.
public protocol PropertyBundle: PropertyHolder {}

private protocol DeclaredProperty {}
extension Property: DeclaredProperty {}
