import DequeModule
import EngineCore
import Expressions
import FlowModel
import HeapModule
import Logging
import Storage
import TaskKit

/// Starts executions by the clock. The rows of all schedules are held in memory in the order of their next dates, so that
/// waiting costs nothing; a row and the execution that it started are saved together. Source: engine spec §7.2.
///
/// What changes rows takes turns (``inTurn(_:)``) and ends with their commit: rows are stored in the order of their changes.
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
    private let room: DiskRoom
    private var engine: Engine?
    private var entries: [TriggerKey: Entry] = [:]
    private var heap = Heap<Due>()
    private var counter: UInt64 = 0
    private var sleeper: Task<Void, Never>?
    private var sleepsUntil: Timestamp?
    private var isRunning = false
    private var isTaken = false
    private var turns: Deque<CheckedContinuation<Void, Never>> = []
    /// Opens when the schedules that were stored are in memory.
    nonisolated let loaded = Gate()

    init(
        store: any Store, shelf: FlowShelf, clock: any FlowClock, settings: EngineSettings, log: Logger, room: DiskRoom
    ) {
        self.store = store
        self.shelf = shelf
        self.clock = clock
        self.settings = settings
        self.log = log
        self.room = room
    }

    /// Loads all schedules, then fires them as they come due, until the task is cancelled.
    func run(for engine: Engine) async throws {
        self.engine = engine
        isRunning = true
        defer {
            isRunning = false
            sleeper?.cancel()
            loaded.close()
            self.engine = nil
        }
        let (changes, continuation) = AsyncStream.makeStream(of: FlowsChanged.self)
        shelf.onChange { continuation.yield($0) }
        try await inTurn { try await load() }
        loaded.open()
        for await change in changes { await inTurn { await take(change) } }
        // What fires at this moment is saved before the engine goes on to stop.
        await inTurn {}
    }

    /// One at a time, in the order in which they came.
    private func inTurn<Answer, Failure: Error>(_ work: () async throws(Failure) -> Answer) async throws(Failure)
        -> Answer
    {
        if isTaken {
            await withCheckedContinuation { turns.append($0) }
        } else {
            isTaken = true
        }
        defer {
            if let next = turns.popFirst() { next.resume() } else { isTaken = false }
        }
        return try await work()
    }

    // MARK: definitions

    private func load() async throws {
        let rows = Dictionary(
            try await store.triggers(.any, flowID: nil, text: nil).map { ($0.key, $0) },
            uniquingKeysWith: { first, _ in first })
        var changes: [Change] = []
        let heads = try await store.flowHeads(FlowQuery(), PageRequest(size: .max))
        for head in heads.items where head.summary == FlowShelf.scheduled {
            for definition in try await definitions(of: head.key) {
                let stored = rows[TriggerKey(head.key, definition.trigger.id)]
                let row = try await row(of: definition, stored: stored, isRedefined: false)
                if row != stored { changes.append(.trigger(row)) }
                add(definition, row)
            }
        }
        if !changes.isEmpty { try await room.commit(changes) }
        schedule()
    }

    /// The row with which a schedule begins that nobody looked at for a while, or ever.
    private func row(
        of definition: ScheduleDefinition, stored: TriggerState?, isRedefined: Bool
    ) async throws(StorageError) -> TriggerState {
        guard var row = stored else { return definition.firstRow(now: clock.now) }
        if isRedefined { row = definition.redefined(row, now: clock.now) }
        row = definition.recovered(row, now: clock.now)
        // An execution that ended while nobody could tell the row.
        if let id = row.executionID, await engine?.executor.isActive(id) != true {
            let ended = try await store.execution(id)
            row = ended.map { row.released(by: $0.state.current, now: clock.now) } ?? row.unlocked(now: clock.now)
        }
        return row
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
                log.error("Trigger \(key).\(trigger.id) is not scheduled: \(flow.told(error, in: .trigger(trigger)))")
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
        // A flow that was deleted may be there again: what is stored now counts.
        for key in change.saved + change.deleted {
            do {
                let definitions = try await definitions(of: key)
                var rows: [Change] = []
                var old = Set(entries.keys.filter { $0.flow == key })
                for definition in definitions {
                    let trigger = TriggerKey(key, definition.trigger.id)
                    old.remove(trigger)
                    let (stored, row): (TriggerState?, TriggerState)
                    if let entry = entries[trigger] {
                        (stored, row) = (entry.row, definition.redefined(entry.row, now: clock.now))
                    } else {
                        stored = try await store.trigger(trigger)
                        row = try await self.row(of: definition, stored: stored, isRedefined: true)
                    }
                    if row != stored { rows.append(.trigger(row)) }
                    add(definition, row)
                }
                for gone in old { entries[gone] = nil }
                await save(rows)
            } catch {
                log.error("The schedules of \(key) could not be read; they are at the next change: \(error)")
            }
        }
        schedule()
    }

    private func save(_ rows: [Change]) async {
        if rows.isEmpty { return }
        do throws(StorageError) {
            try await room.commit(rows)
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
        guard !row.disabled, !row.isLocked || definition.allowsConcurrent, let next = row.nextExecutionDate else {
            return
        }
        heap.insert(Due(at: next, order: counter, key: key))
    }

    private func schedule() {
        // Places that are void go when they outnumber the others.
        if heap.count > 2 * entries.count + 256 {
            heap = Heap(heap.unordered.filter { entries[$0.key]?.order == $0.order })
        }
        guard isRunning, let next = heap.min?.at else { return }
        if let sleepsUntil, sleepsUntil <= next { return }
        sleeper?.cancel()
        sleepsUntil = next
        sleeper = Task { [clock, weak self] in
            guard (try? await clock.sleep(until: next)) != nil else { return }
            // Not as a part of the sleeper, which is cancelled when an earlier date comes up.
            await self?.wakeUp()
        }
    }

    private func wakeUp() {
        sleepsUntil = nil
        engine?.errands.run { [weak self] in await self?.fireDue() }
    }

    private func fireDue() async {
        await inTurn {
            let now = clock.now
            var due: [Due] = []
            while let first = heap.min, first.at <= now {
                heap.removeMin()
                if entries[first.key]?.order == first.order { due.append(first) }
            }
            var rows: [Change] = []
            var starts: [(start: ScheduledStart, flow: CompiledFlow)] = []
            for place in due {
                do throws(StorageError) {
                    guard let flow = try await shelf.flow(place.key.flow)?.compiled else { continue }
                    switch fire(place.key, of: flow, now: now) {
                    case .start(let start): starts.append((start, flow))
                    case .save(let row): rows.append(.trigger(row))
                    case .nothing: break
                    }
                } catch {
                    log.error(
                        "Trigger \(place.key) did not fire, its flow could not be read; it does in a minute: \(error)")
                    heap.insert(Due(at: now.advanced(by: .seconds(60)), order: place.order, key: place.key))
                }
            }
            await save(rows)
            await start(starts)
            schedule()
        }
    }

    /// Starts executions together, so that they are saved together.
    private func start(_ starts: [(start: ScheduledStart, flow: CompiledFlow)]) async {
        guard let engine else { return }
        let ended = await withTaskGroup(of: Execution?.self) { group in
            for (start, flow) in starts { group.addTask { await engine.start(start, of: flow) } }
            return await group.reduce(into: [Execution]()) { if let ended = $1 { $0.append(ended) } }
        }
        for execution in ended { await release(from: execution) }
    }

    private enum Fired { case start(ScheduledStart), save(TriggerState), nothing }

    /// Decides about one trigger that is due.
    private func fire(_ key: TriggerKey, of flow: CompiledFlow, now: Timestamp) -> Fired {
        // A newer revision may be without it already, before the news has come.
        guard let entry = entries[key], let engine, !flow.flow.disabled,
            flow.flow.triggers.contains(where: { $0.id == key.id && !$0.disabled })
        else { return .nothing }
        let definition = entry.definition
        let decision = definition.decide(entry.row, now: now, scope: scope(of: definition.trigger, in: flow.flow))
        for warning in decision.warnings { log.warning("Trigger \(key): \(warning)") }
        guard let firing = decision.firing else {
            add(definition, decision.row)
            return decision.row == entry.row ? .nothing : .save(decision.row)
        }
        var row = decision.row
        let id = engine.newExecutionID()
        row.executionID = id
        add(definition, row)
        return .start(ScheduledStart(firing: firing, trigger: definition.trigger, row: row, id: id))
    }

    /// An execution has finished: the trigger that waits for it may fire again.
    func finished(_ execution: Execution) async {
        guard let trigger = execution.trigger, ScheduleDefinition.handles(type: trigger.type) else { return }
        await inTurn {
            await release(from: execution)
            schedule()
        }
    }

    private func release(from execution: Execution) async {
        guard let trigger = execution.trigger else { return }
        let key = TriggerKey(FlowKey(execution.namespace, execution.flowID), trigger.id)
        guard let entry = entries[key] else {
            // Not scheduled at present; its row may be looked at again one day.
            return await save([.unlockTrigger(key, from: execution.id, disabling: false, at: clock.now)])
        }
        guard entry.row.executionID == execution.id else { return }
        let row = entry.row.released(by: execution.state.current, now: clock.now)
        add(entry.definition, row)
        await save([.trigger(row)])
    }

    /// The next dates of all schedules that are on, ascending; those in the past are run now, one after the other.
    func upcoming(_ count: Int) -> [(date: Timestamp, key: TriggerKey)] {
        let dates = entries.compactMap { key, entry in
            entry.row.disabled ? nil : entry.row.nextExecutionDate.map { (date: $0, key: key) }
        }
        return Array(dates.sorted { ($0.date, $0.key) < ($1.date, $1.key) }.prefix(count))
    }

    // MARK: changes by request

    /// Changes the row of a schedule; nil when there is no such schedule.
    func change(
        _ key: TriggerKey, _ change: @Sendable (ScheduleDefinition, TriggerState, Timestamp) -> TriggerState
    ) async throws(StorageError) -> TriggerState? {
        // Not in turn: who has it may wait for room.
        try room.check()
        return try await inTurn { () async throws(StorageError) -> TriggerState? in
            guard let entry = entries[key] else { return nil }
            try room.check()
            let row = change(entry.definition, entry.row, clock.now)
            try await store.commit([.trigger(row)])
            add(entry.definition, row)
            schedule()
            return row
        }
    }
}

