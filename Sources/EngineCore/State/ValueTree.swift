import FlowModel
import OrderedCollections

/// A tree of maps that grows in place: giving it out costs nothing, and so does adding to it while nobody holds what was
/// given out.
struct ValueTree: Sendable, Equatable {
    private(set) var members: ValueMap = [:]

    var value: Value { .map(members) }

    mutating func set(_ leaf: Value, at path: [String]) { Self.set(leaf, at: path[...], in: &members) }
    /// Removes a leaf, and the maps above it that are empty then.
    mutating func remove(at path: [String]) { Self.remove(at: path[...], in: &members) }

    private static func set(_ leaf: Value, at path: ArraySlice<String>, in members: inout ValueMap) {
        guard let key = path.first else { return }
        guard path.count > 1 else {
            members[key] = leaf
            return
        }
        var inner: ValueMap = [:]
        if let index = members.index(forKey: key) {
            // Taken out and put back, so that the map below is held once only and changes in place.
            if case .map(let map) = members.values[index] { inner = map }
            members.values[index] = .null
            set(leaf, at: path.dropFirst(), in: &inner)
            members.values[index] = .map(inner)
        } else {
            set(leaf, at: path.dropFirst(), in: &inner)
            members[key] = .map(inner)
        }
    }

    private static func remove(at path: ArraySlice<String>, in members: inout ValueMap) {
        guard let key = path.first, let index = members.index(forKey: key) else { return }
        guard path.count > 1 else {
            members.remove(at: index)
            return
        }
        guard case .map(var inner) = members.values[index] else { return }
        members.values[index] = .null
        remove(at: path.dropFirst(), in: &inner)
        if inner.isEmpty { members.remove(at: index) } else { members.values[index] = .map(inner) }
    }
}
