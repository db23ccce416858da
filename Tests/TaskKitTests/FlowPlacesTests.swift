import Expressions
import FlowModel
import Testing

@testable import TaskKit

private struct Say: InstantTask, CautiousTask {
    static let about = TaskAbout(type: "test.Say", title: "Says something.", example: "")

    @Property("What to say.") var text: String
    @Property("To whom.") var to: String?
    @Property("How often.") var times = 1
    @Property("Anything.") var options: Value?

    static func cautions(about task: FlowTask) -> [Caution] {
        guard task.properties["options"]?["auth"]?["password"]?.string?.contains("{{") == false else { return [] }
        return [.literalSecret(at: ["options", "auth", "password"], secret: "SAY_PASSWORD")]
    }

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput { NoOutput() }
}

@Suite struct FlowPlacesTests {
    private static let catalogue = TaskKit.Catalogue(tasks: [.instant(Say.self)], triggers: [])

    private func flow(_ rest: String, file: String? = "hello.yaml") throws -> Flow {
        try FlowReader(catalogue: Self.catalogue).read("id: hello\nnamespace: a.b\n" + rest, file: file).flow
    }

    /// What the log says of the first task's failure.
    private func told(_ flow: Flow, _ variables: ValueMap = [:]) throws -> String {
        let task = try #require(flow.tasks.first)
        let kind = try #require(Self.catalogue.task(task.type))
        do throws(TaskFailure) {
            var sources: [PropertySource] = []
            do throws(ExpressionError) {
                for name in kind.propertyNames { sources.append(try PropertySource(task.properties[name])) }
            } catch {
                throw TaskFailure(error)
            }
            _ = try PropertyReader.make(
                Say.self, sources: sources, names: kind.propertyNames, in: Scope(variables: variables))
            return "no failure"
        } catch {
            return flow.told(error, in: .task(task))
        }
    }

