import FlowModel
import Foundation
#if canImport(Glibc)
    import Glibc
#endif
import Storage
import Testing

/// Measures a store through its door: `SLUICE_BENCH=1 swift test -c release -Xswiftc -enable-testing --filter StorageBenchmark`.
/// `SLUICE_BENCH_HISTORY` sets the size of the long history (1,000,000).
struct StorageBenchmark {
    var store: any Store
    var path: String
    /// What was written so far.
    private(set) var count = 0
    private let clock = ContinuousClock()

    init(store: any Store, path: String) {
        self.store = store
        self.path = path
    }

    /// How many flows the executions are of, spread over a tenth as many namespaces.
    var flows = 200

    static func flow(_ index: Int, of flows: Int) -> FlowKey {
        FlowKey("company.team\(index % max(flows / 10, 1))", "flow\(index % flows)")
    }

    private static func id(_ index: Int) -> ExecutionID {
        ExecutionID(
            at: Timestamp(milliseconds: 1_700_000_000_000 + Int64(index) * 40), sequence: UInt32(index & 0xFFFFF),
            random: UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// Executions a second, each written by calls of its own: `calls` is 1 for all rows at once, 2 for a row that is made first and
    /// ended later.
    mutating func commits(callers: Int, each: Int, calls: Int) async throws -> Double {
        let (store, first, flows) = (store, count, flows)
        let time = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        for number in 0..<each {
                            let index = first + number * callers + caller
                            let (id, flow) = (Self.id(index), Self.flow(index, of: flows))
                            if calls == 1 {
                                try await store.commit(oneTaskRun(id, of: flow))
                            } else {
                                try await store.commit([.insertExecution(run(id, of: flow))])
                                var rest = oneTaskRun(id, of: flow)
                                rest[0] = .updateExecution(run(id, of: flow, through: [.running, .success]))
                                try await store.commit(rest)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        count += callers * each
        return Double(callers * each) / (time / .seconds(1))
    }

    /// Milliseconds of one commit after another: median and 95th percentile.
    mutating func latency(_ number: Int) async throws -> (median: Double, p95: Double) {
        var times: [Double] = []
        for _ in 0..<number {
            let (id, flow) = (Self.id(count), Self.flow(count, of: flows))
            count += 1
            let time = try await clock.measure { try await store.commit(oneTaskRun(id, of: flow)) }
            times.append(time / .milliseconds(1))
        }
        times.sort()
        return (times[number / 2], times[number * 95 / 100])
    }

    /// Fills the history up to this many executions.
    mutating func grow(to wanted: Int) async throws {
        while count < wanted {
            let batch = min(1000, wanted - count)
            let changes = (count..<count + batch).flatMap { oneTaskRun(Self.id($0), of: Self.flow($0, of: flows)) }
            try await store.commit(changes)
            count += batch
        }
    }

    /// Median milliseconds of reading the newest 25 executions that match, with their total.
    func list(_ set: (inout ExecutionQuery) -> Void) async throws -> Double {
        var query = ExecutionQuery()
        set(&query)
        var times: [Double] = []
        for _ in 0..<201 {
            let time = try await clock.measure {
                let page = try await store.executions(query, PageRequest(size: 25))
                precondition(!page.items.isEmpty)
            }
            times.append(time / .milliseconds(1))
        }
        return times.sorted()[100]
    }

    /// Of the database file alone, which is whole only after a close.
    func bytes() throws -> Int { try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 }

    /// Milliseconds of one durable write of 4 KiB at the end of a file in the same folder: median of 500. The limit of what
    /// a single caller can see.
    func diskLatency() throws -> Double {
        let file = open(path + ".probe", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(file)
            unlink(path + ".probe")
        }
        let page = [UInt8](repeating: 7, count: 4096)
        var times: [Double] = []
        for _ in 0..<500 {
            times.append(
                clock.measure { precondition(write(file, page, 4096) == 4096 && fdatasync(file) == 0) }
                    / .milliseconds(1))
        }
        return times.sorted()[250]
    }

    /// Seconds of processor time that this process took so far.
    static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Of this process.
    static func residentMiB() -> Double {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Double(fields[1]) ?? 0) * 4096 / 1_048_576 : 0
    }
}

@Suite(.enabled(if: ProcessInfo.processInfo.environment["SLUICE_BENCH"] != nil), .serialized)
struct StorageBenchmarks {
    @Test(arguments: [SQLiteSettings.Synchronous.full, .normal])
    func `commits a second`(_ synchronous: SQLiteSettings.Synchronous) async throws {
        let folder = try TemporaryFolder()
        var settings = SQLiteSettings()
        settings.synchronous = synchronous
        let store = try SQLiteStore(path: folder.path + "/bench.db", settings: settings)
        var bench = StorageBenchmark(store: store, path: folder.path + "/bench.db")
        print("\(synchronous): resident \(StorageBenchmark.residentMiB()) MiB before")
        let latency = try await bench.latency(2000)
        print("\(synchronous): one caller: median \(latency.median) ms, p95 \(latency.p95) ms")
        print("\(synchronous): a durable write of 4 KiB takes the disk \(try bench.diskLatency()) ms")
        for (flows, callers, calls) in [
            (1, 16, 1), (1, 16, 2), (1, 64, 1), (1, 64, 2), (200, 64, 1), (200, 64, 2), (200, 256, 1),
        ] {
            bench.flows = flows
            var rates: [Double] = []
            let start = StorageBenchmark.processorTime()
            for _ in 0..<5 {
                rates.append(try await bench.commits(callers: callers, each: 6400 / callers, calls: calls))
            }
            let cost = Int((StorageBenchmark.processorTime() - start) / 32_000 * 1e6)
            print(
                "\(synchronous): \(flows) flows, \(callers) callers, \(calls) calls an execution: "
                    + "\(rates.sorted().map { Int($0) }) executions/s, \(cost) µs of processor each")
        }
        print("\(synchronous): resident \(StorageBenchmark.residentMiB()) MiB after \(bench.count)")
        let count = bench.count
        try await store.close()
        print("\(synchronous): \(try bench.bytes() / count) bytes an execution")
    }

    @Test func `lists stay flat`() async throws {
        let wanted = ProcessInfo.processInfo.environment["SLUICE_BENCH_HISTORY"].flatMap { Int($0) } ?? 1_000_000
        let folder = try TemporaryFolder()
        let path = folder.path + "/bench.db"
        var store = try SQLiteStore(path: path)
        var bench = StorageBenchmark(store: store, path: path)
        for size in [1000, wanted] {
            let time = try await ContinuousClock().measure { try await bench.grow(to: size) }
            print("\(size) executions: grown in \(time)")
            print("  one namespace: \(try await bench.list { $0.namespace = .exactly("company.team7") }) ms")
            print(
                "  one namespace, one state: \(try await bench.list { $0.namespace = .exactly("company.team7"); $0.states = [.success] }) ms"
            )
            print("  100 namespaces: \(try await bench.list { $0.namespace = .within("company") }) ms")
            print("  one flow: \(try await bench.list { $0.flows = [StorageBenchmark.flow(7, of: bench.flows)] }) ms")
            print("  one state: \(try await bench.list { $0.states = [.success] }) ms")
            print("  all: \(try await bench.list { _ in }) ms")
            print("  text: \(try await bench.list { $0.text = "flow7" }) ms")
            print("  resident \(StorageBenchmark.residentMiB()) MiB")
        }
        try await store.close()
        print("\(try bench.bytes() / bench.count) bytes an execution")
        let time = try ContinuousClock().measure { store = try SQLiteStore(path: path) }
        print("opened in \(time)")
        try await store.close()
    }

    @Test func `saving many flows`() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.path + "/bench.db")
        let clock = ContinuousClock()
        func writes(_ text: String) -> [FlowWrite] {
            let body = String(repeating: "  - id: task # \(text)\n    type: io.kestra.plugin.core.log.Log\n", count: 18)
            return (0..<10_000).map { index in
                let key = FlowKey("company.team\(index % 50)", "flow-\(index)")
                return FlowWrite(
                    key: key, source: "id: \(key.id)\nnamespace: \(key.namespace)\ntasks:\n\(body)", triggerIDs: [])
            }
        }
        for (what, text) in [("new", "a"), ("unchanged", "a"), ("changed", "b")] {
            let flows = writes(text)
            let time = try await clock.measure { _ = try await store.saveFlows(flows, deleting: [], at: noon) }
            print("10,000 flows of \(flows[0].source.utf8.count) bytes, \(what): \(time)")
        }
        var page = Page<FlowHead>([], total: 0)
        print(
            "heads of 10,000: \(try await clock.measure { page = try await store.flowHeads(FlowQuery(), PageRequest(size: .max)) })"
        )
        #expect(page.items.count == 10_000)
        print(
            "sources of 10,000: \(try await clock.measure { _ = try await store.flows(FlowQuery(), PageRequest(size: .max)) })"
        )
        print("resident \(StorageBenchmark.residentMiB()) MiB")
        try await store.close()
    }

    @Test func `reads beside each other and beside writing`() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.path + "/bench.db")
        var bench = StorageBenchmark(store: store, path: folder.path + "/bench.db")
        try await bench.grow(to: 20_000)
        let time = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        for _ in 0..<100 {
                            var query = ExecutionQuery()
                            query.namespace = .exactly("company.team7")
                            _ = try await store.executions(query, PageRequest(size: 25))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        print("64 readers: \(Int(6400 / (time / .seconds(1)))) lists/s")
        try await store.close()
    }
}
