extension TemplateFunction {
    static let errorLogs = TemplateFunction(
        "errorLogs", "The ERROR entries of the execution's log.", examples: [Example("{{ errorLogs() }}", "[]")]
    ) { _, run throws(ExpressionError) in .list(try run.world.errorLogs()) }
}
