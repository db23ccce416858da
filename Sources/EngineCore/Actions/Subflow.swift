import Expressions
import FlowModel
import TaskKit

/// Source: engine spec §4.13.
struct Subflow: EngineAction {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.Subflow",
        aliases: ["io.kestra.core.tasks.flows.Subflow", "io.kestra.core.tasks.flows.Flow"],
        title: "Run another flow as an execution of its own.",
        example: """
            id: load
            type: io.kestra.plugin.core.flow.Subflow
            namespace: company.team
            flowId: load
            inputs: { day: "{{ trigger.date ?? now() }}" }
            """
    )
    static let outputs = [
        OutputAbout("executionId", "The id of the other execution.", .string),
        OutputAbout("state", "Its state.", .string),
        OutputAbout("outputs", "The outputs of its flow.", .map(.any)),
    ]

    @Property("The namespace of the flow.")
    var namespace: String
    @Property("The id of the flow.")
    var flowId: String
    @Property("The revision; the latest when absent.")
    var revision: Int?
    @Property("The flow's inputs.")
    var inputs: Unrendered?
    @Property("Labels that the execution gets: a map, or a list of `key` and `value`.")
    var labels: Value?
    @Property("Whether to wait for the execution's end.")
    var wait: Bool = true
    @Property("Whether this task ends as the execution does when that fails, is killed or warns.")
    var transmitFailed: Bool = true
    @Property("Whether the execution gets all labels of this one.")
    var inheritLabels: Bool = false
    @Property(
        wrappedValue: nil, deprecated: "What to read from the other execution; declare outputs in its flow instead.")
    var outputs: Unrendered?
    @Property("When the execution begins.")
    var scheduleDate: String?

    func act(_ site: ActionSite) throws(TaskFailure) -> ActionResult {
        let own = site.execution
        var labels = inheritLabels ? own.labels : own.labels.filter { $0.key.hasPrefix("system.") }
        for label in try LabelTexts.read(self.labels) {
            labels.removeAll { $0.key == label.key }
            labels.append(label)
        }
        let trigger = ExecutionTrigger(
            id: site.task.task.id, type: site.task.task.type,
            variables: [
                "executionId": .string(own.id.description), "namespace": .string(own.namespace),
                "flowId": .string(own.flowID), "flowRevision": .int(Int64(own.flowRevision)),
            ])
        return .subflow(
            SubflowRequest(
                child: site.child, taskRun: site.taskRun, attempt: site.attempt, namespace: namespace, flowID: flowId,
                revision: revision, inputs: try renderedInputs(site), labels: labels, trigger: trigger,
                scheduleDate: try scheduledDate()))
    }

    private func renderedInputs(_ site: ActionSite) throws(TaskFailure) -> ValueMap {
        guard let inputs else { return [:] }
        do throws(ExpressionError) {
            guard case .map(let members) = try Renderer.render(inputs.value, in: site.scope) else {
                throw .evaluation("The inputs are no map.")
            }
            return members
        } catch {
            throw TaskFailure(error)
        }
    }

    private func scheduledDate() throws(TaskFailure) -> Timestamp? {
        guard let scheduleDate else { return nil }
        do throws(Problem) {
            return try Timestamp(iso: scheduleDate)
        } catch {
            throw .property("scheduleDate", "is `\(scheduleDate)`, no date with time and offset", fix: error.fix)
        }
    }
}
