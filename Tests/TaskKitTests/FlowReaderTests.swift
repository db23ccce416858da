import Expressions
import FlowModel
import Testing

@testable import TaskKit

private struct Say: InstantTask {
    static let about = TaskAbout(
        type: "test.Say", aliases: ["old.Say"], title: "Says something.",
        example: "- { id: say, type: test.Say, text: hi }")

    @Property("What to say.") var text: String
    @Property("How often.") var times = 1
    @Property("How long to wait before.") var wait: ISODuration?

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput {
        for _ in 0..<times { context.log(.info, text) }
        return NoOutput()
    }
}

private struct Group: FlowableTask {
    static let about = TaskAbout(type: "test.Group", title: "Groups tasks.", example: "")
    static let lists = [TaskListAbout("tasks", "The tasks.", isRequired: true), TaskListAbout.errors]
    static let outputs: [OutputAbout] = []
}

private struct Tick: TriggerType {
    static let about = TaskAbout(type: "test.Tick", title: "Ticks.", example: "")
    static let variables: [OutputAbout] = []
    @Property("When.") var cron: String
}

private let reader = FlowReader(
    catalogue: Catalogue(tasks: [.instant(Say.self), .flowable(Group.self)], triggers: [Tick.self]))

private func problems(_ source: String) -> [Problem] {
    do throws(Problems) {
        return try reader.read(source, file: "f.yaml").remarks
    } catch {
        return error.all
    }
}

@Suite struct FlowReaderTests {
    private static let start = "id: f\nnamespace: a.b\n"

    @Test func `A flow is read with its tasks at any depth`() throws {
        let flow = try reader.read(
            Self.start + """
                labels: {team: data}
                inputs:
                  - {id: name, type: STRING, defaults: Ada}
                tasks:
                  - id: group
                    type: test.Group
                    tasks:
                      - {id: say, type: old.Say, text: "hi {{ inputs.name }}", times: 2, runIf: "{{ true }}"}
                triggers:
                  - {id: tick, type: test.Tick, cron: "@hourly"}
                """
        ).flow
        #expect(flow.labels == [Label(key: "team", value: "data")])
        #expect(flow.inputs.map(\.id) == ["name"])
        let say = try #require(flow.tasks[0].tasks("tasks")?.first)
        #expect(say.type == "test.Say")
        #expect(say.properties["times"] == 2)
        #expect(say.runIf == "{{ true }}")
        #expect(flow.triggers[0].properties["cron"] == "@hourly")
    }

