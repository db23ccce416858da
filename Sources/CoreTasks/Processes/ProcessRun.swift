import CProcess
import Glibc
import Synchronization

/// Which of its two outputs a program wrote to.
enum ProcessStream: Sendable, Hashable { case output, errors }

/// How long a program is waited for.
struct ProcessPatience: Sendable {
    /// From the request to end (SIGTERM) to the order (SIGKILL).
    var grace = Duration.seconds(5)
    /// From the end of the program to that of its outputs, which processes that it left behind may hold open.
    var drain = Duration.seconds(5)
}

/// What is known when a program and its outputs have ended.
struct ProcessReport: Sendable {
    var end: ProcessEnd
    /// It was ended because its run was killed or timed out.
    var wasStopped: Bool
    /// Processes that it had left running were ended. When the run was stopped, those that had outlived the program by then.
    var leftProcesses: Bool
}

/// One run of a program: its outputs are passed on as they come, and when the run is cancelled its whole tree is ended.
///
/// Built on posix_spawn and a thread per running program rather than on swift-subprocess, for three reasons. The process
/// group must be ended before its leader is reaped, while its number is certainly its own. The outputs must not be waited
/// for without end when a process left behind holds them open. And it costs less: 1,000 runs of `sh -c true`, sixteen at a
/// time on two busy cores, took this 0.48 s, swift-subprocess 0.89 s, and posix_spawn with wait on two threads 0.66 s.
///
/// The end of a run is the end of its processes: what is left of the group then is ended too, and what has left the group but
/// carries the run's mark. The run is told as ended when they are gone.
final class ProcessRun: Sendable {
    private let command: ProcessCommand
    private let patience: ProcessPatience
    /// How the processes of this run are known even when they have left the group: an entry of their environment.
    private let mark: String?
    private let wakeUp: Int32
    private let isStopped = Atomic(false)
    /// Whether nothing is read because there is no room for it.
    private let isHeld = Atomic(false)
    private let room: Room
    /// Whether there is no time for asking.
    private let isHurried = Atomic(false)
    private static let live = Mutex<[ObjectIdentifier: ProcessRun]>([:])

    /// Whether more of the outputs is welcome now; when not, the closure is called once it is.
    typealias Room = @Sendable (_ again: @escaping @Sendable () -> Void) -> Bool

    private init(_ command: ProcessCommand, patience: ProcessPatience, mark: String?, room: @escaping Room) {
        self.room = room
        self.command = command
        self.patience = patience
        self.mark = mark
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    }

    deinit { if wakeUp >= 0 { close(wakeUp) } }

