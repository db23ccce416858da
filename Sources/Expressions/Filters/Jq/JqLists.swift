import FlowModel
import OrderedCollections

/// What natives do with lists.
enum JqLists {
    static func sorted(_ items: [Value]) -> [Value] {
        items.enumerated().sorted {
            let order = JqOrder.compare($0.element, $1.element)
            return order == 0 ? $0.offset < $1.offset : order < 0
        }.map(\.element)
    }

    /// Items with their keys, ordered by them.
    static func sorted(_ pairs: [(key: Value, item: Value)]) -> [(key: Value, item: Value)] {
        pairs.enumerated().sorted {
            let order = JqOrder.compare($0.element.key, $1.element.key)
            return order == 0 ? $0.offset < $1.offset : order < 0
        }.map(\.element)
    }

    static func grouped(_ pairs: [(key: Value, item: Value)]) -> [[Value]] {
        var groups: [[Value]] = []
        var last: Value?
        for (key, item) in sorted(pairs) {
            if let last, JqOrder.compare(last, key) == 0 {
                groups[groups.count - 1].append(item)
            } else {
                groups.append([item])
            }
            last = key
        }
        return groups
    }

    /// The smallest item by its key, or the largest; of equal ones the first smallest and the last largest.
    static func extreme(_ pairs: [(key: Value, item: Value)], largest: Bool) -> Value {
        guard var best = pairs.first else { return .null }
        for pair in pairs.dropFirst() {
            let order = JqOrder.compare(pair.key, best.key)
            if largest ? order >= 0 : order < 0 { best = pair }
        }
        return best.item
    }

    static func positions(of wanted: [Value], in items: [Value], _ run: JqEvaluator) throws(JqStop) -> [Value] {
        guard !wanted.isEmpty, wanted.count <= items.count else { return [] }
        try run.survey(.list(items))
        var places: [Value] = []
        for start in 0...(items.count - wanted.count) {
            var matched = 0
            while matched < wanted.count, JqOrder.compare(items[start + matched], wanted[matched]) == 0 { matched += 1 }
            try run.step(1 + matched >> 4)
            if matched == wanted.count { places.append(.int(Int64(start))) }
        }
        return places
    }

    static func subtracted(_ items: [Value], _ removed: [Value], _ run: JqEvaluator) throws(JqStop) -> [Value] {
        try run.survey(.list(items))
        try run.survey(.list(removed))
        var kept: [Value] = []
        for item in items {
            try run.step(1 + removed.count >> 4)
            if !removed.contains(where: { JqOrder.compare($0, item) == 0 }) { kept.append(item) }
        }
        try run.allocate(Weights.list(kept.count))
        return kept
    }

    static func flattened(_ items: [Value], _ depth: Double) -> [Value] {
        items.flatMap { item -> [Value] in
            if case .list(let inner) = item, depth > 0 { flattened(inner, depth - 1) } else { [item] }
        }
    }

    static func contains(_ value: Value, _ part: Value, _ run: JqEvaluator) throws(JqStop) -> Bool {
        try run.step()
        switch (value, part) {
        case (.map(let members), .map(let wanted)):
            for (key, part) in wanted {
                guard let member = members[key], try contains(member, part, run) else { return false }
            }
            return true
        case (.list(let items), .list(let wanted)):
            for part in wanted {
                var found = false
                for item in items where !found { found = try holds(item, part, run) }
                if !found { return false }
            }
            return true
        case (.string(let text), .string(let part)):
            return part.isEmpty || TextSearch.first(Array(part.utf8), in: Array(text.utf8), from: 0) != nil
        default:
            guard JqOrder.typeName(value) == JqOrder.typeName(part) else {
                throw .message(
                    "\(JqOrder.described(value)) and \(JqOrder.described(part)) cannot have their containment checked")
            }
            return JqOrder.compare(value, part) == 0
        }
    }

    /// False also where the two cannot be asked.
    private static func holds(_ value: Value, _ part: Value, _ run: JqEvaluator) throws(JqStop) -> Bool {
        do throws(JqStop) { return try contains(value, part, run) } catch {
            if case .error = error { return false }
            throw error
        }
    }

    static func transposed(_ rows: [Value]) -> [Value] {
        let lists = rows.map { $0.list ?? [] }
        let width = lists.map(\.count).max() ?? 0
        return (0..<width).map { column in .list(lists.map { column < $0.count ? $0[column] : .null }) }
    }

    /// The map of entries `{key, value}`, which may also be called `k` or `name`, and `v`.
    static func members(_ entries: [Value]) throws(JqStop) -> ValueMap {
        var members = ValueMap(minimumCapacity: entries.count)
        for entry in entries {
            guard case .map(let fields) = entry else {
                throw .message("Cannot index \(JqOrder.typeName(entry)) with \"key\"")
            }
            let key = ["key", "k", "name", "Name", "Key", "K"].lazy.compactMap { fields[$0] }.first { $0 != .null }
            let value = ["value", "v", "Value", "V"].lazy.compactMap { fields[$0] }.first
            members[key.map(JqTexts.text) ?? "null"] = value ?? .null
        }
        return members
    }
}
