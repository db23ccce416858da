import FlowModel

/// Ids with dots stand for maps inside one another: `nested.more.int`. Source: engine spec §2.5.
extension ValueMap {
    /// The value at an id: under the id itself, or down the maps that its parts name.
    func value(at id: String) -> Value? {
        if let value = self[id] { return value }
        guard let dot = id.firstIndex(of: "."), case .map(let below)? = self[String(id[..<dot])] else { return nil }
        return below.value(at: String(id[id.index(after: dot)...]))
    }

    /// - Returns: false when a value stands where a map would have to be, or the other way around.
    mutating func set(_ value: Value, at id: String) -> Bool {
        guard let dot = id.firstIndex(of: ".") else {
            if self[id] != nil { return false }
            self[id] = value
            return true
        }
        let (first, rest) = (String(id[..<dot]), String(id[id.index(after: dot)...]))
        var below: ValueMap = [:]
        if let there = self[first] {
            guard case .map(let members) = there else { return false }
            below = members
        }
        guard below.set(value, at: rest) else { return false }
        self[first] = .map(below)
        return true
    }
}
