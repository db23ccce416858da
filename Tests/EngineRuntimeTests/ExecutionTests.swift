import EngineCore
import FlowModel
import Foundation
import Storage
import Synchronization
import Testing

@testable import EngineRuntime

struct ExecutionTests {
    private static let hello = """
        id: hello
        namespace: test
        tasks:
          - { id: say, type: test.Say, message: hi }
        """

    static func waiting(_ bench: Bench, id: String = "waiting", more: String = "") -> String {
        """
        id: \(id)
        namespace: test
        \(more)
        tasks:
          - { id: wait, type: test.Wait, board: \(bench.name), gate: g }
        """
    }

    @Test func `an execution is on disk when start returns`() async throws {
        let bench = Bench()
        try await bench.run(Self.hello, Self.waiting(bench)) { engine async throws in
            for flow in ["hello", "waiting"] {
                let id = try await engine.start(flow)
                #expect(try await engine.store.execution(id) != nil)
            }
            bench.board.open("g")
        }
    }

    @Test func `many executions that start together all end`() async throws {
        let bench = Bench()
        try await bench.run(Self.hello) { engine async throws in
            let states = try await withThrowingTaskGroup(of: State.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let id = try await engine.start("hello")
                        return try await engine.end(of: id).execution.state.current
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(states.count == 200 && states.allSatisfy { $0 == .success })
            #expect(await engine.executor.activeCount == 0)
        }
    }

    @Test func `a running task is interrupted by a kill`() async throws {
        let bench = Bench()
        try await bench.run(Self.waiting(bench)) { engine async throws in
            let id = try await engine.start("waiting")
            await bench.board.reached("began g")
            try await engine.kill(id, cascade: true)
            #expect(try await engine.states(id).last == .killed)
            await bench.board.reached("interrupted g")
            let second = try await engine.start("waiting")
            bench.board.open("g")
            #expect(try await engine.states(second).last == .success)
            await #expect(throws: EngineRefusal.self) { try await engine.kill(second, cascade: false) }
        }
    }

    @Test func `an execution is KILLED when its tasks have ended, not before`() async throws {
        let bench = Bench()
        let flow = """
            id: stubborn
            namespace: test
            tasks:
              - { id: wait, type: test.Stubborn, board: \(bench.name), gate: g }
            """
        try await bench.run(flow) { engine async throws in
            let id = try await engine.start("stubborn")
            await bench.board.reached("began g")
            try await engine.kill(id, cascade: true)
            try await engine.kill(id, cascade: true)
            await bench.board.reached("interrupted g")
            let during = try #require(try await engine.snapshot(of: id))
            #expect(during.execution.state.current == .killing && during.taskRuns[0].state.current == .running)
            bench.board.open("g")
            #expect(try await engine.states(id) == [.created, .running, .killing, .killed])
            #expect(
                try await engine.snapshot(of: id)?.taskRuns[0].state.entries.map(\.state) == [
                    .created, .running, .killed,
                ])
        }
    }

    @Test func `an end that was seen is an end, on disk or not`() async throws {
        let bench = Bench()
        let flow = "id: quick\nnamespace: test\ntasks: [{ id: say, type: test.Say, message: hi }]\n"
        try await bench.run(flow) { engine async throws in
            for _ in 0..<20 {
                let id = engine.newExecutionID()
                var request = StartRequest(namespace: "test", flowID: "quick")
                request.executionID = id
                async let started = engine.start(request)
                let hasEnded = await eventually {
                    await engine.executor.snapshot(of: id)?.execution.state.current == .success
                }
                if hasEnded {
                    let refusal = await #expect(throws: EngineRefusal.self) { try await engine.restart(id) }
                    guard case .invalid? = refusal else {
                        Issue.record("refused as \(String(describing: refusal))")
                        break
                    }
                }
                _ = try await started
            }
        }
    }

