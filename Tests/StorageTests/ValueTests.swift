import FlowModel
import Storage
import Testing

@Suite struct ValueTests {
    @Test(arguments: Backend.all) func `key-values expire, keep their birth and refuse to be added twice`(
        _ backend: Backend
    ) async throws {
        try await backend.withStore { store in
            func entry(_ key: String, _ value: Value, at: Int64, expires: Int64? = nil) -> KVEntry {
                KVEntry(
                    namespace: "a.b", key: key, kind: .json, value: value, at: moment(at), expires: expires.map(moment))
            }
            try await store.commit([.setKV(entry("k", ["x": 1], at: 0)), .setKV(entry("old", 1, at: 0, expires: 10))])
            try await store.commit([.setKV(entry("k", ["x": 2], at: 5))])
            var wanted = entry("k", ["x": 2], at: 5)
            wanted.created = moment(0)
            #expect(try await store.kv(namespace: "a.b", key: "k", at: moment(6)) == .found(wanted))
            #expect(try await store.kv(namespace: "a", key: "k", at: moment(6)) == .missing)
            #expect(
                try await store.kv(namespace: "a.b", key: "old", at: moment(9))
                    == .found(entry("old", 1, at: 0, expires: 10)))
            #expect(try await store.kv(namespace: "a.b", key: "old", at: moment(10)) == .expired)
            #expect(await kind { try await store.commit([.addKV(entry("k", 3, at: 20))]) } == .conflict)
            #expect(try await store.kvEntries(.exactly("a.b"), prefix: nil, at: moment(20)).map(\.key) == ["k"])
            try await store.commit([.addKV(entry("old", 3, at: 20))])
            #expect(try await store.kv(namespace: "a.b", key: "old", at: moment(20)) == .found(entry("old", 3, at: 20)))
            #expect(try await store.kvEntries(.within("a"), prefix: "o", at: moment(20)).map(\.key) == ["old"])
            #expect(try await store.kvNamespaces() == ["a.b"])
            #expect(
                try await store.deleteKV(namespace: "a.b", keys: ["k", "none", "old"], at: moment(20)) == ["k", "old"])
            #expect(try await store.kvNamespaces().isEmpty)
        }
    }

    @Test(arguments: Backend.all) func `a mark is swapped only from what was seen`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            func swap(_ value: [UInt8]?, from expected: [UInt8]?) async -> StorageError.Kind? {
                await kind {
                    try await store.commit([.swapMark(space: "git", key: "a", value: value, expected: expected)])
                }
            }
            #expect(await swap([1], from: [0]) == .conflict)
            #expect(await swap([1], from: nil) == nil)
            #expect(await swap([2], from: nil) == .conflict)
            #expect(await swap([], from: [1]) == nil)
            #expect(try await store.mark(space: "git", key: "a") == [])
            try await store.commit([
                .mark(space: "git", key: "b/1", value: [1]), .mark(space: "git", key: "b/2", value: [2]),
                .mark(space: "other", key: "b/3", value: [3]), .mark(space: "git", key: "a", value: nil),
            ])
            #expect(try await store.marks(space: "git", prefix: "b/").map(\.key) == ["b/1", "b/2"])
            #expect(try await store.mark(space: "git", key: "a") == nil)
        }
    }

    @Test(arguments: Backend.all) func `timers are set, moved, removed and found when due`(_ backend: Backend)
        async throws
    {
        try await backend.withStore { store in
            let (whole, retry) = (
                TimerRow(execution: id(0), taskRun: nil, kind: "schedule", due: moment(50)),
                TimerRow(execution: id(0), taskRun: 3, kind: "retry", due: moment(20), note: "2")
            )
            try await store.commit([.insertExecution(run(id(0))), .setTimer(whole), .setTimer(retry)])
            #expect(try await store.timers(dueBy: nil, limit: nil) == [retry, whole])
            #expect(try await store.timers(dueBy: moment(20), limit: 5) == [retry])
            var moved = retry
            moved.due = moment(70)
            try await store.commit([.setTimer(moved)])
            #expect(try await store.timers(of: id(0)) == [whole, moved])
            try await store.commit([
                .removeTimer(id(0), taskRun: nil, kind: "schedule"), .removeTimer(id(0), taskRun: 3, kind: "x"),
            ])
            #expect(try await store.timers(dueBy: nil, limit: nil) == [moved])
        }
    }

    @Test(arguments: Backend.all) func `a trigger's state comes back as it was written`(_ backend: Backend) async throws
    {
        try await backend.withStore { store in
            let flow = FlowKey("a.b", "f")
            _ = try await store.saveFlows([FlowWrite(key: flow, source: "id: f")], deleting: [], at: noon)
            let full = TriggerState(
                namespace: "a.b", flowID: "f", triggerID: "t", date: moment(1), nextExecutionDate: moment(2),
                backfill: Backfill(
                    start: moment(3), end: moment(4), currentDate: moment(5), paused: true, inputs: ["a": 1],
                    labels: [Label(key: "k", value: "v")], previousNextExecutionDate: moment(6)),
                stopAfter: [.failed, .killed], executionID: id(7), updatedDate: moment(8),
                evaluateRunningDate: moment(9), workerID: "w")
            let bare = TriggerState(namespace: "a.b", flowID: "f", triggerID: "bare", disabled: true)
            try await store.commit([.trigger(full), .trigger(bare)])
            #expect(try await store.triggers(.within("a"), flowID: "f", text: nil) == [bare, full])
            #expect(try await store.triggers(.any, flowID: nil, text: "BAR") == [bare])
            let key = TriggerKey(flow, "t")
            try await store.commit([.unlockTrigger(key, from: id(8), disabling: true, at: moment(20))])
            #expect(try await store.trigger(key) == full)
            try await store.commit([.unlockTrigger(key, from: id(7), disabling: true, at: moment(20))])
            var freed = full
            freed.executionID = nil
            freed.disabled = true
            freed.nextExecutionDate = nil
            freed.updatedDate = moment(20)
            #expect(try await store.trigger(key) == freed)
            try await store.commit([.removeTrigger(key)])
            #expect(try await store.trigger(key) == nil)
        }
    }
}
