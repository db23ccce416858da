import FlowModel

/// Values in JSON that has no types for them: objects with one key such as `$date`.
enum TaggedValues {
    static func value(of json: Value) throws(ExpressionError) -> Value {
        switch json {
        case .list(let items):
            var values: [Value] = []
            for item in items { values.append(try value(of: item)) }
            return .list(values)
        case .map(let members):
            if members.count == 1, let (tag, content) = members.elements.first, tag.hasPrefix("$"),
                let tagged = try tagged(tag, content)
            {
                return tagged
            }
            var values = ValueMap()
            for (key, member) in members { values[key] = try value(of: member) }
            return .map(values)
        default: return json
        }
    }

    /// Nil for a key that is no tag.
    private static func tagged(_ tag: String, _ content: Value) throws(ExpressionError) -> Value? {
        let text = content.string ?? content.plain()
        do throws(Problem) {
            switch tag {
            case "$date": return .moment(.zoned(try ZonedDateTime(iso: text)))
            case "$instant": return .moment(.instant(try Instant(iso: text)))
            case "$javaDate": return .moment(.legacy(Instant(milliseconds: try Instant(iso: text).milliseconds)))
            case "$localDateTime": return .moment(.localDateTime(try LocalDateTime(iso: text)))
            case "$localDate": return .moment(.localDate(try LocalDate(iso: text)))
            case "$duration": return .duration(try ISODuration(text))
            default: break
            }
        } catch {
            throw .evaluation("Invalid line: \(error)")
        }
        switch tag {
        case "$int", "$long", "$short": return Int64(text).map { .int($0) }
        case "$float": return Float(text).map { .float($0) }
        case "$double": return Double(text).map { .double($0) }
        case "$decimal": return Decimal(text).map { .decimal($0) }
        case "$bigint": return Int64(text).map { .int($0) } ?? Decimal(text).map { .decimal($0) }
        case "$char", "$uri": return .string(text)
        case "$set": return try set(content)
        default: return nil
        }
    }

    private static func set(_ content: Value) throws(ExpressionError) -> Value {
        var seen = Set<Value>()
        var items: [Value] = []
        for item in content.list ?? [] {
            let item = try value(of: item)
            if seen.insert(item).inserted { items.append(item) }
        }
        return .list(items)
    }
}
