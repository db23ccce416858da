import FlowModel
import OrderedCollections
import Testing

@testable import EngineCore

/// A flow in, what became of its run out.
struct Story: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var inputs: ValueMap?
    /// The final state, and the number of task runs.
    var ends: State
    var taskRuns: Int
    /// The states of tasks' first runs.
    var states: [String: State]
    /// Task ids in the order in which their runs were created.
    var order: [String]?
    /// The `value` outputs of tasks' first runs.
    var values: [String: String]
    var attempts: [String: Int]
    var logs: [String]

    init(
        _ name: String, _ yaml: String, inputs: ValueMap? = nil, ends: State, taskRuns: Int,
        states: [String: State] = [:],
        order: [String]? = nil, values: [String: String] = [:], attempts: [String: Int] = [:], logs: [String] = []
    ) {
        self.name = name
        self.yaml = yaml
        self.inputs = inputs
        self.ends = ends
        self.taskRuns = taskRuns
        self.states = states
        self.order = order
        self.values = values
        self.attempts = attempts
        self.logs = logs
    }

    var testDescription: String { name }

    func check() throws {
        let bench = try Bench(yaml, inputs: inputs).run()
        #expect(bench.execution.state.current == ends)
        #expect(bench.state.isFinished && bench.finished == 1 && bench.ended == [ends])
        #expect(
            bench.taskRuns.count == taskRuns,
            "\(bench.taskRuns.map { "\($0.taskID)[\($0.value ?? "")] \($0.state.current)" })")
        for (id, state) in states { #expect(bench.run(of: id)?.state.current == state, "\(id)") }
        if let order { #expect(bench.taskRuns.map(\.taskID) == order) }
        for (id, value) in values { #expect(bench.output(id) == .string(value), "\(id)") }
        for (id, count) in attempts { #expect(bench.run(of: id)?.attempts.count == count, "\(id)") }
        for text in logs { #expect(bench.logs.contains { $0.message.contains(text) }, "\(bench.logs.map(\.message))") }
    }
}

/// YAML of tasks, short: `step("a")`, `fails("b")`.
func step(_ id: String, _ format: String = "{{ task.id }}", _ more: String = "") -> String {
    "{ id: \(id), type: io.kestra.plugin.core.debug.Return, format: \"\(format)\"\(more.isEmpty ? "" : ", " + more) }"
}
func fails(_ id: String, _ more: String = "") -> String {
    "{ id: \(id), type: io.kestra.plugin.core.execution.Fail\(more.isEmpty ? "" : ", " + more) }"
}
func work(_ id: String, _ result: String = "SUCCESS", _ more: String = "") -> String {
    "{ id: \(id), type: test.Work, result: \"\(result)\"\(more.isEmpty ? "" : ", " + more) }"
}
func flow(_ type: String, _ id: String, _ members: String...) -> String {
    "{ id: \(id), type: io.kestra.plugin.core.flow.\(type), \(members.joined(separator: ", ")) }"
}
func list(_ name: String, _ tasks: String...) -> String { "\(name): [\(tasks.joined(separator: ", "))]" }
