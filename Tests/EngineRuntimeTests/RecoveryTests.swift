import EngineCore
import FlowModel
import Foundation
import Storage
import Testing

@testable import EngineRuntime

struct RecoveryTests {
    private static func flows(_ bench: Bench) -> [String] {
        let retrying = """
            id: retrying
            namespace: test
            tasks:
              - id: try
                type: test.Flaky
                board: \(bench.name)
                failures: 1
                retry: { type: constant, interval: PT1H, maxAttempt: 3 }
            """
        let paused = """
            id: paused
            namespace: test
            tasks:
              - { id: pause, type: io.kestra.plugin.core.flow.Pause, delay: PT1H }
            """
        return [
            ExecutionTests.waiting(bench), retrying, paused,
            ExecutionTests.waiting(bench, id: "limited", more: "concurrency: { limit: 1, behavior: QUEUE }"),
        ]
    }

    @Test func `a second engine ends what the first one left`() async throws {
        let bench = Bench()
        let first = try bench.open(workers: 2)
        for flow in Self.flows(bench) { _ = try await first.engine.save(flow: flow, expecting: .anything) }
        first.go()
        await first.engine.ready()
        let running = try await first.engine.start("waiting")
        let limited = try await first.engine.start("limited")
        await bench.board.reached("began g", 2)
        let queued = [try await first.engine.start("limited"), try await first.engine.start("limited")]
        let paused = try await first.engine.start("paused")
        let scheduled = try await first.engine.start(
            StartRequest(namespace: "test", flowID: "waiting", scheduleDate: bench.clock.now.advanced(by: .hours(2)))
        ).id
        // Both workers are taken: it stays CREATED.
        let created = try await first.engine.start("waiting")
        await first.crash()
        #expect(bench.board.count("interrupted g") == 2)

        bench.clock.advance(by: .seconds(1))
        let second = try bench.open()
        second.go()
        await second.engine.ready()
        let engine = second.engine
        let retrying = try await engine.start("retrying")
        try await engine.reached(.retrying, retrying)
        bench.board.open("g")
        for id in [running, limited, created] + queued { #expect(try await engine.states(id).last == .success) }
        for id in [running, limited] {
            #expect(try await engine.end(of: id).taskRuns[0].attempts.map(\.state.current) == [.killed, .success])
        }
        await second.crash()

        bench.clock.advance(by: .hours(3))
        let third = try bench.open()
        third.go()
        await third.engine.ready()
        for id in [paused, scheduled, retrying] { #expect(try await third.engine.states(id).last == .success) }
        // running, limited, two queued, created and scheduled: each passed once.
        #expect(bench.board.count("passed g") == 6)
        #expect(try await third.engine.store.openExecutions(after: nil, limit: 10).isEmpty)
        #expect(try await third.engine.store.timers(dueBy: nil, limit: nil).isEmpty)
        try await third.stop()
    }

    @Test func `a place that became free before a crash is filled after it`() async throws {
        let bench = Bench()
        let first = try bench.open()
        let flow = ExecutionTests.waiting(bench, id: "limited", more: "concurrency: { limit: 1, behavior: QUEUE }")
        _ = try await first.engine.save(flow: flow, expecting: .anything)
        first.go()
        await first.engine.ready()
        let running = try await first.engine.start("limited")
        let queued = try await first.engine.start("limited")
        await bench.board.reached("began g")
        var ended = try #require(try await first.engine.store.execution(running))
        ended.state.set(.success, at: bench.clock.now)
        try await first.engine.store.commit([.updateExecution(ended, isOpen: false)])
        await first.crash()

        bench.clock.advance(by: .seconds(1))
        bench.board.open("g")
        let second = try bench.open()
        second.go()
        await second.engine.ready()
        #expect(try await second.engine.states(queued).last == .success)
        try await second.stop()
    }

    @Test func `what a crash kept from being killed or begun is killed and begun after it`() async throws {
        let bench = Bench()
        let first = try bench.open()
        let parent = """
            id: parent
            namespace: test
            tasks:
              - { id: sub, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: waiting }
            """
        for flow in [parent, ExecutionTests.waiting(bench)] {
            _ = try await first.engine.save(flow: flow, expecting: .anything)
        }
        first.go()
        await first.engine.ready()
        let id = try await first.engine.start("parent")
        await bench.board.reached("began g")
        // As a step saves them that a crash follows at once.
        let new = first.engine.newExecutionID()
        let begun = Execution(
            id: new, namespace: "test", flowID: "waiting", flowRevision: 1, createdAt: bench.clock.now)
        try await first.engine.store.commit([KillNote.change(id, isOpen: true), .insertExecution(begun, isOpen: true)])
        let child = try #require(try await first.engine.store.children(of: id).first).child
        await first.crash()

        bench.clock.advance(by: .seconds(1))
        let second = try bench.open()
        second.go()
        await second.engine.ready()
        #expect(try await second.engine.states(child).last == .killed)
        bench.board.open("g")
        #expect(try await second.engine.states(new).last == .success)
        try await second.stop()
    }

    @Test func `secrets that were read before a crash are masked after it`() async throws {
        let bench = Bench()
        let environment = ["SECRET_DOOR": Data("swordfish99".utf8).base64EncodedString()]
        let flow = """
            id: talks
            namespace: test
            tasks:
              - { id: first, type: test.Say, message: "{{ secret('DOOR') }}" }
              - { id: wait, type: test.Wait, board: \(bench.name), gate: g }
              - { id: last, type: test.Say, message: "the word is swordfish99" }
            """
        let first = try bench.open(environment: environment)
        _ = try await first.engine.save(flow: flow, expecting: .anything)
        first.go()
        let id = try await first.engine.start("talks")
        await bench.board.reached("began g")
        await first.crash()

        bench.clock.advance(by: .seconds(1))
        bench.board.open("g")
        let second = try bench.open(environment: environment)
        second.go()
        #expect(try await second.engine.states(id).last == .success)
        #expect(try await second.engine.messages(id).allSatisfy { !$0.contains("swordfish99") })
        try await second.stop()
    }

    @Test func `a graceful stop waits for running tasks within the grace period`() async throws {
        let bench = Bench()
        let first = try bench.open(grace: .seconds(30))
        _ = try await first.engine.save(flow: ExecutionTests.waiting(bench), expecting: .anything)
        first.go(schedules: true)
        await first.engine.ready()
        let id = try await first.engine.start("waiting")
        await bench.board.reached("began g")
        await first.stopGracefully()
        await bench.clock.sleepers(1)
        bench.board.open("g")
        try await first.end()
        #expect(try await first.store.execution(id)?.state.current == .success)
        await #expect(throws: EngineRefusal.self) { _ = try await first.engine.start("waiting") }
        await #expect(throws: EngineRefusal.self) { _ = try await first.engine.end(of: id) }
        try await first.store.close()
    }

    @Test func `what outlasts the grace period is taken up by the next engine`() async throws {
        let bench = Bench()
        let first = try bench.open(grace: .seconds(30))
        _ = try await first.engine.save(flow: ExecutionTests.waiting(bench), expecting: .anything)
        first.go()
        await first.engine.ready()
        let id = try await first.engine.start("waiting")
        await bench.board.reached("began g")
        let waiter = Task { try await first.engine.end(of: id) }
        let follower = try await first.engine.follow(id)
        await first.stopGracefully()
        await bench.clock.sleepers(1)
        bench.clock.advance(by: .seconds(30))
        try await first.end()
        await #expect(throws: EngineRefusal.self) { _ = try await waiter.value }
        for await _ in follower {}
        #expect(try await first.store.execution(id)?.state.current == .running)
        try await first.store.close()

        bench.board.open("g")
        let second = try bench.open()
        second.go()
        let ended = try await second.engine.end(of: id)
        #expect(ended.taskRuns[0].attempts.map(\.state.current) == [.killed, .success])
        try await second.stop()
    }

    @Test func `a task that does not listen holds no stop for longer than the grace period`() async throws {
        let bench = Bench()
        let flow = """
            id: stubborn
            namespace: test
            tasks:
              - { id: wait, type: test.Stubborn, board: \(bench.name), gate: g }
            """
        let first = try bench.open(grace: .seconds(30))
        _ = try await first.engine.save(flow: flow, expecting: .anything)
        first.go()
        await first.engine.ready()
        let id = try await first.engine.start("stubborn")
        await bench.board.reached("began g")
        await first.stopGracefully()
        await bench.clock.sleepers(1)
        bench.clock.advance(by: .seconds(24))
        await bench.board.reached("interrupted g")
        await bench.clock.sleepers(1)
        bench.clock.advance(by: .seconds(6))
        try await first.end()
        #expect(try await first.store.execution(id)?.state.current == .running)
        try await first.store.close()

        bench.board.open("g")
        let second = try bench.open()
        second.go()
        #expect(try await second.engine.end(of: id).taskRuns[0].attempts.map(\.state.current) == [.killed, .success])
        try await second.stop()
    }

    @Test func `a step that cannot be saved stops the engine with the reason`() async throws {
        let bench = Bench()
        let faults = Faults()
        let running = try bench.open(faults: faults)
        _ = try await running.engine.save(flow: ExecutionTests.waiting(bench), expecting: .anything)
        running.go(schedules: false)
        await running.engine.ready()
        let id = try await running.engine.start("waiting")
        await bench.board.reached("began g")
        let waiter = Task { try await running.engine.end(of: id) }
        let lines = try await running.engine.followLogs(id)
        faults.fails.withLock { $0 = .io }
        await #expect(throws: StorageError.self) { _ = try await running.engine.start("waiting") }
        await #expect(throws: StorageError.self) { try await running.end() }
        await #expect(throws: StorageError.self) { _ = try await waiter.value }
        for try await _ in lines {}
        await #expect(throws: (any Error).self) { _ = try await running.engine.start("waiting") }
        await #expect(throws: (any Error).self) { try await running.engine.kill(id, cascade: true) }
        #expect(bench.board.count("interrupted g") == 1)
        try await running.store.close()
    }
}
