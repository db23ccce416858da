import FlowModel
import Hummingbird
import Storage

/// Lines of an execution's log, read from the store a batch at a time however many there are.
struct LogReading: Sendable {
    /// Lines in memory at a time.
    static let batch = 500

    let store: any Store
    let id: ExecutionID
    let filter: LogFilter
    /// The number of the last line that the client has.
    private(set) var last: Int?
    /// How many lines are still wanted; nil for all.
    private var rest: Int?

    init(store: any Store, id: ExecutionID, filter: LogFilter, after: Int?, size: Int?) {
        (self.store, self.id, self.filter, last, rest) = (store, id, filter, after, size)
    }

    /// Empty at the end.
    mutating func next() async throws -> [LogLine] {
        let limit = min(rest ?? Self.batch, Self.batch)
        if limit == 0 { return [] }
        let lines = try await store.logs(of: id, after: last, filter, limit: limit)
        last = lines.last?.number ?? last
        // Fewer than were asked for are the last ones.
        rest = lines.count < limit ? 0 : rest.map { $0 - lines.count }
        return lines
    }

    var isAtEnd: Bool { rest == 0 }
}

extension LogReading {
    /// A JSON list; whole lines are sent together, so that what is masked stands in one piece.
    func json() async throws -> Response {
        var reading = self
        let first = try await reading.next()
        if reading.isAtEnd { return .json { $0.list(first) { LogBody(line: $0).write(to: &$1) } } }
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { [reading] writer in
                var reading = reading
                var lines = first
                var sign = "["
                while !lines.isEmpty {
                    var buffer = ByteBuffer()
                    for line in lines {
                        buffer.writeString(sign)
                        buffer.writeBytes(LogBody(line: line).bytes)
                        sign = ","
                    }
                    try await writer.write(buffer)
                    lines = try await reading.next()
                }
                try await writer.write(ByteBuffer(string: sign == "[" ? "[]" : "]"))
                try await writer.finish(nil)
            })
    }

    /// A text of a line each, to be kept as a file.
    func text() async throws -> Response {
        var reading = self
        let first = try await reading.next()
        return Response(
            status: .ok, headers: .attachment("\(id).log", type: "text/plain; charset=utf-8"),
            body: ResponseBody { [reading] writer in
                var reading = reading
                var lines = first
                while !lines.isEmpty {
                    var buffer = ByteBuffer()
                    for line in lines { buffer.writeString(LogBody(line: line).plainLine) }
                    try await writer.write(buffer)
                    lines = try await reading.next()
                }
                try await writer.finish(nil)
            })
    }
}