    @Test func `a kill outlives the server`() async throws {
        let bench = Bench()
        let flow = """
            id: stubborn
            namespace: test
            tasks:
              - { id: wait, type: test.Stubborn, board: \(bench.name), gate: g }
            """
        let running = try bench.open()
        _ = try await running.engine.save(flow: flow, expecting: .anything)
        running.go()
        await running.engine.ready()
        let id = try await running.engine.start("stubborn")
        await bench.board.reached("began g")
        try await running.engine.kill(id, cascade: true)
        let crash = Task { await running.crash() }
        await bench.board.reached("interrupted g")
        bench.board.open("g")
        await crash.value
        try await bench.run { engine async throws in
            #expect(try await engine.states(id).last == .killed)
            #expect(try await engine.snapshot(of: id)?.taskRuns[0].state.current == .killed)
        }
    }

    @Test func `the numbers that a task tells are stored with its end`() async throws {
        let bench = Bench()
        let flow = """
            id: counting
            namespace: test
            tasks:
              - { id: count, type: test.Counting }
            """
        try await bench.run(flow) { engine async throws in
            let id = try await engine.start("counting")
            #expect(try await engine.states(id).last == .failed)
            let metrics = try await engine.store.metrics(of: id, taskRun: 0, taskID: nil)
            #expect(metrics.map(\.name) == ["rows", "time"] && metrics.map(\.value) == [3, 1500])
            #expect(metrics.map(\.kind) == [.counter, .timer] && metrics[0].tags == [Label(key: "table", value: "a")])
            #expect(metrics.allSatisfy { $0.taskID == "count" && $0.taskRun == 0 })
        }
    }

