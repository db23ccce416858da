extension TemplateFunction {
    static let randomPort = TemplateFunction(
        "randomPort", "A TCP port of this machine that is free now.",
        examples: [Example("{{ randomPort() }}")]
    ) { _, run throws(ExpressionError) in .int(Int64(try run.world.freePort())) }
}
