/// The name of a flow: no two flows share both members. Sorted by namespace, then id.
public struct FlowKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var namespace: String
    public var id: String

    public init(namespace: String, id: String) {
        self.namespace = namespace
        self.id = id
    }

    public init(_ namespace: String, _ id: String) {
        self.init(namespace: namespace, id: id)
    }

    public static func < (one: FlowKey, other: FlowKey) -> Bool {
        (one.namespace, one.id) < (other.namespace, other.id)
    }

    public var description: String { "\(namespace).\(id)" }
}
