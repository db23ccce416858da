import FlowModel

extension WriteSession {
    func saveFlows(_ writes: [FlowWrite], deleting removals: [FlowRemoval], at now: Timestamp)
        throws(StorageError) -> FlowsSaved
    {
        var saved = FlowsSaved(writes: [], removals: [])
        for removal in removals { saved.removals.append(try delete(removal, at: now)) }
        for write in writes { saved.writes.append(try save(write, at: now)) }
        return saved
    }

    private struct Newest {
        var revision: Int
        var isDeleted: Bool
        var isDisabled: Bool
        var summary: String?
        var exists: Bool { revision > 0 && !isDeleted }
    }

    private func newest(_ flow: Int64) throws(StorageError) -> Newest {
        let row = try statement("SELECT revision, deleted, disabled, summary FROM flows WHERE key = ?1")
        row.bind(1, flow)
        defer { row.reset() }
        guard try row.step() else { return Newest(revision: 0, isDeleted: false, isDisabled: false) }
        return Newest(
            revision: row.int(0), isDeleted: row.int(1) != 0, isDisabled: row.int(2) != 0, summary: row.optionalText(3))
    }

    private func save(_ write: FlowWrite, at now: Timestamp) throws(StorageError) -> FlowSaved {
        let flow = try flow(write.key)
        let newest = try newest(flow.key)
        switch write.expecting {
        case .anything: break
        case .absent:
            if newest.exists { throw StorageError(.conflict, "Flow id already exists: \(write.key)") }
        case .present:
            if !newest.exists { throw StorageError(.conflict, "there is no flow \(write.key)") }
        case .revision(let revision):
            if !newest.exists || newest.revision != revision { throw moved(write.key, newest, from: revision) }
        }
        if newest.exists, try hasSource(flow.key, newest.revision, write.source) {
            if newest.summary != write.summary { try set(summary: write.summary, of: flow.key, newest.revision) }
            return FlowSaved(key: write.key, revision: newest.revision, outcome: .unchanged)
        }
        let revision = newest.revision + 1
        try add(
            FlowHead(
                key: write.key, revision: revision, disabled: write.disabled, deleted: false, updated: now,
                summary: write.summary),
            source: write.source, to: flow)
        if let triggers = write.triggerIDs { try removeTriggers(of: flow.key, but: triggers) }
        return FlowSaved(key: write.key, revision: revision, outcome: newest.exists ? .updated : .created)
    }

    private func delete(_ removal: FlowRemoval, at now: Timestamp) throws(StorageError) -> FlowSaved {
        let flow = try flow(removal.key)
        let newest = try newest(flow.key)
        if let revision = removal.revision, !newest.exists || newest.revision != revision {
            throw moved(removal.key, newest, from: revision)
        }
        guard newest.exists else { return FlowSaved(key: removal.key, revision: newest.revision, outcome: .absent) }
        let row = try statement("SELECT source FROM flow_revisions WHERE flow = ?1 AND revision = ?2")
        row.bind(1, flow.key)
        row.bind(2, newest.revision)
        let source = try row.step() ? row.text(0) : ""
        row.reset()
        try add(
            FlowHead(
                key: removal.key, revision: newest.revision + 1, disabled: newest.isDisabled, deleted: true,
                updated: now,
                summary: newest.summary),
            source: source, to: flow)
        try removeTriggers(of: flow.key, but: [])
        return FlowSaved(key: removal.key, revision: newest.revision + 1, outcome: .deleted)
    }

    private func moved(_ key: FlowKey, _ newest: Newest, from revision: Int) -> StorageError {
        StorageError(
            .conflict,
            newest.exists
                ? "the flow \(key) is at revision \(newest.revision) now, not at \(revision)"
                : "the flow \(key) does not exist any more, so it has no revision \(revision) to follow")
    }

