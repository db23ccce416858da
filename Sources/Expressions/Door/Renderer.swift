import FlowModel

/// Renders values with templates in them. Source: expressions spec §1.3.
public enum Renderer {
    /// The text that a template renders to; templates come from the cache.
    public static func text(_ source: String, in scope: Scope) throws(ExpressionError) -> String {
        guard source.utf8.contains(UInt8(ascii: "{")) else { return source }
        return try Template.cached(source).text(in: scope)
    }

    /// The value with all its texts rendered, keys included. Texts stay texts; of two keys that render to the same text
    /// the first one wins; everything that is no text keeps its type.
    public static func render(_ value: Value, in scope: Scope) throws(ExpressionError) -> Value {
        try render(value, depth: scope.limits.depth) { (source) throws(ExpressionError) in try text(source, in: scope) }
    }

    static func render(
        _ value: Value, depth: Int, text: (String) throws(ExpressionError) -> String
    ) throws(ExpressionError) -> Value {
        guard depth > 0 else { throw .evaluation("Lists and maps are nested too deeply.") }
        switch value {
        case .string(let source): return .string(try text(source))
        case .list(let items):
            var rendered: [Value] = []
            rendered.reserveCapacity(items.count)
            for item in items { rendered.append(try render(item, depth: depth - 1, text: text)) }
            return .list(rendered)
        case .map(let members):
            var rendered = ValueMap(minimumCapacity: members.count)
            for (key, member) in members {
                let key = try text(key)
                let value = try render(member, depth: depth - 1, text: text)
                if rendered[key] == nil { rendered[key] = value }
            }
            return .map(rendered)
        default: return value
        }
    }
}
