import FlowModel
import Testing

@testable import Expressions

@Suite struct TypedTests {
    @Test(
        arguments: [
            ("{{ 1 }}", .int(1)), ("{{ 1.0 }}", .double(1)), ("{{ true }}", .bool(true)), ("{{ l }}", ["a", "b"]),
            ("{{ n }}", .null), ("{% set x = 1 %}", .null), ("text", "text"), ("{{ 1 }}{{ 2 }}", "12"),
            ("  {{- 1 -}}  ", .int(1)), ("x{{ 1 }}", "x1"), ("{{ s }} {{ i }}", "Hello 5"),
            ("{{ l }}{{ n }}", ["a", "b"]),
            (#"{"a": {{ l }} }"#, ["a": ["a", "b"]]), ("{{ l }} and {{ m }}", #"["a","b"] and {"a":1,"b":"x"}"#),
            ("{{ 1.0 }} {{ 2.0 }}", "1.0 2.0"), ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ] as [(String, Value)]) func `typed rendering keeps the type of a single print`(template: String, value: Value)
    {
        #expect(typed(template) == value)
    }

    @Test func `structures are rendered in keys and values`() throws {
        let value: Value = ["{{ s }}": ["{{ i }}", 1, nil, true], "b": ["{{ s }}": "x", "Hello": "y"]]
        let result = try Renderer.render(value, in: Scope(variables: sample))
        #expect(result == ["Hello": ["5", 1, nil, true], "b": ["Hello": "x"]])
    }

    @Test func `layers hide each other`() throws {
        let layered = LayeredVariables(["a": 1] as ValueMap, over: ["a": 2, "b": 3] as ValueMap)
        #expect(try Template("{{ a }}{{ b }}").text(in: Scope(variables: layered)) == "13")
        #expect(layered.variableNames == ["a", "b"])
    }

    @Test func `a template without a brace is its own result`() throws {
        #expect(try Template("a }} b").isConstant)
        #expect(try !Template("a {{ 1 }}").isConstant)
    }
}
