import FlowModel
import TaskKit

/// Executions of a namespace.
struct ExecutionNamespaceCondition: JudgedCondition {
    enum Comparison: String, PropertyChoice { case equals = "EQUALS", prefix = "PREFIX", suffix = "SUFFIX" }

    static let about = TaskAbout(
        type: "io.kestra.plugin.core.condition.ExecutionNamespace",
        aliases: EngineConditions.aliases("ExecutionNamespace"),
        title: "True for executions of flows in a namespace.",
        example: """
            - { type: io.kestra.plugin.core.condition.ExecutionNamespace, namespace: company.team, comparison: PREFIX }
            """
    )
    static let needsExecution = true

    @Property("The namespace, or its beginning or end.") var namespace: String
    @Property("How it is compared; without it as `prefix` says.") var comparison: Comparison?
    @Property("Whether the namespace's beginning is enough.") var prefix = false

    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool {
        switch comparison ?? (prefix ? .prefix : .equals) {
        case .equals: context.namespace == namespace
        case .prefix: context.namespace.hasPrefix(namespace)
        case .suffix: context.namespace.hasSuffix(namespace)
        }
    }
}