    private func add(_ head: FlowHead, source: String, to flow: NameCache.Flow) throws(StorageError) {
        let row = try statement(
            """
            INSERT INTO flow_revisions (flow, revision, deleted, disabled, created, summary, source)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        row.bind(1, flow.key)
        row.bind(2, head.revision)
        row.bind(3, head.deleted ? 1 : 0)
        row.bind(4, head.disabled ? 1 : 0)
        row.bind(5, head.updated)
        row.bind(6, head.summary)
        row.bind(7, source)
        try row.run()
        let update = try statement(
            "UPDATE flows SET revision = ?2, deleted = ?3, disabled = ?4, updated = ?5, summary = ?6 WHERE key = ?1")
        update.bind(1, flow.key)
        update.bind(2, head.revision)
        update.bind(3, head.deleted ? 1 : 0)
        update.bind(4, head.disabled ? 1 : 0)
        update.bind(5, head.updated)
        update.bind(6, head.summary)
        try update.run()
        let changes = try statement("UPDATE namespaces SET changes = changes + 1 WHERE key = ?1")
        changes.bind(1, flow.namespace)
        try changes.run()
    }

    private func set(summary: String?, of flow: Int64, _ revision: Int) throws(StorageError) {
        for sql in [
            "UPDATE flows SET summary = ?3 WHERE key = ?1 AND revision = ?2",
            "UPDATE flow_revisions SET summary = ?3 WHERE flow = ?1 AND revision = ?2",
        ] {
            let row = try statement(sql)
            row.bind(1, flow)
            row.bind(2, revision)
            row.bind(3, summary)
            try row.run()
        }
    }

    private func hasSource(_ flow: Int64, _ revision: Int, _ source: String) throws(StorageError) -> Bool {
        let row = try statement("SELECT source FROM flow_revisions WHERE flow = ?1 AND revision = ?2")
        row.bind(1, flow)
        row.bind(2, revision)
        defer { row.reset() }
        guard try row.step() else { return false }
        return try row.withBytes(0) { stored in
            var source = source
            return source.withUTF8 { FlowSource.areSame(stored, $0) }
        }
    }

    private func removeTriggers(of flow: Int64, but kept: [String]) throws(StorageError) {
        let row = try statement("SELECT id FROM triggers WHERE flow = ?1")
        row.bind(1, flow)
        var gone: [String] = []
        while try row.step() {
            let id = row.text(0)
            if !kept.contains(id) { gone.append(id) }
        }
        row.reset()
        let delete = try statement("DELETE FROM triggers WHERE flow = ?1 AND id = ?2")
        for id in gone {
            delete.bind(1, flow)
            delete.bind(2, id)
            try delete.run()
        }
    }

    func deleteRevisions(of key: FlowKey, before: Timestamp?, keeping: Int) throws(StorageError) -> Int {
        let flow = try flow(key).key
        let row = try statement(
            """
            DELETE FROM flow_revisions WHERE flow = ?1 AND (?2 IS NULL OR created < ?2)
                AND revision <= (SELECT revision FROM flows WHERE key = ?1) - ?3
            """)
        row.bind(1, flow)
        row.bind(2, before)
        row.bind(3, max(keeping, 1))
        try row.run()
        return changes
    }
}

/// When two texts of a flow count as the same. Source: engine spec §1.3.
enum FlowSource {
    /// Equal, but for one line `revision: <n>` at the left margin in either.
    static func areSame(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        if one.elementsEqual(other) { return true }
        return withoutRevision(one).elementsEqual(withoutRevision(other))
    }

    private static func withoutRevision(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let word = Array("revision:".utf8)
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            if isRevision(text[start..<end], word) {
                return Array(text[..<start]) + text[min(end + 1, text.count)...]
            }
            start = end + 1
        }
        return Array(text)
    }

    private static func isRevision(_ line: Slice<UnsafeBufferPointer<UInt8>>, _ word: [UInt8]) -> Bool {
        guard line.starts(with: word) else { return false }
        let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
        let rest = line.dropFirst(word.count).drop(while: blanks.contains)
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return !digits.isEmpty && rest.dropFirst(digits.count).allSatisfy(blanks.contains)
    }
}
