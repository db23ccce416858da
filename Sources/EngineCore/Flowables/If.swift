import Expressions
import FlowModel
import TaskKit

/// Source: engine spec §4.4.
struct If: Flowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.If",
        aliases: ["io.kestra.core.tasks.flows.If"],
        title: "Run tasks when a condition holds, others when it does not.",
        details: "False are `false`, `0`, `-0` and the empty text. The condition is rendered once.",
        example: """
            id: weekend
            type: io.kestra.plugin.core.flow.If
            condition: "{{ inputs.day in ['SATURDAY', 'SUNDAY'] }}"
            then:
              - { id: rest, type: io.kestra.plugin.core.log.Log, message: rest }
            else:
              - { id: work, type: io.kestra.plugin.core.log.Log, message: work }
            """
    )
    static let lists = [
        TaskListAbout("then", "The tasks when the condition holds.", isRequired: true),
        TaskListAbout("else", "The tasks when it does not."), .errors, .finally,
    ]
    static let outputs = [OutputAbout("evaluationResult", "Whether the condition held.", .boolean)]

    @Property("What decides between `then` and `else`.")
    var condition: Unrendered

    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart {
        let holds: Bool
        if let kept = site.kept?["evaluationResult"]?.bool {
            holds = kept
        } else {
            holds = Truth.isTruthyText(try site.text(condition))
        }
        return .children(.sequence(site.list(holds ? "then" : "else")), outputs: ["evaluationResult": .bool(holds)])
    }
}

extension FlowableSite {
    /// The text that an unrendered property renders to.
    func text(_ property: Unrendered) throws(TaskFailure) -> String {
        guard case .string(let source) = property.value else { return property.value.printed() }
        do throws(ExpressionError) {
            return try Renderer.text(source, in: scope)
        } catch {
            throw TaskFailure(error)
        }
    }
}
