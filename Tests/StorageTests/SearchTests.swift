import FlowModel
import Storage
import Testing

/// Searches are compared with the same search over a plain list.
@Suite struct SearchTests {
    static let namespaces = ["a", "a.b", "a.b.c", "a.bc", "b", "system"]
    static let flowIDs = ["alpha", "beta", "Gamma"]

    static func history(_ random: inout Seeded, count: Int) -> [Execution] {
        (0..<count).map { index in
            let flow = FlowKey(namespaces.randomElement(using: &random)!, flowIDs.randomElement(using: &random)!)
            let id = id(Int64(index) * 1000, UInt32(index), random: random.next())
            let states: [[State]] = [
                [], [.running], [.running, .success], [.running, .success], [.running, .failed], [.queued],
            ]
            var execution = run(id, of: flow, through: states.randomElement(using: &random)!)
            if Bool.random(using: &random) {
                execution.labels.insert(Label(key: "team", value: ["x", "y"].randomElement(using: &random)!), at: 0)
            }
            if Int.random(in: 0..<5, using: &random) == 0 { execution.labels.append(Label(key: "late", value: "1")) }
            if Int.random(in: 0..<4, using: &random) == 0 {
                execution.trigger = ExecutionTrigger(
                    id: "t", type: "x",
                    variables: ["executionId": .string(starterID(Int64(max(index - 1, 0) / 2)).description)])
            }
            return execution
        }
    }

    static func starterID(_ index: Int64) -> ExecutionID { id(index * 1000, UInt32(index), random: 1) }

    static func query(_ random: inout Seeded, _ all: [Execution]) -> ExecutionQuery {
        func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
        var query = ExecutionQuery()
        switch Int.random(in: 0..<6, using: &random) {
        case 0: query.namespace = .exactly(namespaces.randomElement(using: &random)!)
        case 1: query.namespace = .within(namespaces.randomElement(using: &random)!)
        case 2: query.namespace = .noneOf(["system"])
        case 3: query.namespace = .oneOf(["a", "b", "none"])
        default: break
        }
        if chance(4) { query.flowIDs = [flowIDs.randomElement(using: &random)!] }
        if chance(6) { query.flows = [FlowKey("a", "alpha"), FlowKey("a.b", "beta"), FlowKey("x", "y")] }
        if chance(3) { query.states = [[.success], [.failed, .created], [.killed]].randomElement(using: &random)! }
        if chance(4) { query.labels = [Label(key: "team", value: "x")] }
        if chance(9) { query.labels.append(Label(key: "late", value: "1")) }
        if chance(12) {
            let id = all.randomElement(using: &random)!.id
            query.labels.append(Label(key: "system.correlationId", value: id.description))
        }
        if chance(4) { query.startDate = moment(Int64.random(in: 0..<Int64(all.count), using: &random) * 1000) }
        if chance(4) { query.endDate = moment(Int64.random(in: 0..<Int64(all.count), using: &random) * 1000 + 500) }
        if chance(5) { query.family = Bool.random(using: &random) ? .child : .main }
        if chance(9) { query.triggerExecutionID = starterID(Int64.random(in: 0..<Int64(all.count), using: &random)) }
        if chance(5) {
            let id = all.randomElement(using: &random)!.id.description
            query.text = ["ALPHA", "gam", "b.c", String(id.prefix(6)), String(id.prefix(8)), id, "%", "zzz"]
                .randomElement(using: &random)!
        }
        query.descending = !chance(4)
        if chance(4) { query.sort = ExecutionQuery.Sort.allCases.randomElement(using: &random)! }
        return query
    }

    static func matches(_ execution: Execution, _ query: ExecutionQuery) -> Bool {
        let starter = execution.trigger?.variables["executionId"]?.string
        if !query.namespace.contains(execution.namespace) { return false }
        if !query.flowIDs.isEmpty, !query.flowIDs.contains(execution.flowID) { return false }
        if !query.flows.isEmpty, !query.flows.contains(FlowKey(execution.namespace, execution.flowID)) { return false }
        if !query.states.isEmpty, !query.states.contains(execution.state.current) { return false }
        if !query.labels.allSatisfy(execution.labels.contains) { return false }
        if let date = query.startDate, execution.id.createdAt < date { return false }
        if let date = query.endDate, execution.id.createdAt > date { return false }
        if let family = query.family, (starter != nil) != (family == .child) { return false }
        if let id = query.triggerExecutionID, starter != id.description { return false }
        if let text = query.text {
            let names = [execution.namespace.lowercased(), execution.flowID.lowercased()]
            if !names.contains(where: { $0.contains(text.lowercased()) }), !execution.id.description.hasPrefix(text) {
                return false
            }
        }
        return true
    }

