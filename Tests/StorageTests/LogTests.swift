import FlowModel
import Storage
import Testing

@Suite struct LogTests {
    @Test(arguments: Backend.all) func `lines are numbered without gaps and filtered`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            try await store.commit([
                .insertExecution(run(id(0))), .insertExecution(run(id(1))),
                .taskRuns(id(0), [taskRun(0, "first", at: noon), taskRun(1, "second", at: noon)]),
            ])
            let levels: [LogLevel] = [.trace, .debug, .info, .warn, .error]
            for index in 0..<10 {
                let line = LogEntry(
                    at: moment(Int64(index)), level: levels[index % 5], message: "line \(index)", taskRun: index % 2,
                    attempt: index / 5)
                try await store.commit([.logs(id(0), [line]), .logs(id(1), [line, line])])
            }
            func lines(_ filter: LogFilter, after: Int? = nil, limit: Int? = nil) async throws -> [Int] {
                try await store.logs(of: id(0), after: after, filter, limit: limit).map(\.number)
            }
            #expect(try await lines(LogFilter()) == Array(0..<10))
            #expect(try await store.logs(of: id(1), after: nil, LogFilter(), limit: nil).map(\.number) == Array(0..<20))
            #expect(try await lines(LogFilter(), after: 6, limit: 2) == [7, 8])
            #expect(try await lines(LogFilter(minLevel: .warn)) == [3, 4, 8, 9])
            #expect(try await lines(LogFilter(taskID: "second", attempt: 0)) == [1, 3])
            #expect(try await lines(LogFilter(taskRun: 0, attempt: 1)) == [6, 8])
            let line = try await store.logs(of: id(0), after: 2, LogFilter(), limit: 1)[0]
            #expect(
                line
                    == LogLine(
                        number: 3, flow: FlowKey("company.team", "hello"), executionID: id(0), triggerID: nil,
                        taskID: "second",
                        entry: LogEntry(at: moment(3), level: .warn, message: "line 3", taskRun: 1, attempt: 0)))
            #expect(try await store.deleteLogs(of: id(0), LogFilter(minLevel: .error)) == 2)
            #expect(try await lines(LogFilter()) == [0, 1, 2, 3, 5, 6, 7, 8])
            #expect(try await store.logs(LogQuery(), PageRequest(size: 0)).total == 28)
        }
    }

    @Test(arguments: Backend.all) func `a reopened store numbers on`(_ backend: Backend) async throws {
        let folder = try TemporaryFolder()
        let line = LogEntry(at: noon, level: .info, message: "same millisecond")
        for round in 0..<3 {
            let store = try backend.open(folder.path)
            try await store.commit([.updateExecution(run(id(0))), .logs(id(0), [line, line])])
            #expect(
                try await store.logs(of: id(0), after: nil, LogFilter(), limit: nil).map(\.number)
                    == Array(0..<(round + 1) * 2))
            try await store.close()
        }
    }

    @Test(arguments: 1...6) func `a search through all logs finds what a look at every line finds`(seed: UInt64)
        async throws
    {
        try await Backend.relaxedSQLite.withStore { store in
            var random = Seeded(seed)
            let flows = [FlowKey("a", "x"), FlowKey("a.b", "x"), FlowKey("b", "y")]
            var all: [LogLine] = []
            for index in 0..<60 {
                let flow = flows.randomElement(using: &random)!
                let id = id(Int64(index) * 10)
                try await store.commit([.insertExecution(run(id, of: flow))])
                for number in 0..<Int.random(in: 0..<6, using: &random) {
                    let entry = LogEntry(
                        at: moment(Int64(all.count)), level: LogLevel.allCases.randomElement(using: &random)!,
                        message: "line \(all.count) 50%_off")
                    try await store.commit([.logs(id, [entry])])
                    all.append(
                        LogLine(number: number, flow: flow, executionID: id, triggerID: nil, taskID: nil, entry: entry))
                }
            }
            for _ in 0..<40 {
                func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
                var query = LogQuery()
                if chance(2) {
                    query.namespace = [.exactly("a"), .within("a"), .noneOf(["b"])].randomElement(using: &random)!
                }
                if chance(3) { query.flowIDs = ["x"] }
                if chance(4) { query.flows = [flows[0], flows[2]] }
                if chance(2) { query.minLevel = LogLevel.allCases.randomElement(using: &random)! }
                if chance(5) { query.levels = [.info, .error] }
                if chance(4) { query.startDate = moment(40) }
                if chance(4) { query.endDate = moment(90) }
                if chance(4) { query.text = ["LINE 1", "0%_", "0_off", "none"].randomElement(using: &random)! }
                query.descending = !chance(3)
                let expected = all.filter { line in
                    query.namespace.contains(line.flow.namespace)
                        && (query.flowIDs.isEmpty || query.flowIDs.contains(line.flow.id))
                        && (query.flows.isEmpty || query.flows.contains(line.flow))
                        && line.entry.level >= query.minLevel
                        && (query.levels.isEmpty || query.levels.contains(line.entry.level))
                        && query.startDate.map { line.entry.at >= $0 } ?? true
                        && query.endDate.map { line.entry.at <= $0 } ?? true
                        && query.text.map { line.entry.message.lowercased().contains($0.lowercased()) } ?? true
                }
                let page = PageRequest(skip: Int.random(in: 0..<5, using: &random), size: 10)
                let found = try await store.logs(query, page)
                #expect(found.total == expected.count, "\(query)")
                let ordered = query.descending ? Array(expected.reversed()) : expected
                #expect(found.items == Array(ordered.dropFirst(page.skip).prefix(page.size)), "\(query)")
            }
        }
    }

    @Test(arguments: Backend.all) func `lines of a trigger and of what it started are found by its id`(
        _ backend: Backend
    ) async throws {
        try await backend.withStore { store in
            var execution = run(id(0))
            execution.trigger = ExecutionTrigger(id: "every", type: "x", variables: [:])
            try await store.commit([
                .insertExecution(execution), .logs(id(0), [LogEntry(at: moment(1), level: .info, message: "started")]),
                .insertExecution(run(id(1))), .logs(id(1), [LogEntry(at: moment(2), level: .info, message: "other")]),
                .triggerLogs(
                    TriggerKey(FlowKey("company.team", "hello"), "every"),
                    [LogEntry(at: moment(3), level: .warn, message: "could not render")]),
            ])
            var query = LogQuery()
            query.triggerID = "every"
            let found = try await store.logs(query, PageRequest(size: 10))
            #expect(found.items.map(\.entry.message) == ["could not render", "started"])
            #expect(found.items[0].triggerID == "every" && found.items[0].executionID == nil)
            #expect(found.total == 2)
            query = LogQuery()
            query.endDate = moment(2)
            #expect(try await store.purgeLogs(query, limit: 10) == 2)
            #expect(
                try await store.logs(LogQuery(), PageRequest(size: 10)).items.map(\.entry.message) == [
                    "could not render"
                ])
        }
    }

    @Test(arguments: Backend.all) func `metrics are kept by execution, task and name`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            let flow = FlowKey("company.team", "hello")
            try await store.commit([.insertExecution(run(id(0))), .insertExecution(run(id(1)))])
            func metric(_ name: String, _ value: Double, _ task: String, _ at: Int64) -> MetricEntry {
                MetricEntry(
                    at: moment(at), kind: .timer, name: name, value: value, taskID: task, taskRun: 1,
                    tags: [Label(key: "a", value: "b")])
            }
            let (one, two, three) = (
                metric("size", 1.5, "t1", 0), metric("time", 2, "t1", 1), metric("size", 3, "t2", 2)
            )
            try await store.commit([.metrics(id(0), [one, two]), .metrics(id(1), [three])])
            #expect(try await store.metrics(of: id(0), taskRun: nil, taskID: nil) == [one, two])
            #expect(try await store.metrics(of: id(0), taskRun: 2, taskID: nil).isEmpty)
            #expect(try await store.metrics(of: id(1), taskRun: 1, taskID: "t2") == [three])
            #expect(try await store.metricNames(flow, taskID: nil) == ["size", "time"])
            #expect(try await store.metricNames(flow, taskID: "t2") == ["size"])
            #expect(try await store.metricTasks(flow) == ["t1", "t2"])
            #expect(try await store.metrics(flow, taskID: nil, name: "size", from: moment(0), to: moment(1)) == [one])
            #expect(
                try await store.metrics(flow, taskID: nil, name: "size", from: moment(0), to: moment(9)) == [
                    one, three,
                ])
        }
    }
}
