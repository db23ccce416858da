import EngineCore
import FlowModel
import Foundation
import Logging
import Storage
import Testing
import TestSupport

@testable import EngineRuntime

/// Subflows by the thousand, ids that are taken, flows that multiply.
struct ManySubflowsTests {
    private static let child = """
        id: child
        namespace: test
        tasks:
          - { id: say, type: test.Say, message: hi }
        """

    private static func fan(_ count: Int, wait: Bool) -> String {
        """
        id: fan
        namespace: test
        tasks:
          - id: each
            type: io.kestra.plugin.core.flow.ForEach
            values: "{{ range(1, \(count)) }}"
            concurrencyLimit: 0
            tasks:
              - { id: sub, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: child, wait: \(wait) }
        """
    }

    @Test(arguments: [true, false])
    func `thousands of subflows of one instant have ids of their own`(wait: Bool) async throws {
        let bench = Bench()
        // The clock stands still: all of them are made in one millisecond.
        try await bench.run(Self.child, Self.fan(4000, wait: wait)) { engine async throws in
            let id = try await engine.start("fan")
            #expect(try await engine.states(id).last == .success)
            let children = try await engine.store.children(of: id)
            #expect(children.count == 4000)
            #expect(Set(children.map(\.child.high)).count == 4000)
            if wait { #expect(children.allSatisfy { $0.childState == .success }) }
            #expect(engine.starts.load.underWay <= 256)
        }
    }

    @Test func `ids count on from the last one although the clock was set back`() async throws {
        let bench = Bench()
        let first = try bench.open()
        _ = try await first.engine.save(flow: Self.child, expecting: .anything)
        first.go()
        await first.engine.ready()
        bench.clock.advance(by: .hours(2))
        let old = try await first.engine.start("child")
        _ = try await first.engine.end(of: old)
        try await first.stop()

        let second = try bench.open()
        let behind = IDSource(clock: ManualClock())
        #expect(behind.next() < old)
        behind.pass(old)
        #expect(behind.next() > old)
        second.go()
        await second.engine.ready()
        #expect(second.engine.newExecutionID() > old)
        try await second.stop()
    }

    @Test func `an id that is taken refuses one execution and no other`() async throws {
        let bench = Bench()
        try await bench.run(Self.child, ExecutionTests.waiting(bench)) { engine async throws in
            let taken = try await engine.start("child")
            let waiting = try await engine.start("waiting")
            let twin = ExecutionID(high: taken.high, low: taken.low ^ 1)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let id = number == 17 ? twin : nil
                        let request = StartRequest(namespace: "test", flowID: "child", executionID: id)
                        do {
                            return try await engine.end(of: engine.start(request).id).execution.state.current
                                == .success
                        } catch let error as StorageError {
                            #expect(number == 17 && error.kind == .duplicate && error.what.contains("\(twin)"))
                            return false
                        } catch {
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 39)
            bench.board.open("g")
            #expect(try await engine.states(waiting).last == .success)
            #expect(await engine.executor.activeCount == 0)
        }
    }

    /// As versions up to 0.1.0 left it: the row of a task run names a child whose place another execution has.
    @Test func `a subflow whose id another execution has is started under another id after a restart`() async throws {
        let bench = Bench()
        let first = try bench.open()
        for flow in [Self.child, Self.fan(1, wait: true)] {
            _ = try await first.engine.save(flow: flow, expecting: .anything)
        }
        first.go()
        await first.engine.ready()
        let other = try await first.engine.start("child")
        _ = try await first.engine.end(of: other)
        try await first.stop()

        let (id, taken) = (ExecutionID(high: other.high + 5, low: 1), ExecutionID(high: other.high, low: 99))
        let store = try SQLiteStore(path: bench.folder + "/test.db", settings: SQLiteSettings())
        var execution = Execution(
            id: id, namespace: "test", flowID: "fan", flowRevision: 1, createdAt: bench.clock.now)
        execution.state.set(.running, at: bench.clock.now)
        let running = StateHistory(.running, at: bench.clock.now)
        var each = TaskRun(number: 0, taskID: "each", state: running)
        each.outputs = ["values": ["1"]]
        var sub = TaskRun(number: 1, taskID: "sub", state: running)
        (sub.parent, sub.value, sub.iteration) = (0, "1", 0)
        sub.attempts = [Attempt(state: running)]
        sub.outputs = ["executionId": .string(taken.description)]
        try await store.commit([.insertExecution(execution, isOpen: true), .taskRuns(id, [each, sub])])
        try await store.close()

        let second = try bench.open()
        second.go()
        #expect(try await second.engine.end(of: id).execution.state.current == .success)
        let child = try #require(try await second.engine.store.children(of: id).first).child
        #expect(child.high != taken.high)
        #expect(try await second.engine.store.execution(child)?.state.current == .success)
        #expect(try await second.engine.store.execution(other) != nil)
        try await second.stop()
    }

    @Test func `flows that multiply without end are bounded`() async throws {
        func twice(_ id: String, _ other: String) -> String {
            """
            id: \(id)
            namespace: test
            tasks:
              - { id: one, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: \(other), wait: false }
              - { id: two, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: \(other), wait: false }
            """
        }
        let bench = Bench()
        let running = try bench.open(subflowDescendants: 300)
        for flow in [twice("f1", "f2"), twice("f2", "f1")] {
            _ = try await running.engine.save(flow: flow, expecting: .anything)
        }
        running.go()
        await running.engine.ready()
        let id = try await running.engine.start("f1")
        while await running.engine.executor.activeCount > 0 {
            for open in try await running.store.openExecutions(after: nil, limit: 50) {
                _ = try await running.engine.end(of: open.execution.id)
            }
            await running.engine.starts.finish()
        }
        #expect(try await running.engine.store.executionCount(ExecutionQuery()) == 301)
        var failed = ExecutionQuery()
        failed.states = [.failed]
        let ended = try #require(try await running.engine.store.executionIDs(failed, limit: 1).first)
        let messages = try await running.engine.messages(ended)
        #expect(messages.contains { $0.contains("execution \(id) has started 300 others") })
        // It is over: the next one may start as many again.
        #expect(await running.engine.executor.startedExecutions(by: id) == 0)
        try await running.stop()
    }
}
