import FlowModel
import Foundation
import Storage
import Testing

@testable import EngineRuntime

struct FullDiskTests {
    /// A server with one execution whose task is under way when the disk gets full.
    private static func full(
        _ test: (Bench, Running, Faults, _ id: ExecutionID) async throws -> Void
    ) async throws {
        let (bench, faults) = (Bench(), Faults())
        let running = try bench.open(faults: faults)
        _ = try await running.engine.save(flow: ExecutionTests.waiting(bench), expecting: .anything)
        running.go()
        await running.engine.ready()
        let id = try await running.engine.start("waiting")
        await bench.board.reached("began g")
        faults.fails.withLock { $0 = .diskFull }
        try await test(bench, running, faults, id)
    }

    @Test func `executions halt while the disk is full, and go on`() async throws {
        try await Self.full { bench, running, faults, id in
            bench.board.open("g")
            #expect(await eventually { running.engine.diskFault != nil })
            let before = try await running.store.execution(id)
            #expect(before?.state.current == .running)
            // Still none after some tries.
            for _ in 0..<3 {
                await bench.clock.sleepers(1)
                bench.clock.advance(by: .seconds(5))
            }
            await bench.clock.sleepers(1)
            #expect(try await running.store.execution(id)?.state.current == .running)
            let waiter = Task { try await running.engine.end(of: id) }
            faults.fails.withLock { $0 = nil }
            bench.clock.advance(by: .seconds(5))
            let ended = try await waiter.value
            #expect(ended.execution.state.current == .success && ended.taskRuns[0].attempts.count == 1)
            #expect(running.engine.diskFault == nil)
            #expect(try await running.store.execution(id)?.state.current == .success)
            #expect(try await running.engine.messages(id).suffix(2) == ["before g", "after g"])
            try await running.stop()
        }
    }

    @Test func `what callers ask for is refused while the disk is full, and not done later`() async throws {
        try await Self.full { bench, running, faults, id in
            // The first one finds out, the others are told at once.
            for _ in 0..<3 {
                let error = await #expect(throws: StorageError.self) { _ = try await running.engine.start("waiting") }
                #expect(error?.kind == .diskFull)
            }
            let error = await #expect(throws: StorageError.self) { try await running.engine.kill(id, cascade: true) }
            #expect(error?.kind == .diskFull)
            faults.fails.withLock { $0 = nil }
            await bench.clock.sleepers(1)
            bench.clock.advance(by: .seconds(5))
            #expect(await eventually { running.engine.diskFault == nil })
            let second = try await running.engine.start("waiting")
            bench.board.open("g")
            #expect(try await running.engine.states(id).last == .success)
            #expect(try await running.engine.states(second).last == .success)
            #expect(try await running.engine.store.executionCount(ExecutionQuery()) == 2)
            #expect(await running.engine.executor.activeCount == 0)
            try await running.stop()
        }
    }

    @Test func `a server with a full disk stops when it is told to, and the next one goes on`() async throws {
        try await Self.full { bench, running, faults, id in
            bench.board.open("g")
            #expect(await eventually { running.engine.diskFault != nil })
            let waiter = Task { try await running.engine.end(of: id) }
            await running.stopGracefully()
            try await running.end()
            await #expect(throws: (any Error).self) { _ = try await waiter.value }
            #expect(try await running.store.execution(id)?.state.current == .running)
            try await running.store.close()

            let second = try bench.open()
            second.go()
            #expect(try await second.engine.end(of: id).execution.state.current == .success)
            try await second.stop()
        }
    }

    @Test func `a schedule that comes due while the disk is full fires once there is room`() async throws {
        let (bench, faults) = (Bench(), Faults())
        let running = try bench.open(faults: faults)
        let flow = """
            id: hourly
            namespace: test
            tasks:
              - { id: say, type: test.Say, message: hi }
            triggers:
              - { id: hours, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *" }
            """
        _ = try await running.engine.save(flow: flow, expecting: .anything)
        running.go()
        await running.engine.ready()
        _ = await running.engine.scheduler.loaded.wait()
        faults.fails.withLock { $0 = .diskFull }
        await bench.clock.sleepers(1)
        bench.clock.advance(by: .hours(1))
        #expect(await eventually { running.engine.diskFault != nil })
        faults.fails.withLock { $0 = nil }
        await bench.clock.sleepers(1)
        bench.clock.advance(by: .seconds(5))
        let count = { try await running.store.executionCount(ExecutionQuery()) }
        #expect(try await eventually { try await count() == 1 })
        try await running.stop()
    }
}
