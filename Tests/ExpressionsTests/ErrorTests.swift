import FlowModel
import Testing

@testable import Expressions

@Suite struct ErrorTests {
    @Test func `a missing variable has its place and the nearest name`() throws {
        let error = try #require(failure("line one\n  {{ inputs.nmae }}", ["inputs": ["name": "x"]]))
        #expect(
            error.description
                == "Unable to find `nmae` used in the expression `line one\n  {{ inputs.nmae }}` at line 2")
        #expect(error.place == Place(line: 2, column: 6))
        #expect(error.hint == "did you mean `name`?")
        #expect(error.missingName == "nmae")
    }

    @Test func `a hyphen in a name is explained`() throws {
        let variables: ValueMap = ["outputs": ["my-task": ["value": 1]]]
        let error = try #require(failure("{{ outputs.my-task.value }}", variables))
        #expect(error.hint == "`-` is subtraction here: write outputs['my-task'].value")
        #expect(rendered("{{ outputs['my-task'].value }}", variables) == "1")
    }

    @Test func `an error inside an operation keeps its cause`() throws {
        let error = try #require(failure("{{ missing + 1 }}"))
        #expect(error.kind == .evaluation)
        #expect(error.description.contains("Could not perform addition"))
        #expect(error.description.contains("Unable to find `missing`"))
    }

    @Test(arguments: ["a\nb {{ 1 / 0 }}", "a\r\nb {{ 1 / 0 }}", "a\u{2028}b {{ 1 / 0 }}", "a\rb {{ 1 / 0 }}"])
    func `lines end as the specification says`(template: String) {
        #expect(failure(template)?.line == 2)
    }

    @Test func `the function named like a filter is found`() {
        #expect(failure("{{ upper('a') }}")?.hint == "`upper` is a filter: write `value | upper`")
        #expect(failure("{{ 'a' | uper }}")?.hint == "did you mean `upper`?")
        #expect(failure("{{ 1 && 2 }}")?.hint == "write `and`")
    }

    @Test(arguments: [
        ("{{ s | uppr }}", "did you mean `upper`?"), ("{{ 1 is evn }}", "did you mean `even`?"),
        ("{{ s | abbreviate(lenght=3) }}", "did you mean `length`?"),
        ("{{ range(strt=1, end=2) }}", "did you mean `start`?"),
        ("{{ s | slice(0, upTo=1) }}", "there are `fromIndex`, `toIndex`"),
        ("{{ 5 | round }}", "write `| numberFormat('0')`"),
        ("{{ random() }}", "write `randomInt(0, 100)` for a number, `nanoId()` or `uuid()` for a text"),
        ("{% macro m(colour) %}{% endmacro %}{{ m(color=1) }}", "did you mean `colour`?"),
        ("{{ credential('a') }}", "it belongs to Kestra's enterprise edition: use `secret('…')`"),
        ("{{ [1, 2] | map('x') }}", "write `| jq('map(…)')`"),
    ]) func `what was probably meant is told`(template: String, hint: String) throws {
        let error = try #require(failure(template))
        #expect(error.hint == hint)
        #expect(error.place != nil)
    }

    @Test func `a long template is not shown in full`() throws {
        let error = try #require(failure(String(repeating: "x", count: 100_000) + "{{ (missing + 1) + 1 }}"))
        #expect(error.description.utf8.count < 20_000)
        #expect(error.description.contains("Unable to find `missing`"))
    }

    @Test func `conditions tell one error`() {
        let text = rendered("{% if missing %}{% endif %}")
        #expect(text.hasPrefix("evaluation error: Wrong operand(s) type in conditional expression"))
        #expect(text.contains("Unable to find `missing`"))
    }
}