    @Test func `what a killed server left of its tasks on disk goes, and nothing else`() async throws {
        let bench = Bench()
        let files = FileManager.default
        let (old, alive, outside) = ("\(bench.folder)/tmp/old", "\(bench.folder)/tmp/alive", "\(bench.folder)/outside")
        for folder in ["\(old)/deep/er", alive, outside] {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        for file in ["\(old)/deep/er/a", "\(alive)/a", "\(outside)/a"] { try Data().write(to: URL(filePath: file)) }
        try files.createSymbolicLink(atPath: "\(old)/deep/link", withDestinationPath: outside)
        try files.createSymbolicLink(atPath: "\(bench.folder)/tmp/link", withDestinationPath: outside)
        let neighbour = TemporaryFolders(parent: "\(bench.folder)/tmp", name: "alive")
        neighbour.open()
        let own = TemporaryFolders(parent: "\(bench.folder)/tmp", name: "own")
        own.open()
        #expect(await own.removeLeftovers() == 1)
        #expect(!files.fileExists(atPath: old) && files.fileExists(atPath: "\(alive)/a"))
        #expect(files.fileExists(atPath: "\(outside)/a") && files.fileExists(atPath: own.path))
        own.close()
        #expect(!files.fileExists(atPath: own.path))
        neighbour.close()
        // A server does so once it is ready.
        try await bench.run { engine async throws in
            #expect(engine.services.settings.temporaryFolder.hasPrefix("\(bench.folder)/tmp/"))
            #expect(await eventually { !files.fileExists(atPath: alive) })
            #expect(files.fileExists(atPath: engine.services.settings.temporaryFolder))
        }
    }

    @Test func `an attempt that waits for a worker is taken out of its line by a kill`() async throws {
        let bench = Bench()
        try await bench.run(Self.waiting(bench), workers: 1) { engine async throws in
            let first = try await engine.start("waiting")
            await bench.board.reached("began g")
            let second = try await engine.start("waiting")
            try await engine.kill(second, cascade: true)
            #expect(try await engine.states(second).last == .killed)
            bench.board.open("g")
            #expect(try await engine.states(first).last == .success)
            #expect(bench.board.count("began g") == 1)
        }
    }

    @Test func `a retry comes when the clock says so`() async throws {
        let bench = Bench()
        let flow = """
            id: flaky
            namespace: test
            tasks:
              - id: try
                type: test.Flaky
                board: \(bench.name)
                failures: 2
                retry: { type: constant, interval: PT10S, maxAttempt: 5 }
            """
        try await bench.run(flow, schedules: false) { engine async throws in
            let id = try await engine.start("flaky")
            for _ in 0..<2 {
                await bench.clock.sleepers(1)
                bench.clock.advance(by: .seconds(10))
            }
            let ended = try await engine.end(of: id)
            #expect(ended.execution.state.current == .success)
            #expect(ended.taskRuns[0].attempts.map(\.state.current) == [.failed, .failed, .success])
            #expect(try await engine.store.timers(of: id).isEmpty)
        }
    }

    @Test func `a task that takes too long fails`() async throws {
        let bench = Bench()
        let flow = """
            id: slow
            namespace: test
            tasks:
              - { id: wait, type: test.Wait, board: \(bench.name), gate: g, timeout: PT1M }
            """
        try await bench.run(flow, schedules: false) { engine async throws in
            let id = try await engine.start("slow")
            await bench.clock.sleepers(1)
            await bench.board.reached("began g")
            bench.clock.advance(by: .minutes(1))
            #expect(try await engine.states(id).last == .failed)
            #expect(try await engine.messages(id).contains { $0.contains("Timeout after") })
        }
    }

    @Test func `a pause ends after its delay, or by resuming it with inputs`() async throws {
        let bench = Bench()
        let delayed = """
            id: delayed
            namespace: test
            tasks:
              - { id: pause, type: io.kestra.plugin.core.flow.Pause, delay: PT1H }
              - { id: say, type: test.Say, message: after }
            """
        let asking = """
            id: asking
            namespace: test
            tasks:
              - id: pause
                type: io.kestra.plugin.core.flow.Pause
                onResume:
                  - { id: reason, type: STRING }
              - { id: say, type: test.Say, message: "because {{ outputs.pause.onResume.reason }}" }
            """
        try await bench.run(delayed, asking, schedules: false) { engine async throws in
            let first = try await engine.start("delayed")
            await bench.clock.sleepers(1)
            bench.clock.advance(by: .hours(1))
            #expect(try await engine.states(first).last == .success)

            let second = try await engine.start("asking")
            try await engine.reached(.paused, second)
            await #expect(throws: EngineRefusal.self) { try await engine.resume(second, inputs: [:]) }
            try await engine.resume(second, inputs: ["reason": "why not"])
            #expect(try await engine.states(second).last == .success)
            #expect(try await engine.messages(second).contains("because why not"))
            await #expect(throws: EngineRefusal.self) { try await engine.resume(second, inputs: [:]) }
        }
    }

    @Test func `executions above a flow's limit wait for their turn`() async throws {
        let bench = Bench()
        try await bench.run(Self.waiting(bench, more: "concurrency: { limit: 1, behavior: QUEUE }")) {
            engine async throws in
            var ids: [ExecutionID] = []
            for _ in 0..<4 { ids.append(try await engine.start("waiting")) }
            try await engine.kill(ids[2], cascade: true)
            #expect(try await engine.states(ids[2]) == [.created, .queued, .killing, .killed])
            bench.board.open("g")
            #expect(try await engine.states(ids[3]) == [.created, .queued, .running, .success])
            #expect(try await engine.states(ids[1]) == [.created, .queued, .running, .success])
            let ends = try await [
                engine.end(of: ids[0]).execution.state.endDate, engine.end(of: ids[1]).execution.state.endDate,
            ]
            #expect(ends.allSatisfy { $0 != nil })
            #expect(bench.board.count("began g") == 3)
        }
    }

    @Test func `who waits for an end may give up`() async throws {
        let bench = Bench()
        try await bench.run(Self.waiting(bench)) { engine async throws in
            let id = try await engine.start("waiting")
            await bench.board.reached("began g")
            let waiter = Task { try await engine.end(of: id) }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiter.value }
            bench.board.open("g")
            #expect(try await engine.states(id).last == .success)
        }
    }
}

