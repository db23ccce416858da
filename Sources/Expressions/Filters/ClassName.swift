extension TemplateFilter {
    static let className = TemplateFilter(
        "className", "The name of the value's Java class, to see what kind of value something is.",
        makes: .nothing,
        examples: [
            Example("{{ 'a' | className }}", "java.lang.String"), Example("{{ 1.5 | className }}", "java.lang.Double"),
        ]
    ) { input, _, _ in .string(ClassNames.name(of: input)) }
}
