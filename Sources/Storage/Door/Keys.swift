import FlowModel

/// The name of a trigger within the flow that declares it.
public struct TriggerKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var flow: FlowKey
    public var id: String

    public init(_ flow: FlowKey, _ id: String) {
        self.flow = flow
        self.id = id
    }

    public static func < (one: TriggerKey, other: TriggerKey) -> Bool { (one.flow, one.id) < (other.flow, other.id) }

    public var description: String { "\(flow).\(id)" }
}

/// Which namespaces a question is about.
public enum NamespaceFilter: Sendable, Hashable {
    case any
    case exactly(String)
    /// The namespace itself and those below it: `a.b` and `a.b.c`, not `a.bc`.
    case within(String)
    /// Any of these, each exactly.
    case oneOf([String])
    /// None of these, each exactly.
    case noneOf([String])

    public func contains(_ namespace: String) -> Bool {
        switch self {
        case .any: true
        case .exactly(let name): namespace == name
        case .within(let root): namespace == root || namespace.hasPrefix(root + ".")
        case .oneOf(let names): names.contains(namespace)
        case .noneOf(let names): !names.contains(namespace)
        }
    }
}

/// A part of a long answer: `size` items after the first `skip`.
public struct PageRequest: Sendable, Hashable {
    public var skip: Int
    public var size: Int

    public init(skip: Int = 0, size: Int) {
        self.skip = max(skip, 0)
        self.size = max(size, 0)
    }

    /// - Parameter page: counted from 1. Source: engine spec §11.1.
    public init(page: Int, size: Int) {
        let (skip, overflow) = (max(page, 1) - 1).multipliedReportingOverflow(by: max(size, 0))
        self.init(skip: overflow ? .max : skip, size: size)
    }
}

/// A page of items and how many there are in all.
public struct Page<Item: Sendable>: Sendable {
    public var items: [Item]
    public var total: Int

    public init(_ items: [Item], total: Int) {
        self.items = items
        self.total = total
    }
}