struct SubflowTests {
    private static func parent(_ child: String, wait: Bool, id: String = "parent") -> String {
        """
        id: \(id)
        namespace: test
        tasks:
          - { id: sub, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: \(child), wait: \(wait) }
          - { id: say, type: test.Say, message: done }
        """
    }
    private static let failing = """
        id: failing
        namespace: test
        tasks:
          - { id: no, type: test.FailNow }
        """

    @Test func `a subflow that is waited for tells its end`() async throws {
        let bench = Bench()
        try await bench.run(Self.parent("waiting", wait: true), ExecutionTests.waiting(bench)) { engine async throws in
            let id = try await engine.start("parent")
            await bench.board.reached("began g")
            bench.board.open("g")
            #expect(try await engine.states(id).last == .success)
            #expect(try await engine.messages(id).contains { $0.hasPrefix("Created new execution") })
            let links = try await engine.store.children(of: id)
            #expect(links.map(\.childState) == [.success])
        }
    }

    @Test(arguments: 0..<20) func `how a subflow ends that nobody waits for is not the task's matter`(_: Int)
        async throws
    {
        let bench = Bench()
        try await bench.run(Self.parent("failing", wait: false), Self.failing) { engine async throws in
            let ended = try await engine.end(of: try await engine.start("parent"))
            #expect(ended.execution.state.current == .success)
            #expect(ended.taskRuns[0].outputs?["state"] == "CREATED")
            #expect(try await engine.messages(ended.execution.id).first?.hasPrefix("Created new execution") == true)
        }
    }

    @Test func `a subflow that cannot be started fails its task with the reason`() async throws {
        let bench = Bench()
        try await bench.run(Self.parent("nowhere", wait: true)) { engine async throws in
            let id = try await engine.start("parent")
            #expect(try await engine.states(id).last == .failed)
            #expect(try await engine.messages(id).contains { $0.contains("Unable to find flow 'test'.'nowhere'") })
        }
    }

    @Test(arguments: [true, false]) func `flows that start each other without end are stopped`(wait: Bool) async throws
    {
        let bench = Bench()
        try await bench.run(
            Self.parent("pong", wait: wait, id: "ping"), Self.parent("ping", wait: wait, id: "pong"), subflowDepth: 5
        ) {
            engine async throws in
            let first = try await engine.start("ping")
            var last = first
            for _ in 0..<5 {
                let hasBegun = try await eventually { try await engine.store.children(of: last).first != nil }
                try #require(hasBegun)
                last = try #require(try await engine.store.children(of: last).first).child
            }
            #expect(try await engine.states(last).last == .failed)
            #expect(try await engine.store.children(of: last).isEmpty)
            #expect(try await engine.states(first).last == (wait ? .failed : .success))
            let message = try #require(try await engine.messages(last).first { $0.contains("is not started") })
            #expect(message.contains("may be 5 deep") && message.contains("test.ping → test.pong → test.ping"))
        }
    }

    @Test(arguments: [true, false]) func `a kill reaches the executions below`(wait: Bool) async throws {
        let bench = Bench()
        try await bench.run(
            Self.parent("middle", wait: wait), Self.parent("waiting", wait: wait, id: "middle"),
            ExecutionTests.waiting(bench)
        ) { engine async throws in
            let id = try await engine.start("parent")
            await bench.board.reached("began g")
            try await engine.kill(id, cascade: true)
            await bench.board.reached("interrupted g")
            let middle = try #require(try await engine.store.children(of: id).first).child
            let lowest = try #require(try await engine.store.children(of: middle).first).child
            if wait {
                // Who waits for others has ended when they have.
                let ended = try await engine.end(of: id).execution.state
                let below = try await engine.end(of: lowest).execution.state
                #expect(ended.current == .killed && below.current == .killed && ended.lastChange >= below.lastChange)
                #expect(try await engine.snapshot(of: id)?.taskRuns.map(\.state.current) == [.killed])
            }
            #expect(try await engine.states(lowest).last == .killed)
            await engine.errands.finish()
            #expect(try await engine.store.marks(space: KillNote.space, prefix: "").isEmpty)
        }
    }
}
