import FlowModel
import TaskKit

/// Draws a flow: every flowable task is a cluster with a root, the task itself and an end. Source: engine spec §11.9.
struct GraphBuilder {
    /// Finds the flow of a subflow task that is to be drawn too; nil for one that does not exist.
    typealias Find = (FlowKey) async throws -> Flow?

    private let catalogue: TaskKit.Catalogue
    /// Uids of the subflow tasks to be drawn too.
    private let expanded: Set<String>
    private let find: Find
    private var graph = FlowGraph()
    /// The clusters that what is being drawn lies in, outermost first.
    private var path: [Int] = []

    /// A piece that is drawn: where edges come in and go out.
    private struct Piece {
        var entry: String
        var exit: String
    }

    private init(catalogue: TaskKit.Catalogue, expanded: Set<String>, find: @escaping Find) {
        self.catalogue = catalogue
        self.expanded = expanded
        self.find = find
    }

    /// - Throws: 422 for a subflow that cannot be drawn.
    static func graph(
        of flow: Flow, catalogue: TaskKit.Catalogue, expanding: Set<String> = [], find: @escaping Find
    ) async throws -> FlowGraph {
        var builder = GraphBuilder(catalogue: catalogue, expanded: expanding, find: find)
        let root = builder.node("root._root", .root)
        let end = builder.node("root._end", .end)
        builder.triggers(flow.triggers, before: root)
        try await builder.draw(flow, as: "root", from: root, to: end)
        return builder.graph
    }

    // MARK: pieces

    private mutating func draw(_ flow: Flow, as uid: String, from root: String, to end: String) async throws {
        graph.flows[uid] = GraphSource(source: flow.source)
        let lists: [(tasks: [FlowTask], relation: FlowGraph.Relation)] = [
            (flow.tasks, .sequential), (flow.errors, .error), (flow.finally, .finally),
            (flow.afterExecution, .afterExecution),
        ]
        for list in lists {
            try await chain(
                list.tasks, below: uid, from: root, to: end, list.relation, isError: list.relation == .error)
        }
    }

    private mutating func node(_ uid: String, _ kind: FlowGraph.Kind, id: String? = nil, isError: Bool = false)
        -> String
    {
        graph.nodes.append(FlowGraph.Node(uid: uid, kind: kind, isError: isError, id: id))
        for cluster in path { graph.clusters[cluster].nodes.append(uid) }
        return uid
    }

    private mutating func edge(
        _ source: String, _ target: String, _ relation: FlowGraph.Relation? = nil, value: String? = nil
    ) {
        graph.edges.append(FlowGraph.Edge(source: source, target: target, relation: relation, value: value))
    }

    private mutating func triggers(_ triggers: [FlowTrigger], before root: String) {
        if triggers.isEmpty { return }
        let cluster = open("cluster_root.Triggers", task: nil, start: "root.Triggers._root", end: "root.Triggers._end")
        let (first, last) = (node(cluster.entry, .root), node(cluster.exit, .end))
        for trigger in triggers {
            let drawn = node("root.Triggers.\(trigger.id)", .trigger, id: trigger.id)
            edge(first, drawn)
            edge(drawn, last)
        }
        path.removeLast()
        edge(last, root)
    }

    private mutating func open(
        _ uid: String, task: String?, start: String, end: String, isSubflow: Bool = false
    ) -> Piece {
        graph.clusters.append(
            FlowGraph.Cluster(
                uid: uid, task: task, isSubflow: isSubflow, nodes: [], parents: path.map { graph.clusters[$0].uid },
                start: start, end: end))
        path.append(graph.clusters.count - 1)
        return Piece(entry: start, exit: end)
    }

    /// One task after the other, from a node to another one; nothing for no tasks.
    private mutating func chain(
        _ tasks: [FlowTask], below uid: String, from start: String, to end: String, _ relation: FlowGraph.Relation,
        value: String? = nil, isError: Bool
    ) async throws {
        var last: String?
        for task in tasks {
            let piece = try await draw(task, below: uid, isError: isError)
            if let last {
                edge(last, piece.entry, .sequential)
            } else {
                edge(start, piece.entry, relation, value: value)
            }
            last = piece.exit
        }
        if let last { edge(last, end, .sequential) }
    }

