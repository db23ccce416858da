extension TemplateFunction {
    static let block = TemplateFunction(
        "block", "Renders a block of the template again.", [Parameter("name", "the block's name", required: true)],
        examples: [Example("{% block a %}x{% endblock %}{{ block('a') }}", "xx")]
    ) { arguments, run throws(ExpressionError) in
        let name = try arguments.requiredText(0, run)
        guard let block = run.program.blocks[name] else { throw .evaluation("There is no block '\(name)'.") }
        return .string(try block.text(run))
    }

    static let parent = TemplateFunction(
        "parent", "Nothing: templates have no parents here.", examples: [Example("[{{ parent() }}]", "[]")]
    ) { _, _ in "" }
}