    @Test(
        arguments: [
            (
                "tasks:\n  - {id: s, type: test.Say, txt: hi}\n", "task.unknown-property", "did you mean \"text\"?", 4,
                29
            ),
            (
                "tasks:\n  - {id: s, type: test.Sy, text: hi}\n", "task.unknown-type", "did you mean \"test.Say\"?", 4,
                19
            ),
            ("tasks:\n  - {id: s, type: test.Say}\n", "task.missing-property", "add `text`: What to say.", 4, 5),
            ("tasks: []\n", "flow.empty", "add at least one task", 3, 8),
            ("tasks:\n  - {id: 'a b', type: test.Say, text: hi}\n", "flow.bad-id", nil, 4, 10),
            ("tasks:\n  - {id: s, type: test.Say, text: hi, times: many}\n", "task.bad-property", nil, 4, 46),
            ("tasks:\n  - {id: s, type: test.Say, text: hi, wait: soon}\n", "task.bad-property", nil, 4, 45),
            ("tasks:\n  - {id: s, type: test.Say, text: '{{ 1 + }}'}\n", "expression.parse", nil, 4, nil),
            (
                "taks: []\ntasks:\n  - {id: s, type: test.Say, text: hi}\n", "flow.unknown-property",
                "did you mean \"tasks\"?", 3, 1
            ),
            (
                "tasks:\n  - {id: s, type: test.Say, text: a}\n  - {id: s, type: test.Say, text: b}\n",
                "flow.rule.duplicate", nil, 5, 5
            ),
        ] as [(String, String, String?, Int, Int?)])
    func `A mistake is told at its place with a way to mend it`(
        _ rest: String, _ code: String, _ fix: String?, _ line: Int, _ column: Int?
    ) throws {
        let problem = try #require(problems(Self.start + rest).first { $0.severity == .error && $0.code == code })
        if let fix { #expect(problem.fix == fix) }
        #expect(problem.place?.line == line)
        if let column { #expect(problem.place?.column == column) }
        #expect(problem.place?.file == "f.yaml")
    }

    @Test func `All mistakes are told at once, in order of place`() {
        let found = problems(
            "id: 'x y'\nnamespace: UPPER\ntasks:\n  - {id: s, type: nope}\n  - {type: test.Say, text: hi}\n"
        )
        .filter { $0.severity == .error }
        #expect(found.map(\.code) == ["flow.bad-id", "flow.bad-namespace", "task.unknown-type", "flow.missing"])
    }

    @Test func `An alias, a deprecated name, is an info and no error`() {
        let found = problems(Self.start + "tasks:\n  - {id: s, type: old.Say, text: hi}\n")
        #expect(found.map(\.severity) == [.info])
    }

    @Test func `Plugin defaults fill what is absent and forced ones overwrite`() throws {
        let flow = try reader.read(
            Self.start + """
                tasks:
                  - {id: own, type: test.Say, text: mine}
                  - {id: other, type: test.Say}
                pluginDefaults:
                  - {type: test.Say, values: {text: default}}
                  - {type: test., forced: true, values: {times: 3}}
                """
        ).flow
        #expect(flow.tasks.map { $0.properties["text"] } == ["mine", "default"])
        #expect(flow.tasks.map { $0.properties["times"] } == [3, 3])
    }

    @Test func `Properties arrive rendered and typed`() throws {
        let names = PropertyNames.of(Say.self).map(\.name)
        #expect(names == ["text", "times", "wait"])
        let sources: [PropertySource] = [
            try PropertySource("hi {{ who }}"), try PropertySource("{{ n }}"), try PropertySource("PT5S"),
        ]
        let say = try PropertyReader.make(
            Say.self, sources: sources, names: names, in: Scope(variables: ["who": "Ada", "n": 3] as ValueMap))
        #expect(say.text == "hi Ada")
        #expect(say.times == 3)
        #expect(say.wait == .seconds(5))
    }

    @Test func `A property that cannot be converted fails with its name`() throws {
        let names = PropertyNames.of(Say.self).map(\.name)
        let sources: [PropertySource] = [.constant("x"), try PropertySource("{{ 'many' }}"), .missing]
        let failure = #expect(throws: TaskFailure.self) {
            try PropertyReader.make(Say.self, sources: sources, names: names, in: Scope(variables: ValueMap()))
        }
        #expect(failure?.message == "Property `times` is `many`, not a whole number")
    }

    @Test func `The schema of a type names its properties`() throws {
        let schema = try #require(FlowSchema(catalogue: reader.catalogue).schema(of: "test.Say"))
        #expect(schema["properties"]?["text"]?["description"] == "What to say.")
        #expect(schema["required"] == ["text"])
    }

    @Test func `a type that is missing is told with the key that was meant, or with the types that fit`() throws {
        let wrong = problems(Self.start + "tasks:\n  - id: a\n    typ: test.Say\n    text: hi\n")
        #expect(wrong.map(\.what) == ["Invalid type: null"])
        #expect(wrong.first?.place?.description == "f.yaml:5:5")
        #expect(wrong.first?.fix == "did you mean `type` where `typ` stands?")
        let fitting = problems(Self.start + "tasks:\n  - id: a\n    text: hi\n")
        #expect(fitting.first?.fix == "add `type: test.Say`")
        let none = problems(Self.start + "tasks:\n  - id: a\n    nothing: hi\n")
        #expect(none.first?.fix?.contains("`sluice type list --kind task`") == true)
        let trigger = problems(
            Self.start + "tasks: [{id: a, type: test.Say, text: hi}]\ntriggers: [{id: t, cron: '@daily'}]\n")
        #expect(trigger.first?.fix == "add `type: test.Tick`")
    }
}
