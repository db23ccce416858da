import Expressions
import FlowModel
import OrderedCollections
import TaskKit

@testable import EngineCore

/// Stand-ins for the built-in tasks that stories need, under their names.
struct ReturnTask: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.debug.Return", title: "Gives a text.",
        example: "{ id: a, type: io.kestra.plugin.core.debug.Return }")
    @Property("The text.") var format: String?

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("value", "The text.", .string)]
        var values: ValueMap
    }
    func run(_ context: inout InstantContext) -> Outputs {
        Outputs(values: ["value": format.map { .string($0) } ?? .null])
    }
}

struct LogTask: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.log.Log", title: "Logs.",
        example: "{ id: a, type: io.kestra.plugin.core.log.Log, message: x }")
    @Property("The lines.") var message: OneOrMany
    @Property("Their level.") var level: LogLevel = .info

    func run(_ context: inout InstantContext) -> NoOutput {
        for line in message.texts { context.log(level, line) }
        return NoOutput()
    }
}

struct FailTask: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.Fail", title: "Fails.",
        example: "{ id: a, type: io.kestra.plugin.core.execution.Fail }")
    @Property("What the log says.") var errorMessage: String = "Task failure"

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput { throw TaskFailure(errorMessage) }
}

struct OutputValuesTask: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.output.OutputValues", title: "Gives values.",
        example: "{ id: a, type: io.kestra.plugin.core.output.OutputValues, values: { a: 1 } }")
    @Property("The values.") var values: Value

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("values", "The values.", .any)]
        var values: ValueMap
    }
    func run(_ context: inout InstantContext) -> Outputs { Outputs(values: ["values": values]) }
}

/// A task for workers; what becomes of it is decided by the test.
struct WorkTask: RunnableTask {
    static let about = TaskAbout(type: "test.Work", title: "Works.", example: "{ id: a, type: test.Work }")
    @Property("How it ends.") var result: String = "SUCCESS"
    @Property("Anything.") var say: String?

    func run(_ context: RunContext) -> NoOutput { NoOutput() }
}

enum TestCatalogue {
    static let all = Catalogue(
        tasks: EngineTasks.all + [
            .instant(ReturnTask.self), .instant(LogTask.self), .instant(FailTask.self), .instant(OutputValuesTask.self),
            .runnable(WorkTask.self),
        ], triggers: [], conditions: EngineConditions.all)

    /// - Parameter tasks: the flow's YAML without `id` and `namespace`.
    static func flow(_ yaml: String) throws -> CompiledFlow {
        let source = "id: story\nnamespace: tests\n" + yaml
        var flow = try FlowReader(catalogue: all).read(source).flow
        flow.revision = 1
        return try CompiledFlow(flow, catalogue: all)
    }
}
