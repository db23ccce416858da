import FlowModel
import TaskKit

/// Flows that are there and never change: saving is refused.
public struct FixedFlows: FlowLibrary {
    public struct Unchangeable: Error {}

    public var all: [StoredFlow]

    public init(_ all: [StoredFlow] = []) { self.all = all }

    public func flows(in namespace: String, children: Bool) async throws -> FlowListing {
        let flows = all.filter { flow in
            flow.key.namespace == namespace || (children && flow.key.namespace.hasPrefix(namespace + "."))
        }
        return FlowListing(flows: flows.sorted { $0.key < $1.key }, version: "fixed")
    }

    public func version(of namespace: String, children: Bool) async throws -> String { "fixed" }
    public func check(_ sources: [String]) async throws -> [FlowCheck] {
        sources.map { _ in FlowCheck(id: nil, namespace: nil) }
    }
    public func apply(_ change: FlowChange) async throws -> FlowChangeResult { throw Unchangeable() }
}
