import FlowModel
import OrderedCollections
import Storage
import Testing

@Suite struct ExecutionTests {
    @Test(arguments: Backend.all) func `an execution comes back as it was written`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            var execution = run(id(0), through: [.running, .paused, .restarted, .running, .warning])
            execution.inputs = ["file": "kestra:///x", "count": 3, "nested": ["a": [1, 2.5, nil, true]]]
            execution.outputs = [:]
            execution.labels = [Label(key: "a", value: "1"), Label(key: "a", value: "2"), Label(key: "ü", value: "")]
            execution.variables = ["date": "2024-01-01"]
            execution.trigger = ExecutionTrigger(
                id: "t", type: "io.kestra.plugin.core.trigger.Webhook", variables: ["body": ["x": 1]],
                logFile: "kestra:///l")
            execution.parentID = id(-5)
            execution.originalID = id(-9)
            execution.attemptNumber = 4
            execution.originalCreatedDate = moment(-90)
            execution.scheduleDate = moment(5000)
            var task = taskRun(3, "log", at: moment(1), through: [.running, .failed])
            task.parent = 1
            task.value = "{\"a\":1}"
            task.iteration = 2
            task.attempts = [
                Attempt(state: StateHistory(.killed, at: moment(-70_000))),
                Attempt(state: task.state, logFile: "kestra:///log.txt"),
            ]
            task.outputs = ["value": nil]
            let plain = taskRun(0, "first", at: moment(0))
            try await store.commit([.insertExecution(execution), .taskRuns(execution.id, [task, plain])])

