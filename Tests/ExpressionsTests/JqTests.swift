import FlowModel
import Testing

@testable import Expressions

struct JqTests {
    private func results(_ program: String, _ input: String) throws -> String {
        let scope = Scope(variables: ["input": .string(input), "program": .string(program)] as ValueMap)
        return try Renderer.text("{{ input | jq(program) }}", in: scope)
    }

    @Test(arguments: JqCases.results) func `programs`(row: String) throws {
        let parts = row.replacing("⏎", with: "\n").split(separator: " ⟶ ", omittingEmptySubsequences: false).map(
            String.init)
        try #require(parts.count == 3)
        let result = (try? results(parts[0], parts[1])) ?? "error"
        #expect(result == parts[2])
    }

    @Test(arguments: JqCases.failures) func `programs that fail`(program: String) throws {
        let error = #expect(throws: ExpressionError.self) { try results(program, "\"text\"") }
        #expect(error?.description.contains("Unable to parse jq value '\"text\"' with type 'java.lang.String'") == true)
    }

    @Test(arguments: JqCases.endless) func `programs without end are stopped`(program: String) {
        #expect(throws: ExpressionError.self) { try results(program, "[1]") }
    }

    @Test func `types of numbers are kept`() throws {
        let scope = Scope(
            variables: [
                "v": [
                    "float": .float(1.123), "int": 1, "date": .moment(.localDate(try LocalDate(iso: "2024-01-01"))),
                    "no": nil,
                ]
            ] as ValueMap)
        #expect(try Renderer.text("{{ v | jq('.float') | first | className }}", in: scope) == "java.lang.Float")
        #expect(try Renderer.text("{{ v | jq('.') }}", in: scope) == #"[{"float":1.123,"int":1,"date":"2024-01-01"}]"#)
        #expect(try Renderer.text("{{ null | jq('.') }}", in: scope) == "")
        #expect(throws: ExpressionError.self) { try Renderer.text("{{ v | jq }}", in: scope) }
    }

    @Test(arguments: 1...300) func `no program breaks anything`(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let parts = JqCases.scraps.split(separator: " ")
        let program = (0..<next(14)).map { _ in parts[next(parts.count)] }.joined(separator: " ")
        _ = try? results(program, "{\"a\":[1,{\"a\":\"b\"},null],\"x\":\"y\"}")
    }
}
