import EngineCore
import Expressions
import FlowModel
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import TaskKit

/// The engine of one server: flows, executions and triggers over one store.
///
/// Answers come after the fact is on disk. `run` recovers what a former process left, then schedules and works until a
/// graceful shutdown.
public final class Engine: Service {
    public let store: any Store
    public let files: any FileStore
    public let catalogue: TaskKit.Catalogue
    public let settings: EngineSettings
    public let shelf: FlowShelf
    public let services: Services
    public let secrets: Secrets
    public let log: Logger

    let clock: any FlowClock
    let executor: Executor
    let worker: Worker
    let alarms: Alarms
    let scheduler: Scheduler
    let errands = Errands()
    /// Starts of subflows: a flow may ask for thousands at once.
    let starts = Errands(limit: 256)
    /// Subflows that were not started because the store fails.
    let unstarted = Atomic(0)
    let room: DiskRoom
    let toldFiles = ToldFiles()
    private let temporary: TemporaryFolders
    let ids: IDSource
    private let quick: any QuickReads
    private let fault: FaultSignal
    private let readiness = Gate()

    /// - Parameter quick: reads of the same store that answer at once; see ``QuickReads``.
    public init(
        store: any Store, quick: any QuickReads, files: any FileStore, catalogue: TaskKit.Catalogue,
        settings: EngineSettings,
        clock: any FlowClock, log: Logger
    ) {
        self.store = store
        self.quick = quick
        self.files = files
        self.catalogue = catalogue
        self.settings = settings
        self.clock = clock
        self.log = log
        secrets = Secrets(folder: settings.secretsFolder, environment: settings.environment)
        ids = IDSource(clock: clock)
        shelf = FlowShelf(
            store: store, catalogue: catalogue, defaults: settings.pluginDefaults, clock: clock,
            storeIdentity: ids.next().description)
        temporary = TemporaryFolders(parent: settings.server.temporaryFolder, name: ids.next().description)
        var server = settings.server
        server.temporaryFolder = temporary.path
        services = Services(
            clock: clock, files: StoreVault(files: files), keyValues: StoreKeyValues(store: store, clock: clock),
            flows: StoreLibrary(shelf: shelf), marks: StoreMarks(store: store), settings: server)
        let fault = FaultSignal()
        self.fault = fault
        room = DiskRoom(store: store, clock: clock, log: log)
        executor = Executor(
            store: store, clock: clock, room: room, descendantLimit: settings.subflowDescendants,
            failed: { fault.raise($0) })
        worker = Worker(capacity: settings.workers, executor: executor, services: services, log: log)
        alarms = Alarms(clock: clock, executor: executor)
        scheduler = Scheduler(store: store, shelf: shelf, clock: clock, settings: settings, log: log, room: room)
    }

    /// Runs until a graceful shutdown; then waits for running tasks within the grace period and leaves the rest on disk.
    /// - Throws: `StorageError` when steps can no longer be saved.
    public func run() async throws { try await run(schedules: true) }

    /// - Parameter schedules: false for a run without triggers.
    public func run(schedules: Bool) async throws {
        temporary.open()
        async let _ = removeLeftovers()
        do {
            await executor.connect(Dispatcher(engine: self))
            try await recover()
            readiness.open()
            try await work(schedules: schedules)
        } catch {
            // Nothing can be saved any more, so waiting for running tasks is of no use.
            await worker.interrupt()
            await stop()
            throw error
        }
        if room.fault == nil {
            await worker.drain(grace: settings.grace)
        } else {
            // What runs could not save its end.
            await executor.close()
            await worker.interrupt()
        }
        await stop()
    }

    /// What a server that was killed left on disk of running tasks goes, beside the work.
    private func removeLeftovers() async {
        guard await readiness.wait() else { return }
        let count = await temporary.removeLeftovers()
        if count > 0 { log.info("Removed \(count) working folders that a server left which did not end by itself") }
    }

