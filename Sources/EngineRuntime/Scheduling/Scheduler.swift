import EngineCore
import Expressions
import FlowModel
import HeapModule
import Logging
import Storage
import TaskKit

/// Starts executions by the clock. The rows of all schedules are held in memory in the order of their next dates, so that
/// waiting costs nothing; a row and the execution that it started are saved together. Source: engine spec §7.2.
actor Scheduler {
    private struct Entry {
        var definition: ScheduleDefinition
        var row: TriggerState
        /// Which place in the heap is the valid one.
        var order: UInt64 = 0
    }
    private struct Due: Comparable {
        var at: Timestamp
        var order: UInt64
        var key: TriggerKey

        static func < (one: Due, other: Due) -> Bool { (one.at, one.order) < (other.at, other.order) }
        static func == (one: Due, other: Due) -> Bool { one.order == other.order }
    }

    private let store: any Store
    private let shelf: FlowShelf
    private let clock: any FlowClock
    private let settings: EngineSettings
    private let log: Logger
    private var engine: Engine?
    private var entries: [TriggerKey: Entry] = [:]
    private var heap = Heap<Due>()
    private var counter: UInt64 = 0
    private var sleeper: Task<Void, Never>?
    private var sleepsUntil: Timestamp?
    private var isRunning = false
    /// Opens when the schedules that were stored are in memory.
    nonisolated let loaded = Gate()

    init(store: any Store, shelf: FlowShelf, clock: any FlowClock, settings: EngineSettings, log: Logger) {
        self.store = store
        self.shelf = shelf
        self.clock = clock
        self.settings = settings
        self.log = log
    }

    /// Loads all schedules, then fires them as they come due, until the task is cancelled.
    func run(for engine: Engine) async throws {
        self.engine = engine
        isRunning = true
        let (changes, continuation) = AsyncStream.makeStream(of: FlowsChanged.self)
        shelf.onChange { continuation.yield($0) }
        try await load()
        loaded.open()
        for await change in changes { await take(change) }
        sleeper?.cancel()
        isRunning = false
    }

    // MARK: definitions

    private func load() async throws {
        let rows = Dictionary(
            try await store.triggers(.any, flowID: nil, text: nil).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var changes: [Change] = []
        let heads = try await store.flowHeads(FlowQuery(), PageRequest(size: .max))
        for head in heads.items where head.summary == FlowShelf.scheduled {
            for definition in try await definitions(of: head.key) {
                let key = TriggerKey(head.key, definition.trigger.id)
                if let stored = rows[key] {
                    var row = definition.recovered(stored, now: clock.now)
                    // An execution that ended while nobody could tell the row.
                    if let id = row.executionID, await engine?.executor.isActive(id) != true {
                        let state = try await store.execution(id)?.state.current
                        row = row.released(by: state ?? .killed, now: clock.now)
                    }
                    if row != stored { changes.append(.trigger(row)) }
                    add(definition, row)
                } else {
                    let row = definition.firstRow(now: clock.now)
                    changes.append(.trigger(row))
                    add(definition, row)
                }
            }
        }
        if !changes.isEmpty { try await store.commit(changes) }
        schedule()
    }

    /// The enabled schedules of a flow; what cannot be evaluated is told and left out.
    private func definitions(of key: FlowKey) async throws -> [ScheduleDefinition] {
        guard let flow = try await shelf.flow(key)?.compiled?.flow, !flow.disabled else { return [] }
        return flow.triggers.filter { ScheduleDefinition.handles($0) && !$0.disabled }.compactMap { trigger in
            do throws(TaskFailure) {
                return try ScheduleDefinition(
                    trigger, of: flow, scope: scope(of: trigger, in: flow), serverZone: settings.timeZone,
                    recovery: Schedule.Recovery(rawValue: settings.recoverMissedSchedules) ?? .all)
            } catch {
                log.error("Trigger \(key).\(trigger.id) is not scheduled: \(error.message)")
                return nil
            }
        }
    }

    private func scope(of trigger: FlowTrigger, in flow: Flow) -> TriggerScope {
        TriggerScope(
            trigger, of: flow, server: settings.variables,
            world: engine?.world(namespace: flow.namespace) ?? NoWorld())
    }

    private func take(_ change: FlowsChanged) async {
        let known = Dictionary(grouping: entries.keys, by: \.flow)
        for key in change.deleted { for trigger in known[key] ?? [] { entries[trigger] = nil } }
        var rows: [Change] = []
        for key in change.saved {
            do {
                let definitions = try await definitions(of: key)
                var old = Set(known[key] ?? [])
                for definition in definitions {
                    let trigger = TriggerKey(key, definition.trigger.id)
                    old.remove(trigger)
                    let stored: TriggerState? =
                        if let entry = entries[trigger] { entry.row } else { try await store.trigger(trigger) }
                    let row = stored.map { definition.redefined($0, now: clock.now) } ?? definition.firstRow(now: clock.now)
                    if row != stored { rows.append(.trigger(row)) }
                    add(definition, row)
                }
                for gone in old { entries[gone] = nil }
            } catch {
                log.error("The schedules of \(key) could not be read; they are at the next change: \(error)")
            }
        }
        await save(rows)
        schedule()
    }

    private func save(_ rows: [Change]) async {
        if rows.isEmpty { return }
        do throws(StorageError) {
            try await store.commit(rows)
        } catch {
            log.error("The state of \(rows.count) triggers could not be saved: \(error)")
        }
    }

    // MARK: time

    private func add(_ definition: ScheduleDefinition, _ row: TriggerState) {
        let key = row.key
        counter += 1
        entries[key] = Entry(definition: definition, row: row, order: counter)
        // A locked row waits for its execution; `finished` puts it back.
        guard !row.disabled, !row.isLocked || definition.allowsConcurrent, let next = row.nextExecutionDate else { return }
        heap.insert(Due(at: next, order: counter, key: key))
    }

    private func schedule() {
        guard isRunning, let next = heap.min?.at else { return }
        if let sleepsUntil, sleepsUntil <= next { return }
        sleeper?.cancel()
        sleepsUntil = next
        sleeper = Task { [clock, weak self] in
            guard (try? await clock.sleep(until: next)) != nil else { return }
            await self?.fireDue()
        }
    }

    private func fireDue() async {
        sleepsUntil = nil
        let now = clock.now
        var due: [TriggerKey] = []
        while let first = heap.min, first.at <= now {
            heap.removeMin()
            if entries[first.key]?.order == first.order { due.append(first.key) }
        }
        var rows: [Change] = []
        for key in due {
            do throws(StorageError) {
                guard let flow = try await shelf.flow(key.flow)?.compiled else { continue }
                if let row = fire(key, of: flow, now: now) { rows.append(.trigger(row)) }
            } catch {
                log.error("Trigger \(key) did not fire, its flow could not be read; it does at the next start: \(error)")
            }
        }
        await save(rows)
        schedule()
    }

    /// Decides about one trigger that is due and has its execution started.
    /// - Returns: the new row when it is to be saved by itself.
    private func fire(_ key: TriggerKey, of flow: CompiledFlow, now: Timestamp) -> TriggerState? {
        guard let entry = entries[key], let engine else { return nil }
        let definition = entry.definition
        let decision = definition.decide(entry.row, now: now, scope: scope(of: definition.trigger, in: flow.flow))
        for warning in decision.warnings { log.warning("Trigger \(key): \(warning)") }
        guard let firing = decision.firing else {
            add(definition, decision.row)
            return decision.row == entry.row ? nil : decision.row
        }
        var row = decision.row
        let id = engine.newExecutionID()
        row.executionID = id
        add(definition, row)
        let start = ScheduledStart(firing: firing, trigger: definition.trigger, row: row, id: id)
        Task { await engine.start(start, of: flow) }
        return nil
    }

    /// An execution has finished: the trigger that waits for it may fire again.
    func finished(_ execution: Execution) async {
        guard let trigger = execution.trigger else { return }
        let key = TriggerKey(FlowKey(execution.namespace, execution.flowID), trigger.id)
        guard let entry = entries[key], entry.row.executionID == execution.id else { return }
        let row = entry.row.released(by: execution.state.current, now: clock.now)
        add(entry.definition, row)
        await save([.trigger(row)])
        schedule()
    }

    // MARK: changes by request

    /// Changes the row of a schedule; nil when there is no such schedule.
    func change(
        _ key: TriggerKey, _ change: @Sendable (ScheduleDefinition, TriggerState, Timestamp) -> TriggerState
    ) async throws(StorageError) -> TriggerState? {
        guard let entry = entries[key] else { return nil }
        let row = change(entry.definition, entry.row, clock.now)
        add(entry.definition, row)
        try await store.commit([.trigger(row)])
        schedule()
        return row
    }
}

extension TriggerState {
    public var key: TriggerKey { TriggerKey(FlowKey(namespace, flowID), triggerID) }
}

/// An execution that a schedule starts, with the row that is saved together with it.
struct ScheduledStart: Sendable {
    var firing: ScheduleFiring
    var trigger: FlowTrigger
    var row: TriggerState
    var id: ExecutionID
}

extension Engine {
    /// Creates the execution of a schedule. What keeps it from running shows as a FAILED execution. Source: engine spec §7.2.
    func start(_ start: ScheduledStart, of flow: CompiledFlow) async {
        let firing = start.firing
        for warning in firing.warnings { log.warning("Trigger \(start.row.key): \(warning)") }
        var execution = Execution(
            id: start.id, namespace: flow.flow.namespace, flowID: flow.flow.id, flowRevision: flow.flow.revision,
            createdAt: clock.now)
        execution.labels =
            flow.flow.labels.filter { !$0.key.hasPrefix("system.") } + firing.labels
            + [Label(key: LabelRules.correlationID, value: start.id.description)]
        execution.trigger = ExecutionTrigger(id: start.trigger.id, type: start.trigger.type, variables: firing.variables)
        execution.scheduleDate = firing.scheduleDate
        if start.trigger.type == Schedule.about.type { execution.variables["schedule"] = .map(firing.variables) }
        var failure = firing.failure
        if failure == nil, !flow.flow.inputs.isEmpty {
            do {
                execution.inputs = try resolve(firing.inputs, of: flow.flow, for: execution)
            } catch {
                failure = "\(error)"
            }
        }
        guard let failure else { return await begin(execution, flow: flow, more: [.trigger(start.row)]) }
        execution.state.set(.failed, at: clock.now)
        let line = LogEntry(at: clock.now, level: .error, message: secrets.given.mask(failure))
        do throws(StorageError) {
            try await store.commit([.insertExecution(execution, isOpen: false), .logs(execution.id, [line]), .trigger(start.row)])
        } catch {
            log.error("The failed start of trigger \(start.row.key) could not be saved: \(error)")
        }
        await scheduler.finished(execution)
    }
}
