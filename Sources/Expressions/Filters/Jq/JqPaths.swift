import FlowModel

/// Reading and changing what a path leads to. A path is a list of names, positions and slices (`{start, end}`).
enum JqPaths {
    static func child(of value: Value, _ key: Value) throws(JqStop) -> Value {
        switch (value, key) {
        case (.map(let members), .string(let name)): return members[name] ?? .null
        case (.null, .string), (.null, .int), (.null, .double), (.null, .float), (.null, .null), (.null, .map):
            return .null
        case (.list(let items), .map(let bounds)): return .list(Array(items[try range(bounds, items.count)]))
        case (.string(let text), .map(let bounds)):
            let scalars = Array(text.unicodeScalars)
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[try range(bounds, scalars.count)])
            return .string(String(view))
        case (.list(let items), .list(let wanted)):
            guard wanted.count <= items.count, items.count * wanted.count <= 1_000_000 else { return .list([]) }
            return .list(TextSearch.places(of: wanted, in: items).map { .int(Int64($0)) })
        case (.list(let items), _):
            guard let number = key.asDouble else { break }
            guard let position = Int(exactly: number.rounded(.down)) else { return .null }
            let index = position < 0 ? items.count + position : position
            return items.indices.contains(index) ? items[index] : .null
        default: break
        }
        let name = if case .string(let name) = key { " \"\(name)\"" } else { "" }
        throw .message("Cannot index \(JqOrder.typeName(value)) with \(JqOrder.typeName(key))\(name)")
    }

    static func value(at path: [Value], in value: Value) throws(JqStop) -> Value {
        var current = value
        for key in path { current = try child(of: current, key) }
        return current
    }

    static func range(_ bounds: ValueMap, _ count: Int) throws(JqStop) -> Range<Int> {
        func bound(_ key: String, _ missing: Int, _ rule: FloatingPointRoundingRule) throws(JqStop) -> Int {
            switch bounds[key] {
            case nil, .null: return missing
            case .some(let value):
                guard let number = value.asDouble, !number.isNaN else {
                    throw .message("Start and end indices of an array slice must be numbers")
                }
                let index = number < 0 ? number + Double(count) : number
                return Int(max(0, min(Double(count), index.rounded(rule))))
            }
        }
        let start = try bound("start", 0, .down)
        return start..<max(start, try bound("end", count, .up))
    }

    static func setting(_ new: Value, at path: ArraySlice<Value>, in value: Value) throws(JqStop) -> Value {
        var result = value
        try set(new, at: path, in: &result)
        return result
    }

    /// Changes a value in its place, which copies nothing where nobody else holds it.
    static func set(_ new: Value, at path: ArraySlice<Value>, in value: inout Value) throws(JqStop) {
        guard let key = path.first else {
            value = new
            return
        }
        try check(path)
        if case .map(var members) = value, case .string(let name) = key {
            value = .null
            var member = members[name] ?? .null
            if path.count > 1 { members[name] = .null }
            try set(new, at: path.dropFirst(), in: &member)
            members[name] = member
            value = .map(members)
        } else if let index = place(key, in: value), case .list(var items) = value {
            value = .null
            var item = items[index]
            items[index] = .null
            try set(new, at: path.dropFirst(), in: &item)
            items[index] = item
            value = .list(items)
        } else {
            value = try replaced(new, at: path, key, in: value)
        }
    }

    /// The place of a list that a number names; nil where there is none.
    private static func place(_ key: Value, in value: Value) -> Int? {
        guard case .list(let items) = value, let number = key.asDouble,
            let position = Int(exactly: number.rounded(.down))
        else { return nil }
        let index = position < 0 ? items.count + position : position
        return items.indices.contains(index) ? index : nil
    }

    /// Longer than values can be deep.
    private static func check(_ path: ArraySlice<Value>) throws(JqStop) {
        guard path.count <= JSON.depthLimit else { throw .message("Path too deep") }
    }

    private static func replaced(
        _ new: Value, at path: ArraySlice<Value>, _ key: Value, in value: Value
    ) throws(JqStop) -> Value {
        let changed = try setting(new, at: path.dropFirst(), in: try child(of: value, key))
        switch (value, key) {
        case (.null, .string(let name)): return .map([name: changed])
        case (.null, .map), (.list, .map):
            guard case .list(let replacement) = changed, case .map(let bounds) = key else {
                throw .message("A slice of an array can only be assigned another array")
            }
            var items = value.list ?? []
            items.replaceSubrange(try range(bounds, items.count), with: replacement)
            return .list(items)
        case (.null, _), (.list, _):
            var items = value.list ?? []
            guard let number = key.asDouble, let position = Int(exactly: number.rounded(.down)) else { break }
            let index = position < 0 ? items.count + position : position
            guard index >= 0 else { throw .message("Out of bounds negative array index") }
            guard index < 1_000_000 else { throw .message("Array index too large") }
            while items.count <= index { items.append(.null) }
            items[index] = changed
            return .list(items)
        default: break
        }
        throw .message("Cannot index \(JqOrder.typeName(value)) with \(JqOrder.typeName(key))")
    }

    /// Deletes from the last path to the first, so that positions stay right.
    static func deleting(_ paths: [[Value]], in value: Value, _ run: JqEvaluator) throws(JqStop) -> Value {
        if paths.isEmpty { return value }
        try run.step(paths.count >> 4)
        var result = value
        for path in paths.sorted(by: { JqOrder.compare(.list($0), .list($1)) > 0 }) {
            result = try deleting(path[...], in: result)
            try run.step(1 + Weights.shallow(result) >> 14)
        }
        return result
    }

    private static func deleting(_ path: ArraySlice<Value>, in value: Value) throws(JqStop) -> Value {
        guard let key = path.first else { return .null }
        try check(path)
        if path.count > 1 {
            let part = try child(of: value, key)
            if case .null = part { return value }
            return try setting(try deleting(path.dropFirst(), in: part), at: [key], in: value)
        }
        switch (value, key) {
        case (.null, _): return .null
        case (.map(var members), .string(let name)):
            members.removeValue(forKey: name)
            return .map(members)
        case (.list(var items), .map(let bounds)):
            items.removeSubrange(try range(bounds, items.count))
            return .list(items)
        case (.list(var items), _):
            guard let number = key.asDouble, let position = Int(exactly: number.rounded(.down)) else { break }
            let index = position < 0 ? items.count + position : position
            if items.indices.contains(index) { items.remove(at: index) }
            return .list(items)
        default: break
        }
        throw .message("Cannot delete field at \(JqOrder.typeName(key)) index of \(JqOrder.typeName(value))")
    }
}