    /// Returns at a wanted stop. - Throws: `StorageError` when steps can no longer be saved.
    private func work(schedules: Bool) async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    if schedules { group.addTask { try await self.scheduler.run(for: self) } }
                    group.addTask { try await self.fault.wait() }
                    try await group.next()
                    group.cancelAll()
                }
            }
        } catch is CancellationError {
            // A wanted stop is no failure.
        }
        try fault.check()
    }

    private func stop() async {
        readiness.close()
        room.close()
        await starts.finish()
        await errands.finish()
        await executor.close()
        let count = unstarted.exchange(0, ordering: .relaxed)
        if count > 0 { log.error("\(count) subflows could not be started; the next start of the server starts them") }
        alarms.stop()
        temporary.close()
    }

    /// Returns once unfinished executions are taken up and new ones may be started, or when that will not be.
    public func ready() async { await readiness.wait() }
    public var isReady: Bool { readiness.isOpen }

    /// What the disk said when there was no room left for what is to be saved; nil while there is.
    public var diskFault: StorageError? { room.fault }

    /// What is not taken up yet can be neither changed nor waited for.
    func needReady() async throws(EngineRefusal) {
        if readiness.isOpen { return }
        if await !readiness.wait() { throw .unavailable("The server is stopping") }
    }

    // MARK: making executions

    /// What an execution's expressions may ask of this server.
    func surroundings(namespace: String, errors: ErrorLog, mask: SecretMask) -> Surroundings {
        var surroundings = Surroundings(
            world: world(namespace: namespace, errors: errors, mask: mask), server: settings.variables)
        surroundings.rendersRecursively = settings.rendersRecursively
        surroundings.newID = { [ids] in ids.next() }
        surroundings.cipher = settings.cipher.map { RememberingCipher(cipher: $0, mask: mask) }
        return surroundings
    }

    func world(namespace: String, errors: ErrorLog = ErrorLog(), mask: SecretMask = SecretMask()) -> ServerWorld {
        ServerWorld(
            clock: clock, timeZone: settings.timeZone, secrets: secrets, mask: mask, quick: quick, namespace: namespace,
            errors: errors)
    }

    /// Knows the SECRET inputs of an execution.
    func mask(of execution: Execution, flow: CompiledFlow) -> SecretMask {
        let mask = SecretMask()
        if let inputs = execution.inputs {
            for text in InputSecrets.clearTexts(of: inputs, flow.flow.inputs, with: settings.cipher) {
                mask.remember(text)
            }
        }
        return mask
    }

    /// Takes up an execution that was just made; returns when it is on disk.
    /// - Throws: `StorageError` when it cannot be saved, `EngineRefusal.unavailable` when the engine stops.
    func begin(_ execution: Execution, flow: CompiledFlow, _ beginning: Executor.Beginning = Executor.Beginning())
        async throws
    {
        try await needReady()
        let (errors, mask) = (ErrorLog(), mask(of: execution, flow: flow))
        let active = ActiveExecution(
            ExecutionState(execution), flow: flow,
            surroundings: surroundings(namespace: execution.namespace, errors: errors, mask: mask), errors: errors,
            mask: mask)
        try await executor.begin(active, beginning)
    }
}

/// Tells the engine that it cannot go on.
final class FaultSignal: Sendable {
    private struct State {
        var error: StorageError?
        var waiter: CheckedContinuation<Void, any Error>?
    }
    private let state = Mutex(State())

    func raise(_ error: StorageError) {
        let waiter = state.withLock { state in
            if state.error == nil { state.error = error }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(throwing: error)
    }

    func check() throws(StorageError) {
        if let error = state.withLock({ $0.error }) { throw error }
    }

    /// Throws when a fault is raised, or when its task is cancelled.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let error = state.withLock { state -> (any Error)? in
                    if let error = state.error { return error }
                    if Task.isCancelled { return CancellationError() }
                    state.waiter = continuation
                    return nil
                }
                if let error { continuation.resume(throwing: error) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

/// Makes ids that sort by the order in which they were made.
final class IDSource: Sendable {
    private struct Last {
        var milliseconds: Int64 = 0
        var sequence: UInt32 = 0
    }
    private let clock: any FlowClock
    private let last = Mutex(Last())

    init(clock: any FlowClock) { self.clock = clock }

    /// Later ids are above this one.
    func pass(_ id: ExecutionID) {
        let given = Last(milliseconds: id.createdAt.milliseconds, sequence: UInt32(id.high & 0xFFFFF))
        last.withLock { last in
            if (given.milliseconds, given.sequence) > (last.milliseconds, last.sequence) { last = given }
        }
    }

    func next() -> ExecutionID {
        let now = clock.now.milliseconds
        let (milliseconds, sequence) = last.withLock { last in
            if now > last.milliseconds {
                last = Last(milliseconds: now, sequence: UInt32.random(in: 0..<0x8000))
            } else {
                // Within one millisecond, or after the clock was set back, ids count up.
                last.sequence += 1
                if last.sequence > 0xFFFFF { last = Last(milliseconds: last.milliseconds + 1) }
            }
            return (last.milliseconds, last.sequence)
        }
        return ExecutionID(
            at: Timestamp(milliseconds: milliseconds), sequence: sequence, random: UInt64.random(in: .min ... .max))
    }
}

/// Shut at first; whoever waits goes on when it opens, or when it is clear that it will not.
final class Gate: Sendable {
    private enum Position { case shut, open, closed }
    private struct State {
        var position = Position.shut
        var waiters: [CheckedContinuation<Bool, Never>] = []
    }
    private let state = Mutex(State())

    var isOpen: Bool { state.withLock { $0.position == .open } }

    func open() { move(to: .open) }
    /// For good: who waits, or comes later, is turned away.
    func close() { move(to: .closed) }

    private func move(to position: Position) {
        let waiters = state.withLock { state in
            if state.position != .closed { state.position = position }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: position == .open) }
    }

    /// - Returns: whether it is open.
    @discardableResult
    func wait() async -> Bool {
        await withCheckedContinuation { waiter in
            let position = state.withLock { state in
                if state.position == .shut { state.waiters.append(waiter) }
                return state.position
            }
            if position != .shut { waiter.resume(returning: position == .open) }
        }
    }
}