    @Test func `a missing variable is told with file, line, column and the line itself`() throws {
        let flow = try flow(
            """
            tasks:
              - id: say
                type: test.Say
                text: "Hello {{ inputs.nmae }}"
            """)
        #expect(
            try told(flow, ["inputs": ["name": "x"]]) == """
                Unable to find `nmae` used in the expression `Hello {{ inputs.nmae }}` at line 1
                  at hello.yaml:6:21
                  6 |     text: "Hello {{ inputs.nmae }}"
                    |                     ^
                  fix: did you mean `name`?
                """)
    }

    @Test func `a stored flow is named with its revision`() throws {
        var flow = try flow("tasks: [{id: say, type: test.Say, text: '{{ x }}'}]", file: nil)
        flow.revision = 3
        #expect(try told(flow).contains("  at a.b.hello revision 3, line 3, column 45\n"))
    }

    @Test func `the place is found in blocks, in structures, in keys and in parts`() throws {
        let block = try flow("tasks:\n  - id: say\n    type: test.Say\n    text: |2\n        a\n      b {{ x }}\n")
        #expect(try told(block).contains("hello.yaml:8:12"))
        let deep = try flow(
            "tasks:\n  - id: say\n    type: test.Say\n    text: x\n    options: {a: [1, {b: \"\\t{{ x }}\"}]}\n")
        #expect(try told(deep).contains("hello.yaml:7:32"))
        let key = try flow("tasks:\n  - id: say\n    type: test.Say\n    text: x\n    options:\n      a{{ x }}: 1\n")
        #expect(try told(key).contains("hello.yaml:8:11"))
        let part = try flow("tasks:\n  - id: say\n    type: test.Say\n    text: '{{ x }}'\n")
        let task = try #require(part.tasks.first)
        let error = try #require(throws: ExpressionError.self) {
            try Template("#!/bin/sh\necho {{ x }}\n").text(in: Scope(variables: ValueMap()))
        }
        #expect(part.told(TaskFailure(error), in: .task(task)).contains("at hello.yaml:6:15"))
    }

    @Test func `of two equal templates that of the property is told`() throws {
        let flow = try flow(
            "tasks:\n  - id: say\n    type: test.Say\n    to: '{{ x }}'\n    options: '{{ x }}'\n    text: '{{ x }}'\n")
        #expect(try told(flow).contains("hello.yaml:8:15"))
    }

    @Test func `a template of a variable or a default is found where it stands`() throws {
        let variable = try flow(
            "variables:\n  a: 'b {{ x }}'\ntasks:\n  - {id: say, type: test.Say, text: '{{ render(vars.a) }}'}\n")
        #expect(try told(variable, ["vars": ["a": "b {{ x }}"]]).contains("hello.yaml:4:12"))
        let fallback = try flow(
            "pluginDefaults:\n  - type: test.Say\n    values: {text: '{{ x }}'}\ntasks:\n  - {id: say, type: test.Say}\n"
        )
        #expect(try told(fallback).contains("hello.yaml:5:24"))
    }

    @Test func `a template that is nowhere in the document is told with the one that rendered it`() throws {
        let flow = try flow("tasks:\n  - id: say\n    type: test.Say\n    text: '{{ render(snippet) }}'\n")
        let told = try told(flow, ["snippet": "{{ b }}"])
        #expect(told.contains("Unable to find `b` used in the expression `{{ b }}` at line 1"))
        #expect(told.hasSuffix("at hello.yaml:6:15\n  6 |     text: '{{ render(snippet) }}'\n    |               ^"))
        let other = try #require(throws: ExpressionError.self) {
            try Template("{{ z }}").text(in: Scope(variables: ValueMap()))
        }
        let task = try #require(flow.tasks.first)
        #expect(
            flow.told(TaskFailure(other, property: "text"), in: .task(task)).hasSuffix(
                "at hello.yaml:6:11\n  6 |     text: '{{ render(snippet) }}'"))
        #expect(flow.told(TaskFailure(other), in: .task(task)).hasSuffix("at hello.yaml:4:5\n  4 |   - id: say"))
    }

    @Test func `inside an operation the operand is told`() throws {
        let flow = try flow("tasks:\n  - id: say\n    type: test.Say\n    text: '{{ 1 + missing }}'\n")
        #expect(try told(flow).contains("at hello.yaml:6:19\n"))
    }

    @Test func `a wrong value is told with its property`() throws {
        let flow = try flow("tasks:\n  - id: say\n    type: test.Say\n    text: x\n    times: '{{ n }}'\n")
        #expect(
            try told(flow, ["n": "many"]) == """
                Property `times` is `many`, not a whole number
                  at hello.yaml:7:12
                  7 |     times: '{{ n }}'
                """)
    }

    @Test func `an error in one line`() throws {
        let flow = try flow(
            "inputs:\n  - {id: a, type: STRING, defaults: '{{ x }}'}\ntasks: [{id: t, type: test.Say, text: x}]")
        let error = try #require(throws: ExpressionError.self) {
            try Template("{{ x }}").text(in: Scope(variables: ValueMap()))
        }
        let element = FlowElement(at: flow.inputs[0].mark, property: "defaults")
        #expect(
            flow.told(error, in: element)
                == "Unable to find `x` used in the expression `{{ x }}` at line 1 at hello.yaml:4:41")
    }

    @Test func `an expression that cannot be read has its place in any kind of scalar`() throws {
        let problems = #expect(throws: Problems.self) {
            _ = try flow("tasks:\n  - id: t\n    type: test.Say\n    text: >\n      folded\n\n        text {{ 1 + }}\n")
        }
        let place = try #require(problems?.all.first?.place)
        #expect((place.line, place.column) == (9, 21))
    }

    @Test func `a secret written into a flow is warned of at its place`() throws {
        let source = """
            id: hello
            namespace: a.b
            tasks:
              - id: say
                type: test.Say
                text: x
                options:
                  auth: { password: hunter22 }
            """
        let reading = try FlowReader(catalogue: Self.catalogue).read(source, file: "f.yaml")
        let remark = try #require(reading.remarks.first)
        #expect(remark.severity == .warning)
        #expect(remark.code == "task.literal-secret")
        #expect(remark.place == Place(file: "f.yaml", line: 8, column: 25))
        #expect(remark.path == "tasks[0].options.auth.password")
        #expect(remark.fix?.contains("{{ secret('SAY_PASSWORD') }}") == true)
    }
}