    /// Runs a program to its end. Cancelling the surrounding task ends the program: SIGTERM, after `grace` SIGKILL, to its
    /// group and to every process whose environment has the entry `mark`.
    /// - Parameters:
    ///   - room: asked before more is read. While there is none, the program waits as soon as its pipe is full.
    ///   - receive: takes the pieces of both outputs, in order, all on one thread.
    static func run(
        _ command: ProcessCommand, patience: ProcessPatience = ProcessPatience(), mark: String? = nil,
        room: @escaping Room = { _ in true },
        receive: @escaping @Sendable (ProcessStream, UnsafeRawBufferPointer) -> Void
    ) async throws(SpawnError) -> ProcessReport {
        let run = ProcessRun(command, patience: patience, mark: mark, room: room)
        live.withLock { $0[ObjectIdentifier(run)] = run }
        defer { live.withLock { $0[ObjectIdentifier(run)] = nil } }
        let outcome: Result<ProcessReport, SpawnError> = await withTaskCancellationHandler {
            await BlockingThreads.shared.run { () -> Result<ProcessReport, SpawnError> in
                do throws(SpawnError) {
                    return .success(try run.work(receive))
                } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            run.stop()
        }
        return try outcome.get()
    }

    /// Ends all runs at once, without asking: for the end of the server. Returns when they have ended, after two seconds at
    /// the latest.
    /// - Parameter folder: ends only those that were started in this folder.
    static func endAll(in folder: String? = nil) async {
        let runs = live.withLock { $0.values.filter { folder == nil || $0.command.folder == folder } }
        if runs.isEmpty { return }
        for run in runs {
            run.isHurried.store(true, ordering: .releasing)
            run.stop()
        }
        await BlockingThreads.shared.run {
            let ids = Set(runs.map(ObjectIdentifier.init))
            for _ in 0..<200 where live.withLock({ !ids.isDisjoint(with: $0.keys) }) { poll(nil, 0, 10) }
        }
    }

    private func stop() {
        isStopped.store(true, ordering: .releasing)
        eventfd_write(wakeUp, 1)
    }

    private func askForRoom() {
        if isHeld.load(ordering: .acquiring) { return }
        isHeld.store(true, ordering: .releasing)
        let isThere = room {
            self.isHeld.store(false, ordering: .releasing)
            eventfd_write(self.wakeUp, 1)
        }
        if isThere { isHeld.store(false, ordering: .releasing) }
    }

    private func work(
        _ receive: (ProcessStream, UnsafeRawBufferPointer) -> Void
    ) throws(SpawnError) -> ProcessReport {
        if isStopped.load(ordering: .acquiring) {
            return ProcessReport(end: .signalled(SIGTERM), wasStopped: true, leftProcesses: false)
        }
        _ = Orphans.comeHere
        let child = try ChildProcess(command)
        var watch = ProcessWatch(child, wakeUp: wakeUp)
        defer { watch.close() }
        var ending = Ending.running
        var hasEnded = false
        var drainUntil: ContinuousClock.Instant?
        var endedByItself = false
        var leftProcesses = false
        var lookedAt = ContinuousClock.now
        while true {
            var deadline = [ending.deadline, drainUntil].compactMap { $0 }.min()
            if hasEnded, watch.isSilent { deadline = .now + .milliseconds(20) }  // asked, and part of the tree lives
            if !watch.isSilent { askForRoom() }
            let ready = watch.wait(until: deadline, reading: !isHeld.load(ordering: .acquiring))
            if lookedAt < .now - .seconds(1) {
                lookedAt = .now
                _ = Orphans.living()  // a long run may leave many that have ended
            }
            if ready.output { watch.read(.output, receive) }
            if ready.errors { watch.read(.errors, receive) }
            if !hasEnded, ready.end {
                hasEnded = true
                endedByItself = ending.isRunning
                drainUntil = .now + (ending.isRunning ? patience.drain : .seconds(1))
            }
            if hasEnded, watch.isSilent, !ending.isAsking || !ProcessTree.signal(0, mark: mark) { break }
            if isStopped.load(ordering: .acquiring) || !ending.isRunning { ending = pursue(ending, child) }
            if let until = drainUntil, until <= .now, !ending.isAsking {
                watch.readRest(receive)  // what the program wrote before its end may still be in the pipes
                leftProcesses = !watch.isSilent
                break
            }
        }
        child.signal(SIGKILL)  // what is left of the group; a zombie leader feels nothing
        let end = child.reap()
        if leftProcesses || !ending.isRunning || ProcessTree.hasOrphans(mark: mark) {
            leftProcesses = endTree() || leftProcesses
        }
        return ProcessReport(
            end: end, wasStopped: !ending.isRunning, leftProcesses: leftProcesses && endedByItself)
    }

    /// Ends what carries the mark, again and again until nothing does: a process may have started another one meanwhile.
    /// - Returns: whether there was anything.
    private func endTree() -> Bool {
        var found = false
        for _ in 0..<500 {
            guard ProcessTree.signal(SIGKILL, mark: mark) else { break }
            found = true
            poll(nil, 0, 10)
        }
        _ = Orphans.living()  // reaps them
        return found
    }

    /// How far the ending of a stopped run has come.
    private enum Ending {
        case running
        case asked(until: ContinuousClock.Instant)
        case ordered(again: ContinuousClock.Instant)

        var isRunning: Bool { if case .running = self { true } else { false } }
        /// Whether what is left may still end by itself.
        var isAsking: Bool { if case .asked = self { true } else { false } }
        var deadline: ContinuousClock.Instant? {
            switch self {
            case .running: nil
            case .asked(let until): until
            case .ordered(let again): again
            }
        }
    }

    private func pursue(_ ending: Ending, _ child: ChildProcess) -> Ending {
        let isHurried = isHurried.load(ordering: .acquiring)
        switch ending {
        case .running where !isHurried:
            child.signal(SIGTERM)
            ProcessTree.signal(SIGTERM, mark: mark)
            return .asked(until: .now + patience.grace)
        case .asked(let until) where until > .now && !isHurried, .ordered(let until) where until > .now:
            return ending
        case .running, .asked, .ordered:  // again and again: a process may have started another one meanwhile
            child.signal(SIGKILL)
            ProcessTree.signal(SIGKILL, mark: mark)
            return .ordered(again: .now + .milliseconds(100))
        }
    }
}
