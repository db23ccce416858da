import Expressions
import FlowModel
import TaskKit

/// Source: engine spec §4.10, since-0.20 §3.
struct LoopUntil: LoopingFlowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.LoopUntil",
        title: "Run tasks again and again until a condition holds.",
        details: "Only the task runs of the last round are kept. Between rounds the execution is PAUSED.",
        example: """
            id: until_ready
            type: io.kestra.plugin.core.flow.LoopUntil
            condition: "{{ outputs.ask.value == 'ready' }}"
            checkFrequency: { interval: PT10S, maxIterations: 30 }
            tasks:
              - { id: ask, type: io.kestra.plugin.core.debug.Return, format: ready }
            """
    )
    static let lists = Loops.lists
    static let outputs = Loops.outputs

    let loop = LoopProperties()

    @Property("How often and how long: `interval`, `maxIterations`, `maxDuration`.")
    var checkFrequency: Frequency?

    struct Frequency: PropertyGroup {
        @Property("The wait between two rounds.")
        var interval: ISODuration = .minutes(1)
        @Property("The most rounds; no limit when absent.")
        var maxIterations: Int?
        @Property("The longest time since the first round; no limit when absent.")
        var maxDuration: ISODuration?
    }

    var pace: ISODuration { checkFrequency?.interval ?? .minutes(1) }

    func start(_ site: FlowableSite) -> FlowableStart { Loops.start(site) }

    func afterRound(_ count: Int, since start: Timestamp, _ site: FlowableSite) throws(TaskFailure) -> AfterRound {
        try Loops.afterRound(
            count, since: start, now: site.now, condition: site.text(loop.condition), pace: pace,
            most: checkFrequency?.maxIterations, longest: checkFrequency?.maxDuration, fails: loop.failOnMaxReached)
    }
}

/// The loop of old, with the limits of old. Source: engine spec §4.10.
struct WaitFor: LoopingFlowable {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.flow.WaitFor",
        aliases: ["io.kestra.core.tasks.flows.WaitFor"],
        title: "Run tasks again and again until a condition holds, with limits unless told otherwise.",
        example: """
            id: until_ready
            type: io.kestra.plugin.core.flow.WaitFor
            condition: "{{ outputs.ask.value == 'ready' }}"
            tasks:
              - { id: ask, type: io.kestra.plugin.core.debug.Return, format: ready }
            """,
        isDeprecated: true
    )
    static let lists = Loops.lists
    static let outputs = Loops.outputs

    let loop = LoopProperties()

    @Property("How often and how long: `interval`, `maxIterations`, `maxDuration`.")
    var checkFrequency: Frequency?

    struct Frequency: PropertyGroup {
        @Property("The wait between two rounds.")
        var interval: ISODuration = .seconds(1)
        @Property("The most rounds.")
        var maxIterations: Int = 100
        @Property("The longest time since the first round.")
        var maxDuration: ISODuration = .hours(1)
    }

    var pace: ISODuration { checkFrequency?.interval ?? .seconds(1) }

    func start(_ site: FlowableSite) -> FlowableStart { Loops.start(site) }

    func afterRound(_ count: Int, since start: Timestamp, _ site: FlowableSite) throws(TaskFailure) -> AfterRound {
        try Loops.afterRound(
            count, since: start, now: site.now, condition: site.text(loop.condition), pace: pace,
            most: checkFrequency?.maxIterations ?? 100, longest: checkFrequency?.maxDuration ?? .hours(1),
            fails: loop.failOnMaxReached)
    }
}

/// What both loops say; their limits differ.
struct LoopProperties: PropertyBundle {
    @Property("The loop ends when this holds after a round.")
    var condition: Unrendered

    @Property("Whether the task fails when a limit of `checkFrequency` is reached before the condition holds.")
    var failOnMaxReached: Bool = false
}

enum Loops {
    static let lists = [TaskListAbout("tasks", "The tasks of a round.", isRequired: true), .errors, .finally]
    static let outputs = [OutputAbout("iterationCount", "The number of the round, from 1.", .integer)]

    static func start(_ site: FlowableSite) -> FlowableStart {
        .children(.sequence(site.list("tasks")), outputs: site.kept ?? ["iterationCount": 1])
    }

    static func afterRound(
        _ count: Int, since start: Timestamp, now: Timestamp, condition: String, pace: ISODuration, most: Int?,
        longest: ISODuration?, fails: Bool
    ) -> AfterRound {
        if Truth.isTruthyText(condition) { return .done }
        if let most, count > most { return .limit("Max iterations reached", fails: fails) }
        if let longest, now > start.advanced(by: longest) { return .limit("Max duration reached", fails: fails) }
        return .again(after: pace)
    }
}
