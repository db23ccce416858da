extension TemplateFunction {
    static let fetchContext = TemplateFunction(
        "fetchContext", "A map of all variables.", examples: [Example("{{ fetchContext() }}", "{}")]
    ) { _, run in run.context() }

    static let printContext = fetchContext.named("printContext")
}
