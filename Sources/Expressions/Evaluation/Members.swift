import FlowModel

/// Attributes and subscripts of values beyond plain map keys. Source: expressions spec §5.2, §5.3.
enum Members {
    private static let refused: Set<String> = ["class", "getclass", "notify", "notifyall", "wait"]

    /// `value.name`, after a map was found to have no such key; nil where there is nothing of that name.
    static func property(
        _ name: String, of value: Value, at offset: Int, _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch value {
        case .null: return nil
        case .map(let members):
            if let member = members[name] { return member }
        case .list(let items):
            if let index = Int(name) { return items.item(at: index) }
        default: break
        }
        let plain = name.lowercased()
        try refuse(plain, name, at: offset, run)
        return try call(withoutPrefix: plain, of: value, [], run)
    }

    /// `value[key]`; nil where there is nothing.
    static func subscripted(
        _ value: Value, by key: Value, at offset: Int, _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch (value, key) {
        case (.null, _): return nil
        case (_, .string(let name)): return try property(name, of: value, at: offset, run)
        case (.list(let items), _):
            guard let index = Arithmetic.wholeNumber(key).flatMap({ Int(exactly: $0) }) else { return nil }
            return items.item(at: index)
        case (.map(let members), _): return members[try run.plainText(of: key)]
        default: return nil
        }
    }

    /// `value.name(arguments)`; nil where there is no such method.
    static func call(
        _ name: String, of value: Value, _ arguments: [Value], at offset: Int, _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        let plain = name.lowercased()
        try refuse(plain, name, at: offset, run)
        do throws(ExpressionError) {
            return try call(withoutPrefix: plain, of: value, arguments, run)
        } catch {
            throw error.at(offset, in: run.source)
        }
    }

    private static func refuse(
        _ plain: String, _ name: String, at offset: Int, _ run: Rendering
    ) throws(ExpressionError) {
        guard refused.contains(plain) else { return }
        throw ExpressionError.evaluation("For security reasons access to \(name) method is denied.")
            .at(offset, in: run.source)
    }

    /// `getFoo()`, `isFoo()`, `hasFoo()` and `foo()` are one, whatever the case.
    private static func call(
        withoutPrefix plain: String, of value: Value, _ arguments: [Value], _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        if let result = try method(plain, of: value, arguments, run) { return result }
        for prefix in ["get", "is"] where plain.hasPrefix(prefix) {
            return try method(String(plain.dropFirst(prefix.count)), of: value, arguments, run)
        }
        return nil
    }

    private static func method(
        _ name: String, of value: Value, _ arguments: [Value], _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch value {
        case .null: return nil
        case .string(let text): return try StringMembers.call(name, of: text, arguments, run)
        case .list(let items): return try listMethod(name, of: items, arguments, run)
        case .map(let members): return try mapMethod(name, of: members, arguments, run)
        case .int, .float, .double, .decimal: return try numberMethod(name, of: value, arguments, run)
        case .moment(let moment): return MomentMembers.call(name, of: moment, arguments)
        case .duration(let duration): return durationMethod(name, of: duration, arguments)
        case .bool:
            guard name == "tostring", arguments.isEmpty else { return nil }
            return .string(try run.plainText(of: value))
        }
    }

    private static func listMethod(
        _ name: String, of items: [Value], _ arguments: [Value], _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch (name, arguments.count) {
        case ("size", 0): return .int(Int64(items.count))
        case ("empty", 0): return .bool(items.isEmpty)
        case ("indexof", 1): return .int(Int64(try Comparison.place(of: arguments[0], in: items, run) ?? -1))
        case ("lastindexof", 1):
            let place = try Comparison.place(of: arguments[0], in: items.reversed(), run)
            return .int(Int64(place.map { items.count - 1 - $0 } ?? -1))
        case ("contains", 1): return .bool(try Comparison.place(of: arguments[0], in: items, run) != nil)
        default: return nil
        }
    }

    private static func mapMethod(
        _ name: String, of members: ValueMap, _ arguments: [Value], _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        switch (name, arguments.count) {
        case ("size", 0): .int(Int64(members.count))
        case ("empty", 0), ("isempty", 0): .bool(members.isEmpty)
        case ("keyset", 0): .list(members.keys.map { .string($0) })
        case ("values", 0): .list(Array(members.values))
        case ("entryset", 0): .list(members.map { ["key": .string($0.key), "value": $0.value] })
        case ("get", 1): members[try run.plainText(of: arguments[0])] ?? .null
        case ("getordefault", 2): members[try run.plainText(of: arguments[0])] ?? arguments[1]
        case ("containskey", 1): .bool(members[try run.plainText(of: arguments[0])] != nil)
        case ("containsvalue", 1): .bool(try Comparison.place(of: arguments[0], in: members.values, run) != nil)
        default: nil
        }
    }

    private static func numberMethod(
        _ name: String, of value: Value, _ arguments: [Value], _ run: Rendering
    ) throws(ExpressionError) -> Value? {
        guard arguments.isEmpty, let number = value.asDouble else { return nil }
        let whole: Int64 =
            switch value {
            case .int(let number): number
            case .decimal(let number): number.truncatedInt
            default: number.isNaN ? 0 : Int64(clamping: number)
            }
        return switch name {
        case "intvalue": .int(Int64(Int32(truncatingIfNeeded: whole)))
        case "longvalue": .int(whole)
        case "doublevalue": .double(number)
        case "tostring": .string(try run.plainText(of: value))
        default: nil
        }
    }

    private static func durationMethod(_ name: String, of duration: ISODuration, _ arguments: [Value]) -> Value? {
        guard arguments.isEmpty else { return nil }
        return switch name {
        case "seconds", "toseconds": .int(duration.seconds)
        case "nano": .int(Int64(duration.nanoseconds))
        case "tomillis": .int(duration.milliseconds)
        case "tominutes": .int(duration.seconds / 60)
        case "tohours": .int(duration.seconds / 3600)
        case "todays": .int(duration.seconds / 86_400)
        case "tostring": .string(duration.description)
        case "zero": .bool(duration == .zero)
        case "negative": .bool(duration.seconds < 0)
        default: nil
        }
    }
}

extension [Value] {
    /// The item at a place; nil where the list has none.
    func item(at index: Int) -> Value? {
        guard indices.contains(index) else { return nil }
        return self[index]
    }
}

extension Int64 {
    /// The nearest 64-bit integer towards zero.
    init(clamping number: Double) {
        self = Int64(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }
}