    private mutating func draw(_ task: FlowTask, below parent: String, isError: Bool) async throws -> Piece {
        let uid = "\(parent).\(task.id)"
        guard !task.lists.isEmpty, catalogue.task(task.type)?.isFlowable ?? true else {
            return try await drawLeaf(task, uid, isError: isError)
        }
        let cluster = open("cluster_\(uid)", task: uid, start: "\(uid)._root", end: "\(uid)._end")
        defer { path.removeLast() }
        let root = node(cluster.entry, .root, isError: isError)
        let end = node(cluster.exit, .end, isError: isError)
        let own = node(uid, .task, id: task.id, isError: isError)
        edge(root, own)
        for list in task.lists where list.name != "errors" && list.name != "finally" {
            try await draw(list, of: task, uid, from: own, to: end, isError: isError)
        }
        try await chain(task.tasks("errors") ?? [], below: uid, from: root, to: end, .error, isError: true)
        try await chain(task.tasks("finally") ?? [], below: uid, from: root, to: end, .finally, isError: isError)
        return cluster
    }

    /// One of the lists of a flowable task, from the task to the end of its cluster.
    private mutating func draw(
        _ list: TaskList, of task: FlowTask, _ uid: String, from own: String, to end: String, isError: Bool
    ) async throws {
        switch task.type.split(separator: ".").last {
        case "Parallel", "EachParallel":
            let relation: FlowGraph.Relation = task.type.hasSuffix(".Parallel") ? .parallel : .dynamic
            for child in list.tasks {
                try await chain([child], below: uid, from: own, to: end, relation, isError: isError)
            }
        case "Dag": try await dag(list, of: task, uid, from: own, to: end, isError: isError)
        case "If":
            try await chain(
                list.tasks, below: uid, from: own, to: end, .choice, value: list.name, isError: isError)
        case "Switch":
            let value = list.name.hasPrefix("cases.") ? String(list.name.dropFirst("cases.".count)) : list.name
            try await chain(list.tasks, below: uid, from: own, to: end, .choice, value: value, isError: isError)
        case "ForEach", "EachSequential", "Loop", "ForEachItem":
            try await chain(list.tasks, below: uid, from: own, to: end, .dynamic, isError: isError)
        default:
            try await chain(list.tasks, below: uid, from: own, to: end, .sequential, isError: isError)
        }
    }

    /// Tasks come after those they depend on; the last ones lead to the end.
    private mutating func dag(
        _ list: TaskList, of task: FlowTask, _ uid: String, from own: String, to end: String, isError: Bool
    ) async throws {
        let dependencies = task.properties["dependsOn"]?.map ?? [:]
        var pieces: [String: Piece] = [:]
        for child in list.tasks { pieces[child.id] = try await draw(child, below: uid, isError: isError) }
        var isNeeded: Set<String> = []
        for child in list.tasks {
            guard let piece = pieces[child.id] else { continue }
            let needs = (dependencies[child.id]?.list ?? []).compactMap(\.string).filter { pieces[$0] != nil }
            if needs.isEmpty { edge(own, piece.entry, .parallel) }
            for need in needs {
                isNeeded.insert(need)
                if let before = pieces[need] { edge(before.exit, piece.entry, .parallel) }
            }
        }
        for child in list.tasks where !isNeeded.contains(child.id) {
            if let piece = pieces[child.id] { edge(piece.exit, end, .parallel) }
        }
    }

    private mutating func drawLeaf(_ task: FlowTask, _ uid: String, isError: Bool) async throws -> Piece {
        guard task.type.hasSuffix(".flow.Subflow") else {
            let own = node(uid, .task, id: task.id, isError: isError)
            return Piece(entry: own, exit: own)
        }
        guard expanded.contains(uid) else {
            let own = node(uid, .subflow, id: task.id, isError: isError)
            return Piece(entry: own, exit: own)
        }
        guard let namespace = task.properties["namespace"]?.string, let id = task.properties["flowId"]?.string,
            !namespace.contains("{{"), !id.contains("{{")
        else {
            throw Refusal.illegalArgument(
                "Can't expand subflow task '\(task.id)' because namespace and/or flowId contains dynamic values. "
                    + "This can only be viewed on an execution.")
        }
        guard let flow = try await find(FlowKey(namespace, id)) else {
            throw Refusal.illegalArgument("Can't expand subflow task '\(task.id)': there is no flow \(namespace).\(id)")
        }
        let cluster = open("cluster_\(uid)", task: uid, start: "\(uid)._root", end: "\(uid)._end", isSubflow: true)
        defer { path.removeLast() }
        let own = node(uid, .subflow, id: task.id, isError: isError)
        let (root, end) = (node(cluster.entry, .root), node(cluster.exit, .end))
        edge(own, root)
        // Nodes of the subflow lie below the task's uid, in a part that no task of this flow can be called.
        try await draw(flow, as: "\(uid)._flow", from: root, to: end)
        return Piece(entry: own, exit: end)
    }
}
