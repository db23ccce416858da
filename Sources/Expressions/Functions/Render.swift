import FlowModel

extension TemplateFunction {
    static let render = TemplateFunction(
        "render", "Renders a text, or all texts of a list or map, until nothing changes any more.",
        [
            Parameter("toRender", "the text, list or map", required: true),
            Parameter("recursive", "whether what comes out is rendered again", default: true),
        ],
        onlyWithoutRecursion: true, examples: [Example("{{ render('{' ~ '{ 1 + 1 }' ~ '}') }}", "2")]
    ) { arguments, run throws(ExpressionError) in
        let value = try arguments.required(0)
        let isRecursive = try arguments.flag(1) ?? true
        return try Rerendering.rendered(value, isRecursive: isRecursive, run)
    }

    static let renderOnce = TemplateFunction(
        "renderOnce", "Renders a text, or all texts of a list or map, once.",
        [Parameter("toRender", "the text, list or map", required: true)], onlyWithoutRecursion: true,
        examples: [Example("{{ renderOnce('{' ~ '{ 1 + 1 }' ~ '}') }}", "2")]
    ) { arguments, run throws(ExpressionError) in
        try Rerendering.rendered(try arguments.required(0), isRecursive: false, run)
    }
}

/// Rendering inside of a rendering. What goes wrong inside is told as a failure of the outer one.
enum Rerendering {
    static func rendered(_ value: Value, isRecursive: Bool, _ run: Rendering) throws(ExpressionError) -> Value {
        do throws(ExpressionError) {
            defer { run.ascend() }
            try run.descend("render()")
            return try Renderer.render(value, depth: run.scope.limits.depth) { (source) throws(ExpressionError) in
                isRecursive ? try untilStable(source, run) : try once(source, run)
            }
        } catch {
            throw error.uncatchable()
        }
    }

    private static func untilStable(_ source: String, _ run: Rendering) throws(ExpressionError) -> String {
        var text = source
        for _ in 0..<run.scope.limits.rounds {
            let next = try once(text, run)
            if next == text { return text }
            text = next
        }
        throw .evaluation("Too many rendering attempts")
    }

    private static func once(_ source: String, _ run: Rendering) throws(ExpressionError) -> String {
        guard source.utf8.contains(UInt8(ascii: "{")) else { return source }
        try run.read(bytes: 16 * source.utf8.count)
        try run.allocate(16 * source.utf8.count)
        return try run.nested(try Template.cached(source).program)
    }
}