    static func sorted(_ found: [Execution], _ query: ExecutionQuery) -> [ExecutionID] {
        func key(_ execution: Execution) -> (Int64, String) {
            switch query.sort {
            case .startDate, .id: (execution.id.createdAt.milliseconds, "")
            case .endDate: (execution.state.current.isTerminated ? execution.state.lastChange.milliseconds : .min, "")
            case .duration:
                (
                    execution.state.current.isTerminated
                        ? execution.state.lastChange.milliseconds - execution.state.startDate.milliseconds : -1, ""
                )
            case .state: (0, execution.state.current.rawValue)
            case .namespace: (0, execution.namespace)
            case .flowID: (0, execution.flowID)
            }
        }
        return found.sorted { one, other in
            let (first, second) = (key(one), key(other))
            if first == second { return query.sort == .startDate || query.sort == .id ? false : one.id > other.id }
            return (first < second) != query.descending
        }.map(\.id)
    }

    @Test(arguments: 1...12) func `a search finds what a look at every execution finds`(seed: UInt64) async throws {
        try await Backend.relaxedSQLite.withStore { store in
            var random = Seeded(seed)
            let all = Self.history(&random, count: 250)
            try await store.commit(all.map { .insertExecution($0) })
            for _ in 0..<60 {
                let query = Self.query(&random, all)
                let expected = Self.sorted(all.filter { Self.matches($0, query) }, query)
                let page = PageRequest(
                    skip: Int.random(in: 0..<20, using: &random), size: Int.random(in: 0..<30, using: &random))
                let found = try await store.executions(query, page)
                #expect(found.total == expected.count, "\(query)")
                #expect(found.items.map(\.id) == Array(expected.dropFirst(page.skip).prefix(page.size)), "\(query)")
            }
        }
    }

    @Test(arguments: Backend.all) func `counters stay exact through inserts, updates and deletes`(_ backend: Backend)
        async throws
    {
        try await backend.withStore { store in
            var random = Seeded(5)
            var all = Self.history(&random, count: 120)
            try await store.commit(all.map { .insertExecution($0) })
            for index in all.indices where index % 3 == 0 {
                all[index].state.set(.killed, at: moment(9_999_999))
                try await store.commit([.updateExecution(all[index])])
            }
            try await store.commit(all.filter { $0.flowID == "beta" }.map { .deleteExecution($0.id) })
            all.removeAll { $0.flowID == "beta" }
            var expected: [String: Int] = [:]
            for execution in all {
                expected["\(execution.namespace).\(execution.flowID) \(execution.state.current)", default: 0] += 1
            }
            var counted: [String: Int] = [:]
            for count in try await store.executionCounts(.any, flowID: nil) {
                counted["\(count.flow) \(count.state)"] = count.count
            }
            #expect(counted == expected)
            let last = try await store.lastExecutions(of: [
                FlowKey("a", "alpha"), FlowKey("a", "beta"), FlowKey("no", "no"),
            ])
            #expect(last[FlowKey("a", "alpha")]?.id == all.last { $0.namespace == "a" && $0.flowID == "alpha" }?.id)
            #expect(last[FlowKey("a", "beta")] == nil as Execution?)
        }
    }

    @Test(arguments: Backend.all) func `buckets count and time what falls into each stretch`(_ backend: Backend)
        async throws
    {
        try await backend.withStore { store in
            let hour: Int64 = 3_600_000
            let start = noon.milliseconds / hour * hour
            func at(_ milliseconds: Int64) -> ExecutionID {
                ExecutionID(
                    at: Timestamp(milliseconds: start + milliseconds), sequence: UInt32(milliseconds % 999), random: 1)
            }
            try await store.commit([
                .insertExecution(run(at(1), through: [.running, .success])),
                .insertExecution(run(at(2), through: [.success])), .insertExecution(run(at(hour + 3))),
            ])
            let buckets = try await store.executionBuckets(
                ExecutionQuery(), milliseconds: hour, offset: 0, byFlow: true)
            let flow = FlowKey("company.team", "hello")
            #expect(
                buckets == [
                    ExecutionBucket(
                        start: Timestamp(milliseconds: start), flow: flow, state: .success, count: 2, shortest: 1,
                        longest: 2,
                        durationSum: 3, ended: 2),
                    ExecutionBucket(
                        start: Timestamp(milliseconds: start + hour), flow: flow, state: .created, count: 1,
                        shortest: nil,
                        longest: nil, durationSum: 0, ended: 0),
                ])
        }
    }
}
