import FlowModel
import Storage
import Testing

@Suite struct FlowTests {
    static let key = FlowKey("company.team", "hello")
    static func source(_ text: String) -> String { "id: hello\nnamespace: company.team\n# \(text)\n" }

    @Test(arguments: Backend.all) func `revisions follow the rules of saving`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            func save(_ source: String) async throws -> FlowSaved {
                try await store.saveFlows([FlowWrite(key: Self.key, source: source)], deleting: [], at: noon).writes[0]
            }
            #expect(
                try await save("revision: 7\n" + Self.source("a"))
                    == FlowSaved(key: Self.key, revision: 1, outcome: .created))
            // The same but for its revision line.
            #expect(try await save(Self.source("a")).outcome == .unchanged)
            #expect(try await save(Self.source("a") + "revision: 12  \n").outcome == .unchanged)
            #expect(try await save("revision: 8\r\n" + Self.source("a")).outcome == .unchanged)
            // A comment, white space, an indented line count.
            #expect(try await save(Self.source("b")) == FlowSaved(key: Self.key, revision: 2, outcome: .updated))
            #expect(try await save(Self.source("b") + "  revision: 3\n").revision == 3)
            // Older content is a new revision.
            #expect(try await save(Self.source("a")).revision == 4)
            let gone = try await store.saveFlows([], deleting: [FlowRemoval(Self.key)], at: noon)
            #expect(gone.removals == [FlowSaved(key: Self.key, revision: 5, outcome: .deleted)])
            #expect(try await store.flow(Self.key, revision: nil, evenDeleted: false) == nil)
            #expect(try await store.flow(Self.key, revision: nil, evenDeleted: true)?.head.deleted == true)
            #expect(
                try await store.flow(Self.key, revision: 1, evenDeleted: false)?.source == "revision: 7\n"
                    + Self.source("a"))
            #expect(try await save(Self.source("a")) == FlowSaved(key: Self.key, revision: 6, outcome: .created))
            #expect(try await store.revisions(of: Self.key).map(\.head.revision) == [1, 2, 3, 4, 5, 6])
            #expect(
                try await store.revisions(of: Self.key).map(\.head.deleted) == [
                    false, false, false, false, true, false,
                ])
        }
    }

    @Test(arguments: Backend.all) func `what is expected and not so is a conflict and nothing is kept`(
        _ backend: Backend
    ) async throws {
        try await backend.withStore { store in
            let other = FlowKey("company.team", "other")
            func save(_ expecting: FlowWrite.Expectation, _ text: String) async -> StorageError.Kind? {
                await kind {
                    _ = try await store.saveFlows(
                        [
                            FlowWrite(key: other, source: text),
                            FlowWrite(key: Self.key, source: Self.source(text), expecting: expecting),
                        ], deleting: [], at: noon)
                }
            }
            #expect(await save(.present, "1") == .conflict)
            #expect(await save(.revision(1), "1") == .conflict)
            #expect(try await store.flow(other, revision: nil, evenDeleted: true) == nil)
            #expect(await save(.absent, "1") == nil)
            #expect(await save(.absent, "2") == .conflict)
            #expect(await save(.revision(1), "2") == nil)
            #expect(await save(.revision(1), "3") == .conflict)
            #expect(await save(.present, "3") == nil)
            #expect(try await store.flow(other, revision: nil, evenDeleted: false)?.head.revision == 3)
            #expect(
                await kind {
                    _ = try await store.saveFlows([], deleting: [FlowRemoval(Self.key, revision: 2)], at: noon)
                } == .conflict)
            _ = try await store.saveFlows([], deleting: [FlowRemoval(Self.key, revision: 3)], at: noon)
            #expect(await save(.absent, "4") == nil)
            let nothing = try await store.saveFlows([], deleting: [FlowRemoval(FlowKey("no", "no"))], at: noon)
            #expect(nothing.removals[0].outcome == .absent)
        }
    }

    @Test(arguments: 1...8) func `saves and deletes behave as in a simple model`(seed: UInt64) async throws {
        try await Backend.relaxedSQLite.withStore { store in
            var random = Seeded(seed)
            var model = SimpleFlows()
            for _ in 0..<80 {
                let (writes, removals) = SimpleFlows.call(&random)
                let saved = try await store.saveFlows(writes, deleting: removals, at: noon)
                #expect(saved.removals == removals.map { model.delete($0.key) })
                #expect(saved.writes == writes.map { model.save($0.key, $0.source) })
            }
            for (key, revisions) in model.flows {
                let stored = try await store.revisions(of: key)
                #expect(stored.map(\.source) == revisions.map(\.source))
                #expect(stored.map(\.head.deleted) == revisions.map(\.isDeleted))
            }
            let live = model.flows.filter { $0.value.last?.isDeleted == false }.keys.sorted()
            #expect(try await store.flowHeads(FlowQuery(), PageRequest(size: 100)).items.map(\.key) == live)
            #expect(try await store.namespaces() == Set(live.map(\.namespace)).sorted())
            let changes = model.changes
            for namespace in ["a", "a.b", "c"] {
                #expect(try await store.flowChanges(.exactly(namespace)) == changes[namespace] ?? 0)
            }
            #expect(try await store.flowChanges(.within("a")) == (changes["a"] ?? 0) + (changes["a.b"] ?? 0))
        }
    }

    @Test(arguments: Backend.all) func `flows are listed by namespace, text and page`(_ backend: Backend) async throws {
        try await backend.withStore { store in
            let keys = ["a.x", "a.y", "a.b.z", "a.bc.w", "b.v"].map { text in
                let parts = text.split(separator: ".")
                return FlowKey(parts.dropLast().joined(separator: "."), String(parts.last ?? ""))
            }
            let writes = keys.map {
                FlowWrite(key: $0, source: "id: \($0.id) # 100%_\($0.id.uppercased())", summary: "s-\($0.id)")
            }
            _ = try await store.saveFlows(writes, deleting: [], at: noon)
            func list(_ query: FlowQuery, _ page: PageRequest = PageRequest(size: 10)) async throws -> [String] {
                try await store.flowHeads(query, page).items.map(\.key.description)
            }
            #expect(try await list(FlowQuery(namespace: .exactly("a"))) == ["a.x", "a.y"])
            #expect(try await list(FlowQuery(namespace: .within("a"))) == ["a.x", "a.y", "a.b.z", "a.bc.w"])
            #expect(try await list(FlowQuery(namespace: .within("a.b"))) == ["a.b.z"])
            #expect(try await list(FlowQuery(text: "BC")) == ["a.bc.w"])
            #expect(try await list(FlowQuery(sourceText: "0%_z")) == ["a.b.z"])
            #expect(try await list(FlowQuery(sourceText: "0%z")).isEmpty)
            #expect(try await list(FlowQuery(), PageRequest(page: 2, size: 2)) == ["a.b.z", "a.bc.w"])
            let page = try await store.flows(FlowQuery(namespace: .exactly("a")), PageRequest(size: 1))
            #expect(
                page.total == 2 && page.items.map(\.source) == ["id: x # 100%_X"] && page.items[0].head.summary == "s-x"
            )
            #expect(try await store.flows([(keys[0], nil), (keys[1], 1), (keys[2], 9)]).count == 2)
        }
    }

    @Test(arguments: Backend.all) func `state of triggers goes with what declares them`(_ backend: Backend) async throws
    {
        try await backend.withStore { store in
            func rows() async throws -> [String] {
                try await store.triggers(.any, flowID: nil, text: nil).map(\.triggerID)
            }
            func state(_ id: String) -> Change {
                .trigger(TriggerState(namespace: Self.key.namespace, flowID: Self.key.id, triggerID: id))
            }
            try await store.commit([state("early")])
            #expect(try await rows().isEmpty)
            func save(_ text: String, _ triggers: [String]?) async throws {
                _ = try await store.saveFlows(
                    [FlowWrite(key: Self.key, source: Self.source(text), triggerIDs: triggers)], deleting: [], at: noon)
            }
            try await save("1", nil)
            try await store.commit([state("a"), state("b"), state("c")])
            #expect(try await rows() == ["a", "b", "c"])
            try await save("2", ["b", "c", "d"])
            #expect(try await rows() == ["b", "c"])
            try await save("3", nil)
            #expect(try await rows() == ["b", "c"])
            _ = try await store.saveFlows([], deleting: [FlowRemoval(Self.key)], at: noon)
            #expect(try await rows().isEmpty)
            try await store.commit([state("late")])
            #expect(try await rows().isEmpty)
        }
    }

    @Test(arguments: Backend.all) func `old revisions can be removed, the newest stays`(_ backend: Backend) async throws
    {
        try await backend.withStore { store in
            for index in 0..<6 {
                _ = try await store.saveFlows(
                    [FlowWrite(key: Self.key, source: Self.source("\(index)"))], deleting: [], at: moment(Int64(index)))
            }
            #expect(try await store.deleteRevisions(of: Self.key, before: moment(2), keeping: 1) == 2)
            #expect(try await store.deleteRevisions(of: Self.key, before: nil, keeping: 0) == 3)
            #expect(try await store.revisions(of: Self.key).map(\.head.revision) == [6])
        }
    }
}

