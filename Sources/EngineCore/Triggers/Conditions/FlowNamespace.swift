import FlowModel
import TaskKit

/// Flows of a namespace; of old.
struct FlowNamespaceCondition: JudgedCondition {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.FlowNamespaceCondition",
        aliases: ["io.kestra.core.models.conditions.types.FlowNamespaceCondition"],
        title: "True for flows of a namespace.",
        example: "- { type: io.kestra.plugin.core.condition.FlowNamespaceCondition, namespace: company.team }",
        isDeprecated: true
    )

    @Property("The namespace, or its beginning.") var namespace: String
    @Property("Whether the namespace's beginning is enough.") var prefix = false

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        prefix ? context.namespace.hasPrefix(namespace) : context.namespace == namespace
    }
}