extension ScheduleDefinition {
    static func handles(type: String) -> Bool { type == Schedule.about.type || type == ScheduleOnDates.about.type }
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
    /// - Returns: the execution when it has ended already.
    func start(_ start: ScheduledStart, of flow: CompiledFlow) async -> Execution? {
        let firing = start.firing
        for warning in firing.warnings { log.warning("Trigger \(start.row.key): \(warning)") }
        var execution = Execution(
            id: start.id, namespace: flow.flow.namespace, flowID: flow.flow.id, flowRevision: flow.flow.revision,
            createdAt: clock.now)
        execution.labels =
            flow.flow.labels.filter { !$0.key.hasPrefix("system.") } + firing.labels
            + [Label(key: LabelRules.correlationID, value: start.id.description)]
        execution.trigger = ExecutionTrigger(
            id: start.trigger.id, type: start.trigger.type, variables: firing.variables)
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
        do {
            guard let failure else {
                try await begin(execution, flow: flow, Executor.Beginning(more: [.trigger(start.row)], isPatient: true))
                return nil
            }
            execution.state.set(.failed, at: clock.now)
            let line = LogEntry(at: clock.now, level: .error, message: secrets.given.mask(failure))
            try await room.commit([
                .insertExecution(execution, isOpen: false), .logs(execution.id, [line]), .trigger(start.row),
            ])
        } catch {
            // Neither the execution nor the row is stored: the next start of the server fires it.
            log.error("The start of trigger \(start.row.key) could not be saved: \(error)")
            return nil
        }
        return execution
    }
}
