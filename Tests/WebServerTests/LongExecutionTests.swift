import FlowModel
import Storage
import Testing

@testable import WebServer

/// Executions with more task runs than an answer is made of in one piece.
struct LongExecutionTests {
    private static func make(_ count: Int, in engine: QuietEngine) async throws -> ExecutionSnapshot {
        var execution = Execution(
            id: engine.makeExecutionID(), namespace: "company.team", flowID: "long", flowRevision: 1,
            createdAt: engine.clock.now)
        execution.state.set(.success, at: engine.clock.now)
        let runs = (1...count).map { number in
            TaskRun(
                number: number, taskID: "t", parent: nil, value: "\(number)", iteration: nil,
                state: StateHistory(.created, at: engine.clock.now))
        }
        try await engine.store.commit([.insertExecution(execution, isOpen: false), .taskRuns(execution.id, runs)])
        return ExecutionSnapshot(execution: execution, taskRuns: runs, isOpen: false)
    }

    @Test(arguments: [1, 499, 500, 501, 1000, 1250])
    func `an answer of many pieces says what one of a single piece says`(count: Int) async throws {
        try await withAPI { api, engine async throws in
            let long = try await Self.make(count, in: engine)
            let whole = ExecutionBody(long, now: engine.clock.now).bytes
            let path = "/executions/\(long.execution.id)"
            let stored = try await api(.get, path)
            #expect(stored.text == String(decoding: whole, as: UTF8.self))
            engine.liveOnes.withLock { $0[long.execution.id] = long }
            #expect(try await api(.get, path).text == stored.text)
            #expect((stored.headers[.contentLength] != nil) == (count < 500))
        }
    }

    @Test func `task runs can be left out`() async throws {
        try await withAPI(.ahc()) { api, engine async throws in
            let id = try await Self.make(3, in: engine).execution.id
            let short = try await api(.get, "/executions/\(id)?taskRuns=false").json
            #expect(short["id"] == .string(id.description))
            #expect(short["state"]?["current"] == "SUCCESS")
            #expect(short["taskRunList"] == nil)
            let events = try await api(.get, "/executions/\(id)/follow?taskRuns=false").text
            #expect(events.contains("id: end"))
            #expect(!events.contains("taskRunList"))
            #expect(try await api(.get, "/executions/\(id)?taskRuns=x").status == 422)
            #expect(try await api(.get, "/executions/x?taskRuns=false").status == 404)
        }
    }
}

/// Refusals that say which thing is missing or wrong.
struct RefusalTextTests {
    @Test func `what is missing is named`() async throws {
        try await withAPI { api, _ async throws in
            try await api.save("hello")
            let restart = try await api(.post, "/executions/nope/restart")
            #expect(restart.status == 404)
            #expect(restart.json["message"]?.string?.hasPrefix("Not Found: Execution not found: nope") == true)
            for path in ["/flows/company.team/hello?revision=99", "/executions/flows/company.team/hello?revision=99"] {
                let revision = try await api(.get, path)
                #expect(revision.status == 404)
                #expect(
                    revision.json["message"]
                        == "Not Found: Flow company.team.hello has no revision 99; its newest is 1")
            }
            let flow = try await api(.get, "/flows/company.team/nothing?revision=2")
            #expect(flow.json["message"] == "Not Found: Flow not found: company.team.nothing")
        }
    }

    @Test func `a mistake in JSON has its place`() async throws {
        try await withAPI { api, _ async throws in
            let answer = try await api(.post, "/executions/latest", "[\n  {]")
            #expect(answer.status == 422)
            #expect(answer.json["message"]?.string?.hasSuffix(" (2:4)") == true)
            #expect(answer.json["errors"]?.list?.first?["line"] == 2)
        }
    }

    @Test func `a backfill ends after its start`() throws {
        let now = try Timestamp(iso: "2026-02-01T00:00:00Z")
        let turned = #expect(throws: Refusal.self) {
            try Backfill(["start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"], now: now)
        }
        #expect(turned?.status == .unprocessableContent)
        #expect(throws: Refusal.self) { try Backfill(["start": "2026-03-01T00:00:00Z"], now: now) }
        #expect(throws: Never.self) { try Backfill(["start": "2026-01-01T00:00:00Z"], now: now) }
    }
}
