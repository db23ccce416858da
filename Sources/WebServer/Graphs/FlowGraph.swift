import FlowModel

/// A flow drawn as nodes, edges and clusters. Source: engine spec §11.9.
struct FlowGraph: Sendable {
    enum Kind: String, Sendable {
        case task = "GraphTask", trigger = "GraphTrigger", subflow = "SubflowGraphTask", root = "GraphClusterRoot"
        case end = "GraphClusterEnd"
    }

    enum Relation: String, Sendable {
        case sequential = "SEQUENTIAL", choice = "CHOICE", error = "ERROR", parallel = "PARALLEL", dynamic = "DYNAMIC"
        case finally = "FINALLY", afterExecution = "AFTER_EXECUTION"
    }

    struct Node: Sendable {
        var uid: String
        var kind: Kind
        /// Below a list of error handlers.
        var isError = false
        /// The task's id, or the trigger's.
        var id: String?
    }

    struct Edge: Sendable, Hashable {
        var source: String
        var target: String
        var relation: Relation?
        /// The case of a Switch, `then` or `else` of an If.
        var value: String?
    }

    struct Cluster: Sendable {
        var uid: String
        /// The uid of the task it is drawn for.
        var task: String?
        var isSubflow = false
        var nodes: [String]
        /// The clusters around it, outermost first.
        var parents: [String]
        var start: String
        var end: String
    }

    var nodes: [Node] = []
    var edges: [Edge] = []
    var clusters: [Cluster] = []
    /// What the nodes of each flow in the graph are made from, by the uid that its nodes begin with.
    var flows: [String: GraphSource] = [:]
}

/// The documents behind a graph's nodes.
struct GraphSource: Sendable {
    /// Tasks by id, as written.
    var tasks: [String: Value] = [:]
    var triggers: [String: Value] = [:]
    /// Task runs as the API tells them, the last of each task, for the graph of an execution.
    var taskRuns: [String: Value] = [:]

    init(source: String) {
        triggers = TriggerDefinitions.all(in: source)
        if let document = FlowBody.document(source).document {
            for (name, member) in document where name != "triggers" { collect(member) }
        }
    }

    private mutating func collect(_ value: Value) {
        switch value {
        case .map(let members):
            if let id = members["id"]?.string, members["type"]?.string != nil, tasks[id] == nil { tasks[id] = value }
            for member in members.values { collect(member) }
        case .list(let items): for item in items { collect(item) }
        default: break
        }
    }
}

extension FlowGraph {
    private static let package = "io.kestra.core.models.hierarchies."

    /// `{nodes, edges, clusters, flowables}`.
    var value: Value {
        [
            "nodes": .list(nodes.map(value)), "edges": .list(edges.map(Self.value)),
            "clusters": .list(clusters.map(value)),
            "flowables": .list(clusters.compactMap { $0.task.map { .string(Self.lastPart(of: $0)) } }),
        ]
    }

    private static func lastPart(of uid: String) -> String { uid.split(separator: ".").last.map(String.init) ?? uid }

    private func source(of uid: String) -> GraphSource? {
        flows.filter { uid == $0.key || uid.hasPrefix($0.key + ".") }.max { $0.key.count < $1.key.count }?.value
    }

    private func value(_ node: Node) -> Value {
        var members: ValueMap = [
            "uid": .string(node.uid), "type": .string(Self.package + node.kind.rawValue), "error": .bool(node.isError),
        ]
        if let id = node.id, let source = source(of: node.uid) {
            if node.kind == .trigger {
                members["triggerDeclaration"] = source.triggers[id]
            } else {
                members["task"] = source.tasks[id]
                members["taskRun"] = source.taskRuns[id]
            }
        }
        return .map(members)
    }

    private static func value(_ edge: Edge) -> Value {
        var relation: ValueMap = [:]
        if let kind = edge.relation { relation["relationType"] = .string(kind.rawValue) }
        if let value = edge.value { relation["value"] = .string(value) }
        return ["source": .string(edge.source), "target": .string(edge.target), "relation": .map(relation)]
    }

    private func value(_ cluster: Cluster) -> Value {
        var own: ValueMap = [
            "uid": .string(cluster.uid),
            "type": .string(Self.package + (cluster.isSubflow ? "SubflowGraphCluster" : "GraphCluster")),
        ]
        if let task = cluster.task, let node = nodes.first(where: { $0.uid == task }) { own["taskNode"] = value(node) }
        return [
            "cluster": .map(own), "nodes": .list(cluster.nodes.map { .string($0) }),
            "parents": .list(cluster.parents.map { .string($0) }), "start": .string(cluster.start),
            "end": .string(cluster.end),
        ]
    }
}
