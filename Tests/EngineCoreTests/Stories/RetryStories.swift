import FlowModel
import Testing

@testable import EngineCore

private let three = "retry: { type: constant, interval: PT1S, maxAttempts: 3 }"

@Suite struct Retries {
    @Test(arguments: [
        Story(
            "until the last attempt", list("tasks", fails("a", three)), ends: .failed, taskRuns: 1, attempts: ["a": 3]),
        Story(
            "then the handlers", list("tasks", fails("a", three)) + "\n" + list("errors", step("e")), ends: .failed,
            taskRuns: 2, attempts: ["a": 3]),
        Story(
            "a success in between warns when asked to",
            list(
                "tasks",
                step(
                    "a", "{{ taskrun.attemptsCount == 2 ? 'ok' : ko }}",
                    "retry: { type: constant, interval: PT1S, maxAttempts: 4, warningOnRetry: true }")),
            ends: .warning, taskRuns: 1, attempts: ["a": 3]),
        Story(
            "a success at once does not",
            list(
                "tasks",
                step("a", "x", "retry: { type: constant, interval: PT1S, maxAttempts: 4, warningOnRetry: true }")),
            ends: .success, taskRuns: 1),
        Story(
            "by the flow",
            list("tasks", work("a", "FAILED")) + "\nretry: { type: constant, interval: PT1S, maxAttempts: 4 }",
            ends: .failed, taskRuns: 1, attempts: ["a": 4]),
        Story(
            "by time", list("tasks", fails("a", "retry: { type: constant, interval: PT2S, maxDuration: PT5S }")),
            ends: .failed, taskRuns: 1, attempts: ["a": 3]),
        Story(
            "exponential",
            list(
                "tasks", fails("a", "retry: { type: exponential, interval: PT1S, maxInterval: PT3S, maxAttempts: 3 }")),
            ends: .failed, taskRuns: 1,
            attempts: ["a": 3]),
        Story(
            "random",
            list("tasks", fails("a", "retry: { type: random, minInterval: PT1S, maxInterval: PT3S, maxAttempts: 3 }")),
            ends: .failed, taskRuns: 1, attempts: ["a": 3]),
        Story(
            "by the flowable around, not of it",
            list("tasks", flow("Sequential", "s", three, list("tasks", fails("a"))), step("b")), ends: .failed,
            taskRuns: 2,
            attempts: ["a": 3, "s": 0]),
        Story(
            "each child on its own",
            list(
                "tasks",
                flow("ForEach", "f", "concurrencyLimit: 0", "values: [1, 2]", three, list("tasks", work("a", "FAILED")))
            ), ends: .failed, taskRuns: 3, attempts: ["a": 3]),
        Story(
            "allowFailure after the last", list("tasks", fails("a", three + ", allowFailure: true"), step("b")),
            ends: .warning, taskRuns: 2, attempts: ["a": 3]),
    ])
    func `try again`(_ story: Story) throws { try story.check() }

    @Test func `tell each state in its order`() throws {
        let bench = try Bench(list("tasks", fails("a", "retry: { type: constant, interval: PT10S, maxAttempts: 2 }")))
            .run()
        #expect(bench.history == "CREATED RUNNING RETRYING RUNNING FAILED")
        #expect(bench.history(of: "a") == "CREATED RUNNING RETRYING CREATED RUNNING FAILED")
        #expect(
            bench.run(of: "a")?.attempts.map { Bench.words($0.state) } == [
                "CREATED RUNNING FAILED", "CREATED RUNNING FAILED",
            ])
        #expect(bench.now.milliseconds == 1_700_000_010_000)
    }

    @Test func `begin a new execution when asked to`() throws {
        let yaml =
            list("tasks", fails("a"))
            + "\nretry: { type: constant, interval: PT1S, maxAttempts: 3, behavior: CREATE_NEW_EXECUTION }"
        let bench = try Bench(yaml).run()
        #expect(bench.execution.state.current == .retried && bench.run(of: "a")?.state.current == .retried)
        let next = try #require(bench.replacements.first)
        #expect(next.attemptNumber == 2 && next.parentID == bench.execution.id && next.originalID == bench.execution.id)
        #expect(next.scheduleDate == bench.now.advanced(by: .seconds(1)) && next.state.current == .created)
    }

    @Test(arguments: [1, 2, 3, 4])
    func `pace exponentially up to the longest interval`(made: Int) {
        let retry = Retry(pace: .exponential(interval: .seconds(1), maxInterval: .seconds(5), factor: 2))
        let due = retry.nextDate(
            made: made, first: Timestamp(milliseconds: 0), last: Timestamp(milliseconds: 0), seed: 0)
        #expect(due?.milliseconds == [1000, 2000, 4000, 5000][made - 1])
    }
}
