import Expressions
import FlowModel
import OrderedCollections

/// The shape of a property or an output, as far as JSON Schema and help texts need it.
public indirect enum Schema: Sendable {
    case any, string, boolean, integer, number, duration, dateTime, uri
    case choice([String])
    case list(Schema)
    case map(Schema)
    case either([Schema])
    case object([PropertyAbout])

    /// JSON Schema (draft-07). A text is always allowed where an expression may stand.
    public var json: Value {
        switch self {
        case .any: [:]
        case .string: ["type": "string"]
        case .boolean: .map(["type": ["boolean", "string"]])
        case .integer: .map(["type": ["integer", "string"]])
        case .number: .map(["type": ["number", "string"]])
        case .duration: ["type": "string", "format": "duration"]
        case .dateTime: ["type": "string", "format": "date-time"]
        case .uri: ["type": "string", "format": "uri"]
        case .choice(let words): .map(["type": "string", "enum": .list(words.map(Value.string))])
        case .list(let element):
            .map(["anyOf": [.map(["type": "array", "items": element.json]), ["type": "string"]]])
        case .map(let element):
            .map(["anyOf": [.map(["type": "object", "additionalProperties": element.json]), ["type": "string"]]])
        case .either(let choices): .map(["anyOf": .list(choices.map(\.json))])
        case .object(let members): Schema.object(members, closed: true)
        }
    }

    /// A word for help texts: `list of string`.
    public var name: String {
        switch self {
        case .any: "any value"
        case .string: "string"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .duration: "duration"
        case .dateTime: "date-time"
        case .uri: "URI"
        case .choice(let words): words.joined(separator: " | ")
        case .list(let element): "list of \(element.name)"
        case .map(let element): "map of \(element.name)"
        case .either(let choices): choices.map(\.name).joined(separator: " or ")
        case .object: "object"
        }
    }

    static func object(_ members: [PropertyAbout], closed: Bool) -> Value {
        var properties: ValueMap = [:]
        for member in members {
            guard case .map(var schema) = member.schema.json else { continue }
            schema["description"] = .string(member.about)
            if let value = member.defaultValue { schema["default"] = value }
            if member.isDeprecated { schema["deprecated"] = true }
            properties[member.name] = .map(schema)
        }
        var object: ValueMap = ["type": "object", "properties": .map(properties)]
        let required = members.filter(\.isRequired).map { Value.string($0.name) }
        if !required.isEmpty { object["required"] = .list(required) }
        if closed { object["additionalProperties"] = false }
        return .map(object)
    }
}

/// An object-shaped property: a group of declared properties, such as a retry's or an HTTP request's options.
///
///     struct Options: PropertyGroup { @Property("…") var followRedirects = true }
public protocol PropertyGroup: PropertyHolder, PropertyValue {}

extension PropertyGroup {
    public static var schema: Schema { .object(PropertyNames.of(Self.self)) }

    /// Reads a map that is rendered already. Unknown members are refused.
    public init(property: Value) throws(PropertyProblem) {
        guard case .map(let members) = property else { throw PropertyProblem("is not a map") }
        let abouts = PropertyNames.of(Self.self)
        if let unknown = members.keys.first(where: { key in !abouts.contains { $0.name == key } }) {
            throw PropertyProblem(
                "has no property `\(unknown)`",
                fix: abouts.map(\.name).closest(to: unknown).map { "did you mean `\($0)`?" }
                    ?? "use one of: \(abouts.map(\.name).joined(separator: ", "))")
        }
        let sources = abouts.map { about in
            members[about.name].map { $0.isNull ? .missing : PropertySource.constant($0) } ?? .missing
        }
        do throws(TaskFailure) {
            self = try PropertyReader.make(
                Self.self, sources: sources, names: abouts.map(\.name),
                in: Scope(variables: ValueMap(), world: NoWorld()))
        } catch {
            throw PropertyProblem(error.message)
        }
    }
}
