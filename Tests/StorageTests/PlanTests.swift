import FlowModel
import Testing

@testable import Storage

/// Every question about the history is answered from an index, so that it does not slow down as history grows.
@Suite struct PlanTests {
    /// Notes each statement it prepares, on a connection of its own.
    private final class Recorder: Statements {
        let connection: Connection
        var texts: [String] = []
        var rows: [Prepared] = []

        init(_ path: String) throws { connection = try Connection(path: path) }

        func statement(_ sql: String) throws(StorageError) -> Prepared {
            texts.append(sql)
            return try prepare(sql)
        }

        private func prepare(_ sql: String) throws(StorageError) -> Prepared {
            let row = try connection.prepare(sql)
            rows.append(row)
            return row
        }

        /// What SQLite would do for each noted statement, a line a step.
        func plans() throws -> [(sql: String, steps: [String])] {
            try texts.map { sql in
                let row = try prepare("EXPLAIN QUERY PLAN " + sql)
                var steps: [String] = []
                while try row.step() { steps.append(row.text(3)) }
                return (sql, steps)
            }
        }

        deinit {
            for row in rows { row.finalize() }
            connection.close()
        }
    }

    private static func withHistory(_ test: (Recorder) throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sluice.db"
        let store = try SQLiteStore(path: path)
        for index in 0..<40 {
            let flow = FlowKey(["a", "a.b", "c"][index % 3], "f\(index % 4)")
            try await store.commit(oneTaskRun(id(Int64(index)), of: flow))
        }
        try await store.close()
        try test(try Recorder(path))
    }

    /// Tables that grow with history.
    private static let history = [
        "executions", "task_runs", "logs", "metrics", "execution_labels", "execution_children", "e", "l", "t", "x", "c",
    ]

    private static func expectNoScan(_ recorder: Recorder, at place: SourceLocation = #_sourceLocation) throws {
        for (sql, steps) in try recorder.plans() where !sql.contains("WHERE TRUE") {
            for step in steps {
                let words = step.split(separator: " ")
                let scans =
                    words.count > 1 && words[0] == "SCAN" && history.contains(String(words[1]))
                    && !sql.contains("execution_totals c")
                #expect(!scans, "\(step)\n\(sql)", sourceLocation: place)
                // One execution has few timers.
                let sorts =
                    step.contains("TEMP B-TREE FOR ORDER BY") && !sql.contains("AS place")
                    && !sql.contains("FROM timers")
                #expect(!sorts, "\(step)\n\(sql)", sourceLocation: place)
            }
        }
    }

    static let queries: [(String, @Sendable (inout ExecutionQuery) -> Void)] = [
        ("namespace", { $0.namespace = .exactly("a") }), ("namespaces", { $0.namespace = .within("a") }),
        ("flow", { $0.flows = [FlowKey("a", "f0")] }), ("state", { $0.states = [.success] }),
        (
            "states of a namespace",
            {
                $0.namespace = .exactly("a"); $0.states = [.success, .failed]
            }
        ),
        (
            "dates",
            {
                $0.namespace = .exactly("a"); $0.startDate = noon; $0.endDate = moment(10)
            }
        ),
        ("label", { $0.labels = [Label(key: "a", value: "b"), Label(key: "c", value: "d")] }),
        ("children", { $0.triggerExecutionID = id(1) }), ("copies", { $0.parentID = id(1) }),
        ("text", { $0.text = "f1" }), ("id", { $0.text = id(3).description }),
        ("everything", { _ in }),
        (
            "oldest first",
            {
                $0.descending = false; $0.namespace = .exactly("a")
            }
        ),
    ]

    @Test(arguments: queries.map(\.0)) func `executions are found through an index`(_ name: String) async throws {
        try await Self.withHistory { recorder in
            var query = ExecutionQuery()
            try #require(Self.queries.first { $0.0 == name }).1(&query)
            let plan = try recorder.plan(query)
            let keys = try recorder.executionKeys(query, plan, PageRequest(size: 25))
            _ = try recorder.executions(keys: keys)
            _ = try recorder.executionCount(plan)
            try Self.expectNoScan(recorder)
        }
    }

    @Test func `the newest of all executions are read from the end of the table`() async throws {
        try await Self.withHistory { recorder in
            let query = ExecutionQuery()
            _ = try recorder.executionKeys(query, try recorder.plan(query), PageRequest(size: 25))
            let plans = try recorder.plans().filter { $0.sql.contains("WHERE TRUE") }
            #expect(plans.map(\.steps) == [["SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]])
        }
    }

    @Test func `one execution, its parts and what is open are found through an index`() async throws {
        try await Self.withHistory { recorder in
            _ = try recorder.execution(id(1))
            _ = try recorder.taskRuns(of: id(1))
            _ = try recorder.logs(of: id(1), after: nil, LogFilter(taskID: "a"), limit: nil)
            _ = try recorder.metrics(of: id(1), taskRun: nil, taskID: nil)
            _ = try recorder.children(of: id(1))
            _ = try recorder.parent(of: id(1))
            _ = try recorder.timers(of: id(1))
            _ = try recorder.openKeys(after: nil, limit: 10)
            try Self.expectNoScan(recorder)
            let open = try recorder.plans().first { $0.sql.contains("open = 1") }
            #expect(open?.steps.first?.contains("executions_open") == true)
        }
    }

    @Test func `logs of a flow are found through an index`() async throws {
        try await Self.withHistory { recorder in
            var query = LogQuery()
            query.flows = [FlowKey("a", "f0")]
            query.minLevel = .info
            query.startDate = noon
            _ = try recorder.logs(query, PageRequest(size: 25))
            try Self.expectNoScan(recorder)
        }
    }
}
