import EngineCore
import FlowModel
import Storage
import Synchronization
import TaskKit

/// The flows of this server: the one way by which sources become stored revisions and revisions become flows that run.
public final class FlowShelf: Sendable {
    /// A flow to be stored; `prepared` spares reading the source again.
    public struct Save: Sendable {
        public var key: FlowKey
        public var source: String
        public var prepared: FlowReading?
        public var expecting: FlowWrite.Expectation

        public init(
            key: FlowKey, source: String, prepared: FlowReading? = nil,
            expecting: FlowWrite.Expectation = .anything
        ) {
            self.key = key
            self.source = source
            self.prepared = prepared
            self.expecting = expecting
        }
    }

    public let store: any Store
    private let reader: FlowReader
    private let validator: FlowValidator
    /// Names this store and this start of the server, so that a counter of another store is never taken for ours.
    let storeIdentity: String
    private let clock: any FlowClock
    private let cache = Mutex(FlowCache(capacity: 1024))
    /// Of flows that were read from files since the start: the file, and what tells the text in it from others.
    private let files = Mutex<[FlowKey: (name: String, text: Int)]>([:])
    private let listeners = Mutex<[@Sendable (FlowsChanged) -> Void]>([])

    init(
        store: any Store, catalogue: Catalogue, defaults: [PluginDefault], clock: any FlowClock, storeIdentity: String
    ) {
        self.store = store
        reader = FlowReader(catalogue: catalogue, defaults: defaults)
        validator = FlowValidator(catalogue: catalogue, defaults: defaults)
        self.clock = clock
        self.storeIdentity = storeIdentity
    }

    // MARK: reading

    /// What validation says of a source. Source: engine spec §1.5.
    public func check(_ source: String, file: String? = nil) -> FlowCheck {
        do throws(Problems) {
            let reading = try read(source, file: file)
            return FlowCheck(
                id: reading.flow.id, namespace: reading.flow.namespace, problems: reading.remarks, prepared: reading)
        } catch {
            let root = try? YAMLReader().document(source)
            return FlowCheck(id: root?["id"]?.text, namespace: root?["namespace"]?.text, problems: error.all)
        }
    }

    func read(_ source: String, file: String? = nil) throws(Problems) -> FlowReading {
        try validator.read(source, file: file)
    }

    /// A revision ready to run, the newest without a number; nil when there is none, or it is deleted.
    public func flow(_ key: FlowKey, revision: Int? = nil) async throws(StorageError) -> LoadedFlow? {
        let (found, changes) = cache.withLock { ($0.find(key, revision), $0.changes) }
        if let found { return found }
        guard let stored = try await store.flow(key, revision: revision, evenDeleted: false) else { return nil }
        let loaded = load(stored)
        // What was the newest when it was read may not be any more when another one was saved meanwhile.
        cache.withLock { $0.insert(loaded, isNewest: revision == nil && $0.changes == changes) }
        return loaded
    }

    private func load(_ stored: Storage.StoredFlow) -> LoadedFlow {
        do throws(Problems) {
            var flow = try reader.read(stored.source).flow
            flow.revision = stored.head.revision
            flow.file = file(of: stored)
            return LoadedFlow(
                head: stored.head, source: stored.source,
                content: .ready(try CompiledFlow(flow, catalogue: reader.catalogue)))
        } catch {
            return LoadedFlow(head: stored.head, source: stored.source, content: .broken(error))
        }
    }

    /// Remembers that a flow's text stands in a file, for places in messages.
    func note(file name: String, of key: FlowKey, source: String) {
        files.withLock { $0[key] = (name, source.hashValue) }
    }

    private func file(of stored: Storage.StoredFlow) -> String? {
        guard let file = files.withLock({ $0[stored.head.key] }) else { return nil }
        return file.text == stored.source.hashValue ? file.name : nil
    }

    // MARK: changing

