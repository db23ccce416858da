import FlowModel

extension TemplateFunction {
    static let kv = TemplateFunction(
        "kv", "A value of the key-value store.",
        [
            Parameter("key", "the key", required: true),
            Parameter("namespace", "where it is looked for; the flow's namespace and its parents if left out"),
            Parameter("errorOnMissing", "whether a missing key is an error", default: true),
        ],
        examples: [Example("{{ kv('my_key', errorOnMissing=false) }}")]
    ) { arguments, run throws(ExpressionError) in
        let key = try arguments.requiredText(0, run)
        let failsWithout = try arguments.flag(2) ?? true
        let own = FlowContext.namespace(run)
        let namespace = try arguments.text(1, run)
        if let namespace, let own, namespace != own, !run.world.allows(namespace: namespace, from: own) {
            throw .evaluation("Namespace \(namespace) is not allowed from namespace \(own).")
        }
        if let value = try run.world.kv(key, namespace: namespace, errorOnMissing: failsWithout) { return value }
        guard failsWithout else { return .null }
        throw .missingKey(key, namespace: namespace ?? own ?? "")
    }
}

/// What the variables say about the flow and execution.
enum FlowContext {
    static func text(_ root: String, _ member: String, _ run: Rendering) -> String? {
        run.scope.variables.variable(root)?[member]?.string
    }

    static func namespace(_ run: Rendering) -> String? { text("flow", "namespace", run) }
}