            let found = try #require(try await store.snapshot(execution.id))
            expectSame(found.execution, execution)
            #expect(!found.isOpen)
            #expect(found.taskRuns.map(\.number) == [0, 3])
            expectSame(found.taskRuns[1], task)
            expectSame(found.taskRuns[0], plain)
            #expect(found.taskRuns[0].outputs == nil)
        }
    }

    @Test(arguments: Backend.all) func `what was not there is nil, empty or nothing`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            #expect(try await store.execution(id(1)) == nil as Execution?)
            #expect(try await store.taskRuns(of: id(1)).isEmpty)
            #expect(try await store.logs(of: id(1), after: nil, LogFilter(), limit: nil).isEmpty)
            #expect(try await store.parent(of: id(1)) == nil)
            #expect(try await store.executions(ExecutionQuery(), PageRequest(size: 10)).total == 0)
            try await store.commit([
                .deleteExecution(id(1)), .removeTimers(id(1)), .removeTaskRuns(id(1), numbers: [1]),
            ])
        }
    }

    @Test(arguments: Backend.all) func `an update changes the row, its labels and its counters`(_ backend: Backend)
        async throws
    {
        try await backend.withStore { store in
            var execution = run(id(0))
            execution.labels.insert(Label(key: "env", value: "dev"), at: 0)
            try await store.commit([.insertExecution(execution)])
            execution.state.set(.running, at: moment(1))
            execution.labels[0].value = "prod"
            try await store.commit([.updateExecution(execution)])
            #expect(try await total(store) { $0.labels = [Label(key: "env", value: "dev")] } == 0)
            #expect(try await total(store) { $0.labels = [Label(key: "env", value: "prod")] } == 1)
            #expect(try await total(store) { $0.states = [.created] } == 0)
            #expect(try await total(store) { $0.states = [.running] } == 1)
            expectSame(try #require(try await store.execution(execution.id)), execution)
            // An update of what was never inserted is an insert.
            try await store.commit([.updateExecution(run(id(9)))])
            #expect(try await total(store) { _ in } == 2)
        }
    }

    @Test(arguments: Backend.all) func `an id, or its instant, is taken once`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            try await store.commit([.insertExecution(run(id(0)))])
            #expect(await kind { try await store.commit([.insertExecution(run(id(0)))]) } == .duplicate)
            #expect(await kind { try await store.commit([.insertExecution(run(id(0, random: 8)))]) } == .duplicate)
            #expect(await kind { try await store.commit([.updateExecution(run(id(0, random: 8)))]) } == .duplicate)
            let strange = ExecutionID(high: .max, low: 1)
            #expect(await kind { try await store.commit([.insertExecution(run(strange))]) } == .invalid)
            #expect(try await store.execution(strange) == nil as Execution?)
            #expect(try await store.execution(id(0, random: 8)) == nil as Execution?)
        }
    }

    @Test(arguments: Backend.all) func `the changes of a call are kept together or not at all`(_ backend: Backend)
        async throws
    {
        try await backend.withStore { store in
            try await store.commit([.insertExecution(run(id(0)))])
            let call: [Change] = [
                .insertExecution(run(id(1))), .logs(id(1), [LogEntry(at: noon, level: .info, message: "x")]),
                .mark(space: "s", key: "k", value: [1]), .insertExecution(run(id(0))),
            ]
            #expect(await kind { try await store.commit(call) } == .duplicate)
            #expect(try await store.execution(id(1)) == nil as Execution?)
            #expect(try await store.mark(space: "s", key: "k") == nil)
            #expect(try await total(store) { _ in } == 1)
            // Of many calls at once, only those that cannot be done fail.
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let changes = oneTaskRun(id(Int64(index / 2) + 10), of: FlowKey("a.b", "f\(index % 2)"))
                        return await kind { try await store.commit(changes) } == nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 100)
            #expect(try await total(store) { $0.namespace = .exactly("a.b") } == 100)
            #expect(try await store.logs(LogQuery(), PageRequest(size: 1)).total == 100)
        }
    }

    @Test(arguments: Backend.all) func `what is open is found again, oldest first`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            try await store.commit([
                .insertExecution(run(id(3), through: [.queued])), .insertExecution(run(id(1))),
                .insertExecution(run(id(2), through: [.running, .success])),
                .insertExecution(run(id(4), through: [.running, .success]), isOpen: true),
                .taskRun(id(3), taskRun(0, "a", at: moment(3))),
            ])
            let open = try await store.openExecutions(after: nil, limit: 10)
            #expect(open.map(\.execution.id) == [id(1), id(3), id(4)])
            #expect(open.map(\.taskRuns.count) == [0, 1, 0])
            #expect(try await store.openExecutions(after: id(1), limit: 1).map(\.execution.id) == [id(3)])
            try await store.commit([.updateExecution(run(id(4), through: [.running, .success]), isOpen: false)])
            #expect(try await store.openExecutions(after: nil, limit: 10).count == 2)
        }
    }

    @Test(arguments: Backend.all) func `children are found from their parent and back`(_ backend: Backend) async throws
    {
        try await backend.withStore { store in
            var child = run(id(2))
            child.trigger = ExecutionTrigger(
                id: "sub", type: "io.kestra.plugin.core.flow.Subflow",
                variables: ["executionId": .string(id(1).description)])
            var copy = run(id(3))
            copy.parentID = id(1)
            try await store.commit([
                .insertExecution(run(id(1))), .insertExecution(child),
                .linkChild(child: id(2), parent: id(1), taskRun: 4), .insertExecution(copy),
            ])
            let link = ChildLink(parent: id(1), child: id(2), taskRun: 4, childState: .created)
            #expect(try await store.children(of: id(1)) == [link])
            #expect(try await store.parent(of: id(2)) == link)
            #expect(try await ids(store) { $0.triggerExecutionID = id(1) } == [id(2)])
            #expect(try await ids(store) { $0.parentID = id(1) } == [id(3)])
            #expect(try await ids(store) { $0.family = .child } == [id(2)])
            #expect(try await ids(store) { $0.family = .main } == [id(3), id(1)])
            try await store.commit([.deleteExecution(id(1))])
            #expect(try await store.parent(of: id(2)) == nil)
        }
    }

    @Test(arguments: Backend.all) func `deleting takes all with it and leaves nothing to belong to it`(
        _ backend: Backend
    ) async throws {
        try await backend.withStore { store in
            var execution = run(id(1), through: [.running])
            execution.labels.append(Label(key: "k", value: "v"))
            let line = LogEntry(at: moment(1), level: .info, message: "m", taskRun: 0)
            let metric = MetricEntry(at: noon, kind: .counter, name: "rows", value: 2, taskID: "a", taskRun: 0)
            try await store.commit([
                .insertExecution(execution), .taskRun(id(1), taskRun(0, "a", at: noon)), .logs(id(1), [line]),
                .metrics(id(1), [metric]), .setTimer(TimerRow(execution: id(1), taskRun: nil, kind: "x", due: noon)),
                .insertExecution(run(id(2))), .logs(id(2), [line]),
            ])
            try await store.commit([.deleteExecution(id(1)), .deleteExecution(id(2), logs: false)])
            try await store.commit([
                .taskRun(id(1), taskRun(1, "a", at: noon)), .logs(id(1), [line]), .metrics(id(1), [metric]),
                .setTimer(TimerRow(execution: id(1), taskRun: nil, kind: "x", due: noon)),
            ])
            #expect(try await total(store) { _ in } == 0)
            #expect(try await total(store) { $0.labels = [Label(key: "k", value: "v")] } == 0)
            #expect(try await store.taskRuns(of: id(1)).isEmpty)
            #expect(try await store.timers(dueBy: nil, limit: nil).isEmpty)
            #expect(try await store.metrics(of: id(1), taskRun: nil, taskID: nil).isEmpty)
            #expect(try await store.logs(of: id(1), after: nil, LogFilter(), limit: nil).isEmpty)
            #expect(try await store.logs(of: id(2), after: nil, LogFilter(), limit: nil).map(\.executionID) == [id(2)])
        }
    }

    @Test(arguments: Backend.all) func `the beginning of an id finds it`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            let all = (0..<50).map { id(Int64($0) * 60_000, UInt32($0), random: UInt64($0) &* 0x9E37_79B9_7F4A_7C15) }
            try await store.commit(all.map { .insertExecution(run($0)) })
            for length in [1, 5, 7, 11, 15, 22] {
                let prefix = String(all[20].description.prefix(length))
                let expected = all.filter { $0.description.hasPrefix(prefix) }
                #expect(try await store.executionIDs(beginningWith: prefix, limit: 100) == expected)
            }
            #expect(try await store.executionIDs(beginningWith: "!", limit: 5).isEmpty)
            #expect(try await store.executionIDs(beginningWith: "zzzzz", limit: 5).isEmpty)
        }
    }
}

