import FlowModel
import TaskKit
import Testing

@testable import WebServer

/// Stands in for flowable tasks: what is drawn depends on the name of the type.
private struct Branches: FlowableTask {
    static let about = TaskAbout(type: "test.Parallel", title: "Parallel.", example: "")
    static let lists = [TaskListAbout("tasks", "Tasks."), .errors]
    static let outputs: [OutputAbout] = []
}
private struct Cases: FlowableTask {
    static let about = TaskAbout(type: "test.Switch", title: "Switch.", example: "")
    static let lists = [TaskListAbout("cases", "By value.", shape: .map), TaskListAbout("defaults", "Else.")]
    static let outputs: [OutputAbout] = []
}
private struct Row: FlowableTask {
    static let about = TaskAbout(type: "test.Sequential", title: "Sequential.", example: "")
    static let lists = [TaskListAbout("tasks", "Tasks."), .errors]
    static let outputs: [OutputAbout] = []
}
private struct Call2: EngineTask {
    static let about = TaskAbout(type: "test.flow.Subflow", title: "Subflow.", example: "")
    static let outputs: [OutputAbout] = []
    @Property("Namespace.") var namespace: String
    @Property("Flow.") var flowId: String
}
private struct Tick: TriggerType {
    static let about = TaskAbout(type: "test.Tick", title: "Tick.", example: "")
    static let variables: [OutputAbout] = []
}

struct GraphTests {
    private let catalogue = Catalogue(
        tasks: [
            .instant(Say.self), .flowable(Branches.self), .flowable(Cases.self), .flowable(Row.self),
            .engine(Call2.self),
        ],
        triggers: [Tick.self])

    private func flow(_ rest: String, id: String = "f") throws -> Flow {
        try FlowReader(catalogue: catalogue).read("id: \(id)\nnamespace: n\n\(rest)\n").flow
    }

    private func graph(_ rest: String, expanding: Set<String> = []) async throws -> FlowGraph {
        let inner = try flow("tasks: [{id: x, type: test.Say, what: w}]", id: "inner")
        return try await GraphBuilder.graph(of: try flow(rest), catalogue: catalogue, expanding: expanding) { key in
            key.id == "inner" ? inner : nil
        }
    }

    private func say(_ id: String) -> String { "{id: \(id), type: test.Say, what: w}" }

    @Test func `tasks in a row`() async throws {
        let graph = try await graph("tasks: [\(say("a")), \(say("b")), \(say("c"))]")
        #expect(graph.nodes.count == 5)
        #expect(graph.edges.count == 4)
        #expect(graph.clusters.isEmpty)
        #expect(graph.nodes.map(\.uid) == ["root._root", "root._end", "root.a", "root.b", "root.c"])
    }

    @Test func `six at once and one after them`() async throws {
        let six = (1...6).map { say("t\($0)") }.joined(separator: ", ")
        let graph = try await graph("tasks: [{id: p, type: test.Parallel, tasks: [\(six)]}, \(say("last"))]")
        #expect(graph.nodes.count == 12)
        #expect(graph.edges.count == 16)
        #expect(graph.clusters.map(\.uid) == ["cluster_root.p"])
        #expect(graph.clusters[0].nodes.count == 9)
    }

    @Test func `cases, errors and triggers`() async throws {
        let graph = try await graph(
            """
            triggers: [{id: t, type: test.Tick}]
            tasks:
              - id: s
                type: test.Switch
                cases:
                  FIRST: [\(say("t1"))]
                  SECOND: [\(say("t2")), \(say("t2b"))]
                  THIRD: [{id: t3, type: test.Sequential, tasks: [\(say("failed"))], errors: [\(say("e"))]}]
                defaults: [\(say("d"))]
            """)
        #expect(graph.nodes.count == 17)
        #expect(graph.edges.count == 20)
        #expect(graph.clusters.map(\.uid) == ["cluster_root.Triggers", "cluster_root.s", "cluster_root.s.t3"])
        #expect(graph.clusters[2].parents == ["cluster_root.s"])
        #expect(
            Set(graph.edges.filter { $0.relation == .choice }.map(\.value)) == ["FIRST", "SECOND", "THIRD", "defaults"])
        #expect(graph.nodes.filter(\.isError).map(\.uid) == ["root.s.t3.e"])
        let node = graph.value["nodes"]?.list?.first { $0["uid"] == "root.s.t1" }
        #expect(node?["task"]?["what"] == "w")
        #expect(node?["type"] == "io.kestra.core.models.hierarchies.GraphTask")
    }

    @Test func `error handlers of a flow`() async throws {
        func nested(_ depth: Int) -> String {
            depth == 0 ? say("last") : "{id: p\(depth), type: test.Parallel, tasks: [\(nested(depth - 1))]}"
        }
        let graph = try await graph("tasks: [\(say("failed"))]\nerrors: [\(say("t2")), \(nested(4))]")
        #expect(graph.nodes.count == 17)
        #expect(graph.edges.count == 17)
        #expect(graph.clusters.count == 4)
    }

    @Test func `a subflow is drawn when it is asked for`() async throws {
        let call = "{id: c, type: test.flow.Subflow, namespace: n, flowId: inner}"
        #expect(try await graph("tasks: [\(call)]").nodes.map(\.kind) == [.root, .end, .subflow])
        let open = try await graph("tasks: [\(call)]", expanding: ["root.c"])
        #expect(open.nodes.count == 6)
        #expect(open.value["nodes"]?.list?.last?["task"]?["id"] == "x")
        let dynamic = "{id: c, type: test.flow.Subflow, namespace: n, flowId: '{{ inputs.x }}'}"
        let error = await #expect(throws: Refusal.self) {
            try await graph("tasks: [\(dynamic)]", expanding: ["root.c"])
        }
        #expect(error?.message.contains("Can't expand subflow task 'c' because") == true)
    }
}
