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

    @Test func `conditions tell one error`() {
        let text = rendered("{% if missing %}{% endif %}")
        #expect(text.hasPrefix("evaluation error: Wrong operand(s) type in conditional expression"))
        #expect(text.contains("Unable to find `missing`"))
    }
}