func total(_ store: any Store, _ set: (inout ExecutionQuery) -> Void) async throws -> Int {
    var query = ExecutionQuery()
    set(&query)
    return try await store.executionCount(query)
}

func ids(_ store: any Store, _ set: (inout ExecutionQuery) -> Void) async throws -> [ExecutionID] {
    var query = ExecutionQuery()
    set(&query)
    return try await store.executions(query, PageRequest(size: 1000)).items.map(\.id)
}

func == (one: Execution?, other: Execution?) -> Bool { one?.id == other?.id }

func expectSame(_ found: Execution, _ wanted: Execution, at place: SourceLocation = #_sourceLocation) {
    #expect(found.id == wanted.id, sourceLocation: place)
    #expect(found.namespace == wanted.namespace && found.flowID == wanted.flowID, sourceLocation: place)
    #expect(found.flowRevision == wanted.flowRevision, sourceLocation: place)
    #expect(found.state == wanted.state, sourceLocation: place)
    #expect(found.inputs == wanted.inputs && found.outputs == wanted.outputs, sourceLocation: place)
    #expect(found.labels == wanted.labels, sourceLocation: place)
    #expect(found.variables == wanted.variables, sourceLocation: place)
    #expect(found.trigger == wanted.trigger, sourceLocation: place)
    #expect(found.parentID == wanted.parentID && found.originalID == wanted.originalID, sourceLocation: place)
    #expect(found.attemptNumber == wanted.attemptNumber, sourceLocation: place)
    #expect(found.originalCreatedDate == wanted.originalCreatedDate, sourceLocation: place)
    #expect(found.scheduleDate == wanted.scheduleDate, sourceLocation: place)
}

func expectSame(_ found: TaskRun, _ wanted: TaskRun, at place: SourceLocation = #_sourceLocation) {
    #expect(found.number == wanted.number && found.taskID == wanted.taskID, sourceLocation: place)
    #expect(found.parent == wanted.parent && found.value == wanted.value, sourceLocation: place)
    #expect(found.iteration == wanted.iteration, sourceLocation: place)
    #expect(found.state == wanted.state && found.attempts == wanted.attempts, sourceLocation: place)
    #expect(found.outputs == wanted.outputs, sourceLocation: place)
}
