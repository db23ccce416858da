import FlowModel
import Synchronization
import TaskKit

/// Gates by name, and counts of what ran: the one thing that tasks of a test share with it.
final class Switchboard: Sendable {
    private struct State {
        var open: Set<String> = []
        var waiting: [(id: Int, name: String, continuation: CheckedContinuation<Void, any Error>)] = []
        var cancelled: Set<Int> = []
        var nextID = 0
        var counts: [String: Int] = [:]
        var watchers: [(name: String, count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())
    static let all = Mutex<[String: Switchboard]>([:])

    static func named(_ name: String) -> Switchboard? { all.withLock { $0[name] } }

    func count(_ name: String) -> Int { state.withLock { $0.counts[name] ?? 0 } }

    /// Counts, and tells those who wait for the count.
    @discardableResult
    func note(_ name: String) -> Int {
        let (count, met) = state.withLock { state in
            state.counts[name, default: 0] += 1
            let count = state.counts[name] ?? 0
            let met = state.watchers.filter { $0.name == name && $0.count <= count }
            state.watchers.removeAll { $0.name == name && $0.count <= count }
            return (count, met)
        }
        for watcher in met { watcher.continuation.resume() }
        return count
    }

    /// Returns once `name` was noted so many times.
    func reached(_ name: String, _ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                let isMet = state.counts[name] ?? 0 >= count
                if !isMet { state.watchers.append((name, count, continuation)) }
                return isMet
            }
            if isMet { continuation.resume() }
        }
    }

    func open(_ name: String) {
        let waiting = state.withLock { state in
            state.open.insert(name)
            defer { state.waiting.removeAll { $0.name == name } }
            return state.waiting.filter { $0.name == name }
        }
        for waiter in waiting { waiter.continuation.resume() }
    }

    func pass(_ name: String) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Bool? in
                    if state.cancelled.remove(id) != nil { return false }
                    if state.open.contains(name) { return true }
                    state.waiting.append((id, name, continuation))
                    return nil
                }
                if outcome == true { continuation.resume() }
                if outcome == false { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return state.waiting.first { _ in false }
                }
                return state.waiting.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Says something, in place.
struct Say: InstantTask {
    static let about = TaskAbout(type: "test.Say", title: "Says something.", example: "")
    @Property("What.")
    var message: String
    @Property("Whether it is an error.")
    var error: Bool = false

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput {
        context.log(error ? .error : .info, message)
        return NoOutput()
    }
}

/// Fails, in place.
struct FailNow: InstantTask {
    static let about = TaskAbout(type: "test.FailNow", title: "Fails.", example: "")
    @Property("Why.")
    var message: String = "no"

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput { throw TaskFailure(message) }
}

/// Waits at a gate of its test.
struct Wait: RunnableTask {
    static let about = TaskAbout(type: "test.Wait", title: "Waits at a gate.", example: "")
    @Property("The test.")
    var board: String
    @Property("The gate.")
    var gate: String

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        guard let board = Switchboard.named(board) else { throw TaskFailure("no board") }
        context.log.info("before \(gate)")
        board.note("began \(gate)")
        do {
            try await board.pass(gate)
        } catch {
            board.note("interrupted \(gate)")
            throw TaskFailure("interrupted")
        }
        context.log.info("after \(gate)")
        board.note("passed \(gate)")
        return NoOutput()
    }
}

/// Goes on when it is interrupted, until its gate opens.
struct Stubborn: RunnableTask {
    static let about = TaskAbout(type: "test.Stubborn", title: "Does not listen.", example: "")
    @Property("The test.")
    var board: String
    @Property("The gate.")
    var gate: String

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        guard let board = Switchboard.named(board) else { throw TaskFailure("no board") }
        board.note("began \(gate)")
        let work = Task { try await board.pass(gate) }
        await withTaskCancellationHandler {
            _ = await work.result
        } onCancel: {
            board.note("interrupted \(gate)")
        }
        return NoOutput()
    }
}

/// Tells numbers, and fails.
struct Counting: RunnableTask {
    static let about = TaskAbout(type: "test.Counting", title: "Counts.", example: "")

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        context.metrics.add(RunMetric(.counter, "rows", 3, tags: [Label(key: "table", value: "a")]))
        context.metrics.add(RunMetric(.timer, "time", 1500))
        throw TaskFailure("counted")
    }
}

/// Fails some times, then succeeds.
struct Flaky: RunnableTask {
    static let about = TaskAbout(type: "test.Flaky", title: "Fails some times.", example: "")
    @Property("The test.")
    var board: String
    @Property("How often it fails.")
    var failures: Int
    @Property("How it counts.")
    var name: String = "flaky"

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        guard let board = Switchboard.named(board) else { throw TaskFailure("no board") }
        if board.note(name) <= failures { throw TaskFailure("not yet") }
        return NoOutput()
    }
}

/// Writes many lines.
/// Writes lines as a process does: only while there is room.
struct Flood: RunnableTask {
    static let about = TaskAbout(type: "test.Flood", title: "Writes lines while there is room.", example: "")
    @Property("How many.")
    var lines: Int

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        for number in 0..<lines {
            await withCheckedContinuation { room in
                if context.log.hasRoom(orElse: { room.resume() }) { room.resume() }
            }
            context.log.info("line \(number)")
        }
        return NoOutput()
    }
}

struct Chatter: RunnableTask {
    static let about = TaskAbout(type: "test.Chatter", title: "Writes lines.", example: "")
    @Property("How many.")
    var lines: Int
    @Property("What each begins with.")
    var text: String = "line"

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        for number in 0..<lines { context.log.info("\(text) \(number)") }
        return NoOutput()
    }
}
