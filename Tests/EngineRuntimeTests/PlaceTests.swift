import EngineCore
import FlowModel
import Foundation
import Storage
import TaskKit
import Testing

@testable import EngineRuntime

/// What fails at run time is told with its place in the flow.
struct PlaceTests {
    private func flow(_ rest: String) -> String { "id: hello\nnamespace: test\n" + rest }

    /// The errors in the log of one run.
    private func errors(
        of source: String, file: String? = "flows/hello.yaml", inputs: ValueMap = [:]
    ) async throws -> String {
        let bench = Bench()
        var errors = ""
        try await bench.run { engine async throws in
            _ = try await engine.save(flow: source, file: file, expecting: .anything)
            let id = try await engine.start("hello", inputs: inputs)
            _ = try await engine.end(of: id)
            errors = try await engine.store.logs(of: id, after: nil, LogFilter(), limit: nil)
                .filter { $0.entry.level == .error }.map(\.entry.message).joined(separator: "\n")
        }
        return errors
    }

    @Test func `a task run in place tells file, line, column, the line and the nearest name`() async throws {
        let told = try await errors(
            of: flow(
                """
                inputs: [{ id: name, type: STRING, defaults: Ada }]
                tasks:
                  - id: say
                    type: test.Say
                    message: "Hello {{ inputs.nmae }}"
                """))
        #expect(
            told == """
                Unable to find `nmae` used in the expression `Hello {{ inputs.nmae }}` at line 1
                  at flows/hello.yaml:7:24
                  7 |     message: "Hello {{ inputs.nmae }}"
                    |                        ^
                  fix: did you mean `name`?
                """)
    }

    @Test func `a flow that came from no file is named with its revision`() async throws {
        let told = try await errors(
            of: flow("tasks:\n  - { id: w, type: test.Wait, gate: \"{{ outputs.my-task.value }}\", board: b }\n"),
            file: nil)
        #expect(told.contains("\n  at test.hello revision 1, line 4, column 41\n"))
        #expect(told.contains("fix: `-` is subtraction here: write outputs['my-task'].value"))
    }

    @Test(arguments: [
        ("  - { id: a, type: test.Say, message: x, runIf: \"{{ gone }}\" }", "4:53"),
        ("  - { id: a, type: test.Wait, gate: x, timeout: \"{{ gone }}\", board: b }", "4:53"),
        (
            "  - id: a\n    type: io.kestra.plugin.core.flow.ForEach\n    values: |\n      {{ gone }}\n    tasks: "
                + "[{ id: b, type: test.Say, message: x }]", "7:10"
        ),
        (
            "  - id: a\n    type: io.kestra.plugin.core.flow.ForEach\n    values: [x, '{{ gone }}']\n    tasks: "
                + "[{ id: b, type: test.Say, message: x }]", "6:21"
        ),
        (
            "  - id: a\n    type: io.kestra.plugin.core.flow.If\n    condition: >\n      {{\n        gone }}\n    then: "
                + "[{ id: b, type: test.Say, message: x }]", "8:9"
        ),
        (
            "  - id: a\n    type: io.kestra.plugin.core.flow.Switch\n    value: '{{ gone }}'\n    cases: { x: "
                + "[{ id: b, type: test.Say, message: x }] }", "6:16"
        ),
        (
            "  - id: a\n    type: io.kestra.plugin.core.execution.Labels\n    labels: { a: '{{ gone }}' }", "6:22"
        ),
        (
            "  - { id: a, type: test.Say, message: x }\noutputs:\n  - { id: o, type: STRING, value: '{{ gone }}' }",
            "6:39"
        ),
    ])
    func `every kind of property tells its place`(tasks: String, place: String) async throws {
        let told = try await errors(of: flow("tasks:\n" + tasks + "\n"))
        #expect(told.contains("at flows/hello.yaml:\(place)\n"), "\(told)")
    }

    @Test func `an input's default is told with its place`() async throws {
        let bench = Bench()
        let source = flow(
            "inputs:\n  - { id: a, type: STRING, defaults: '{{ gone }}' }\ntasks: [{ id: t, type: test.Say, message: x }]\n"
        )
        try await bench.run { engine async throws in
            _ = try await engine.save(flow: source, file: "hello.yaml", expecting: .anything)
            let refusal = await #expect(throws: EngineRefusal.self) { try await engine.start("hello") }
            #expect("\(refusal!)".contains("at hello.yaml:4:42"), "\(refusal!)")
        }
    }

    @Test func `a file that changed is not named for an older revision`() async throws {
        let bench = Bench()
        let old = flow("tasks:\n  - { id: t, type: test.Say, message: '{{ gone }}' }\n")
        try await bench.run { engine async throws in
            _ = try await engine.save(flow: old, file: "hello.yaml", expecting: .anything)
            _ = try await engine.save(flow: "# new\n" + old, expecting: .anything)
            let id = try await engine.start("hello")
            _ = try await engine.end(of: id)
            let told = try await engine.messages(id).joined()
            #expect(told.contains("at test.hello revision 2, line 5, column 43"), "\(told)")
        }
    }
}
