import FlowModel
import Storage
import Testing

@Suite struct PurgeTests {
    @Test(arguments: Backend.all) func `retention removes what ended, oldest first, a batch a call`(_ backend: Backend)
        async throws
    {
        try await backend.withStore { store in
            for index in 0..<10 {
                let flow = FlowKey("a.b", "f")
                if index == 3 {
                    try await store.commit([.insertExecution(run(id(3), of: flow))])
                } else {
                    try await store.commit(oneTaskRun(id(Int64(index)), of: flow))
                }
            }
            var query = ExecutionQuery()
            query.endDate = moment(6)
            let first = try await store.purgeExecutions(
                query, limit: 4, evenOpen: false, rows: true, logs: true, metrics: true)
            #expect(first.executions.map(\.id) == [id(0), id(1), id(2), id(4)])
            #expect(first.executions[0].flow == FlowKey("a.b", "f"))
            #expect(first.logs == 4 && first.hasMore)
            let second = try await store.purgeExecutions(
                query, limit: 4, evenOpen: false, rows: true, logs: false, metrics: true)
            #expect(second.executions.map(\.id) == [id(5), id(6)] && second.logs == 0 && !second.hasMore)
            #expect(try await ids(store) { _ in } == [id(9), id(8), id(7), id(3)])
            #expect(try await store.logs(LogQuery(), PageRequest(size: 0)).total == 5)
            query.states = [.running, .created]
            let none = try await store.purgeExecutions(
                query, limit: 4, evenOpen: false, rows: true, logs: true, metrics: true)
            #expect(none.executions.isEmpty)
            let open = try await store.purgeExecutions(
                query, limit: 4, evenOpen: true, rows: true, logs: true, metrics: true)
            #expect(open.executions.map(\.id) == [id(3)])
        }
    }
}