    /// Reads, stores and announces flows; all of them or none.
    /// - Throws: `Problems` of the first source that is no flow, `StorageError` of kind `conflict` when an expectation fails.
    @discardableResult
    public func save(_ saves: [Save], deleting removals: [FlowRemoval] = []) async throws -> FlowsSaved {
        var writes: [FlowWrite] = []
        writes.reserveCapacity(saves.count)
        var names: [String?] = []
        for save in saves {
            let flow = try (save.prepared ?? read(save.source)).flow
            names.append(flow.file)
            writes.append(
                FlowWrite(
                    key: save.key, source: save.source, disabled: flow.disabled, expecting: save.expecting,
                    triggerIDs: flow.triggers.map(\.id), summary: Self.summary(of: flow)))
        }
        let saved = try await store.saveFlows(writes, deleting: removals, at: clock.now)
        let changed = saved.writes.filter { $0.outcome == .created || $0.outcome == .updated }.map(\.key)
        let deleted = saved.removals.filter { $0.outcome == .deleted }.map(\.key)
        for (name, save) in zip(names, saves) { if let name { note(file: name, of: save.key, source: save.source) } }
        cache.withLock { cache in for key in changed + deleted { cache.forgetNewest(key) } }
        if !changed.isEmpty || !deleted.isEmpty {
            let news = FlowsChanged(saved: changed, deleted: deleted)
            for listener in listeners.withLock({ $0 }) { listener(news) }
        }
        return saved
    }

    /// What the start of the server wants to know without reading sources: whether there is anything to schedule.
    private static func summary(of flow: Flow) -> String? {
        flow.triggers.contains { $0.type.hasSuffix(".Schedule") || $0.type.hasSuffix(".ScheduleOnDates") }
            ? Self.scheduled : nil
    }
    static let scheduled = "scheduled"

    func onChange(_ listener: @escaping @Sendable (FlowsChanged) -> Void) {
        listeners.withLock { $0.append(listener) }
    }
}

/// Flows that have a new revision, and flows that are gone.
struct FlowsChanged: Sendable {
    var saved: [FlowKey]
    var deleted: [FlowKey]
}

/// A stored revision, ready to run or with the reason why it cannot.
public struct LoadedFlow: Sendable {
    public enum Content: Sendable {
        case ready(CompiledFlow)
        /// What the current program finds wrong with a source that was stored once. Source: engine spec §1.1.
        case broken(Problems)
    }

    public var head: FlowHead
    public var source: String
    public var content: Content

    public var key: FlowKey { head.key }
    public var revision: Int { head.revision }
    public var compiled: CompiledFlow? { if case .ready(let flow) = content { flow } else { nil } }
}

/// The flows that were used lately; the least recently used go first.
private struct FlowCache {
    private struct Slot {
        var loaded: LoadedFlow
        var used: UInt64
    }
    private struct Name: Hashable {
        var key: FlowKey
        var revision: Int
    }

    let capacity: Int
    private var slots: [Name: Slot] = [:]
    private var newest: [FlowKey: Int] = [:]
    private var clock: UInt64 = 0
    /// Counts the changes of flows.
    private(set) var changes: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func find(_ key: FlowKey, _ revision: Int?) -> LoadedFlow? {
        guard let number = revision ?? newest[key] else { return nil }
        let name = Name(key: key, revision: number)
        guard slots[name] != nil else { return nil }
        clock += 1
        slots[name]?.used = clock
        return slots[name]?.loaded
    }

    mutating func insert(_ loaded: LoadedFlow, isNewest: Bool) {
        clock += 1
        slots[Name(key: loaded.key, revision: loaded.revision)] = Slot(loaded: loaded, used: clock)
        if isNewest { newest[loaded.key] = loaded.revision }
        if slots.count > capacity { evict() }
    }

    mutating func forgetNewest(_ key: FlowKey) {
        newest[key] = nil
        changes += 1
    }

    /// Makes room in one go, so that the cost is spread over many insertions.
    private mutating func evict() {
        let order = slots.sorted { $0.value.used < $1.value.used }
        for (name, _) in order.prefix(capacity / 4) {
            slots[name] = nil
            if newest[name.key] == name.revision { newest[name.key] = nil }
        }
    }
}
