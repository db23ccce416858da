import FlowModel
import Hummingbird
import Storage

/// The task runs of an execution, some hundreds at a time however many there are: from memory, or from the store.
struct TaskRunReading: Sendable {
    /// Task runs that are read and written together; an answer of no more has a length and is sent in one piece.
    static let batch = 500

    private var present: ArraySlice<TaskRun> = []
    private var stored: (store: any Store, id: ExecutionID)?
    private var last: Int?

    init(_ taskRuns: [TaskRun]) { present = taskRuns[...] }

    init(of id: ExecutionID, in store: any Store) { stored = (store, id) }

    /// Whether all that there are have been told.
    var isAtEnd: Bool { present.isEmpty && stored == nil }

    /// The next of those in memory.
    mutating func nextPresent() -> ArraySlice<TaskRun> {
        defer { present = present.dropFirst(Self.batch) }
        return present.prefix(Self.batch)
    }

    /// Empty at the end.
    mutating func next() async throws -> ArraySlice<TaskRun> {
        guard let (store, id) = stored else { return nextPresent() }
        let runs = try await store.taskRuns(of: id, after: last, limit: Self.batch)
        last = runs.last?.number ?? last
        if runs.count < Self.batch { stored = nil }
        return runs[...]
    }
}

extension ExecutionBody {
    /// The execution with the task runs that it has in memory.
    var response: Response {
        guard let taskRuns, taskRuns.count > TaskRunReading.batch else { return .json(bytes) }
        var rest = TaskRunReading(taskRuns)
        return pieces(first: rest.nextPresent(), rest)
    }

    /// The execution with the task runs that `reading` gives.
    func response(_ reading: TaskRunReading) async throws -> Response {
        var rest = reading
        let first = try await rest.next()
        if !rest.isAtEnd { return pieces(first: first, rest) }
        var whole = self
        whole.taskRuns = Array(first)
        return .json(whole.bytes)
    }

    /// Whole task runs are sent together, so that what is masked stands in one piece.
    private func pieces(first: ArraySlice<TaskRun>, _ rest: TaskRunReading) -> Response {
        var head = self
        head.taskRuns = nil
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { [head] writer in
                var (rest, batch) = (rest, first)
                try await writer.write(ByteBuffer(bytes: head.opening))
                var sign = "["
                while !batch.isEmpty {
                    var buffer = ByteBuffer(string: sign)
                    buffer.writeBytes(head.members(batch))
                    try await writer.write(buffer)
                    sign = ","
                    batch = try await rest.next()
                }
                try await writer.write(ByteBuffer(bytes: head.closing))
                try await writer.finish(nil)
            })
    }

    /// `{"id": …, "taskRunList":`
    private var opening: [UInt8] {
        var text = JSONText()
        text.object { writeHead(to: &$0) }
        return text.bytes.dropLast() + Array(",\"taskRunList\":".utf8)
    }

    /// Task runs with commas between them.
    private func members(_ runs: ArraySlice<TaskRun>) -> [UInt8] {
        var text = JSONText()
        let id = execution.id.description
        for run in runs {
            TaskRunBody(run: run, execution: execution, executionID: id, now: now).write(to: &text)
        }
        return text.bytes
    }

    /// `], "labels": … }`
    private var closing: [UInt8] {
        var text = JSONText()
        text.object { writeTail(to: &$0) }
        return Array("],".utf8) + text.bytes.dropFirst()
    }
}

extension EngineDoor {
    /// The answer that tells of one execution, with or without its task runs.
    /// - Throws: 404 for an id of no execution, or none at all.
    func answer(of text: String, taskRuns: Bool) async throws -> Response {
        guard let id = ExecutionID(text) else { throw Refusal.notFound("Execution not found: \(text)") }
        if let live = await live(id) { return ExecutionBody(live, now: clock.now, taskRuns: taskRuns).response }
        guard let execution = try await store.execution(id) else {
            throw Refusal.notFound("Execution not found: \(text)")
        }
        let body = ExecutionBody(execution, now: clock.now)
        return taskRuns ? try await body.response(TaskRunReading(of: id, in: store)) : body.response
    }
}