/// The rules of saving, said as simply as they can be.
private struct SimpleFlows {
    struct Revision {
        var source: String
        var isDeleted: Bool
    }

    var flows: [FlowKey: [Revision]] = [:]
    var changes: [String: Int] = [:]

    static let keys = ["a", "a.b", "c"].flatMap { namespace in (0..<4).map { FlowKey(namespace, "f\($0)") } }

    static func call(_ random: inout Seeded) -> ([FlowWrite], [FlowRemoval]) {
        var writes: [FlowWrite] = []
        var removals: [FlowRemoval] = []
        for key in keys.shuffled(using: &random).prefix(Int.random(in: 1...6, using: &random)) {
            if Int.random(in: 0..<4, using: &random) == 0 {
                removals.append(FlowRemoval(key))
            } else {
                let line = Bool.random(using: &random) ? "revision: \(Int.random(in: 1...9, using: &random))\n" : ""
                let text = "id: \(key.id)\n\(line)# \(Int.random(in: 0..<3, using: &random))\n"
                writes.append(FlowWrite(key: key, source: text))
            }
        }
        return (writes, removals)
    }

    private func exists(_ key: FlowKey) -> Bool { flows[key]?.last.map { !$0.isDeleted } ?? false }

    mutating func delete(_ key: FlowKey) -> FlowSaved {
        let revisions = flows[key] ?? []
        guard exists(key), let last = revisions.last else {
            return FlowSaved(key: key, revision: revisions.count, outcome: .absent)
        }
        flows[key] = revisions + [Revision(source: last.source, isDeleted: true)]
        changes[key.namespace, default: 0] += 1
        return FlowSaved(key: key, revision: revisions.count + 1, outcome: .deleted)
    }

    mutating func save(_ key: FlowKey, _ source: String) -> FlowSaved {
        func plain(_ text: String) -> [Substring] {
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("revision:") }
        }
        let revisions = flows[key] ?? []
        if exists(key), let last = revisions.last, plain(last.source) == plain(source) {
            return FlowSaved(key: key, revision: revisions.count, outcome: .unchanged)
        }
        defer {
            flows[key] = revisions + [Revision(source: source, isDeleted: false)]
            changes[key.namespace, default: 0] += 1
        }
        return FlowSaved(key: key, revision: revisions.count + 1, outcome: exists(key) ? .updated : .created)
    }
}
