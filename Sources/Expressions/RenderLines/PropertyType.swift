import FlowModel

/// What a dynamic property is read as. Source: expressions spec §1.6.
indirect enum PropertyType: Sendable {
    case text, integer, decimal, boolean, duration, date
    case oneOf([String])
    case list(PropertyType)
    case map(PropertyType, PropertyType)

    /// `string`, `integer`, `duration`, `enum:A,B`, `list<T>`, `map<K,V>` and so on.
    init(_ name: String) throws(ExpressionError) {
        if name.hasPrefix("enum:") {
            self = .oneOf(name.dropFirst(5).split(separator: ",").map(String.init))
        } else if name.hasPrefix("list<"), name.hasSuffix(">") {
            self = .list(try PropertyType(String(name.dropFirst(5).dropLast())))
        } else if name.hasPrefix("map<"), name.hasSuffix(">"), let comma = name.firstIndex(of: ",") {
            let key = String(name[name.index(name.startIndex, offsetBy: 4)..<comma])
            let value = String(name[name.index(after: comma)...].dropLast())
            self = .map(try PropertyType(key.javaTrimmed), try PropertyType(value.javaTrimmed))
        } else {
            switch name {
            case "string", "uri": self = .text
            case "integer", "int", "long": self = .integer
            case "double", "float", "number": self = .decimal
            case "boolean": self = .boolean
            case "duration": self = .duration
            case "date", "datetime", "instant": self = .date
            default: throw .evaluation("Invalid line: unknown property type \(name)")
            }
        }
    }

    /// The property's value: the template (a structure is one as JSON text) rendered and converted.
    func value(of template: Value, in scope: Scope) throws(ExpressionError) -> Value {
        let source: String
        switch template {
        case .null:
            switch self {
            case .list: return .list([])
            case .map: return .map([:])
            default: return .null
            }
        case .string(let text): source = text
        default: source = template.jsonText()
        }
        let text = try Template.cached(source).text(in: scope)
        switch self {
        case .list, .map:
            do throws(Problem) {
                return try converted(try JSON.parse(text), text)
            } catch {
                throw .evaluation("Cannot read \"\(text)\" as JSON: \(error.what)")
            }
        default: return try converted(.string(text))
        }
    }

    private func converted(_ value: Value, _ text: String) throws(Problem) -> Value {
        do throws(ExpressionError) {
            return try converted(value)
        } catch {
            throw Problem("render.property", what: error.message)
        }
    }

    private func converted(_ value: Value) throws(ExpressionError) -> Value {
        switch (self, value) {
        case (_, .null): return .null
        case (.list(let element), .list(let items)):
            var values: [Value] = []
            for item in items { values.append(try element.converted(item)) }
            return .list(values)
        case (.map(let keyType, let element), .map(let members)):
            var values = ValueMap()
            for (key, member) in members {
                values[try keyType.converted(.string(key)).plain()] = try element.converted(member)
            }
            return .map(values)
        case (.list, _), (.map, _): throw mismatch(value)
        case (_, .list), (_, .map):
            guard case .text = self else { throw mismatch(value) }
            return .string(value.jsonText())
        default: return try scalar(value.plain(), value)
        }
    }

    private func scalar(_ text: String, _ value: Value) throws(ExpressionError) -> Value {
        let result: Value? =
            switch self {
            case .text: .string(text)
            case .integer: Int64(text).map { .int($0) }
            case .decimal: Double(text).map { .double($0) }
            case .boolean: ["true": Value.bool(true), "false": .bool(false)][text]
            case .duration: (try? ISODuration(text)).map { .duration($0) }
            case .date: (try? ZonedDateTime(reading: text, in: .utc)).map { .moment(.zoned($0)) }
            case .oneOf(let names): names.first { $0 == text }.map { .string($0) }
            case .list, .map: nil
            }
        guard let result else { throw mismatch(value) }
        return result
    }

    private func mismatch(_ value: Value) -> ExpressionError {
        .evaluation("Cannot convert \"\(value.plain())\" to \(self)")
    }
}
