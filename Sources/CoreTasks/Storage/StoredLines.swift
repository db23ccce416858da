import FlowModel
import TaskKit

/// Reads a local file record by record: pieces that end with a separator, given without it.
///
/// Bounded: a record of more than `longest` bytes is an error.
struct RecordReader: ~Copyable {
    static let longest = 64 * 1024 * 1024

    struct TooLong: Error, CustomStringConvertible {
        var description: String { "A record has more than \(RecordReader.longest) bytes; check the separator" }
    }

    private let file: LocalFile
    private let separator: [UInt8]
    private var buffer: [UInt8] = []
    private var start = 0
    private var searched = 0
    private var isAtEnd = false

    init(_ path: String, separator: String = "\n") throws {
        file = try LocalFile(path, for: .reading)
        self.separator = separator.isEmpty ? [UInt8(ascii: "\n")] : Array(separator.utf8)
    }

    /// The next record; nil at the end. What stands behind the last separator is a record unless it is empty.
    mutating func next() throws -> [UInt8]? {
        while true {
            if let end = separatorPosition() {
                let record = Array(buffer[start..<end])
                start = end + separator.count
                searched = start
                return record
            }
            if isAtEnd {
                guard start < buffer.count else { return nil }
                let record = Array(buffer[start...])
                start = buffer.count
                return record
            }
            if start > 0 {
                buffer.removeFirst(start)
                searched -= start
                start = 0
            }
            guard buffer.count <= Self.longest else { throw TooLong() }
            let more = try file.read()
            isAtEnd = more.isEmpty
            buffer += more
        }
    }

    private mutating func separatorPosition() -> Int? {
        let last = buffer.count - separator.count
        var position = searched
        while position <= last {
            guard let found = buffer[position...].firstIndex(of: separator[0]), found <= last else { break }
            if separator.count == 1 || buffer[found..<found + separator.count].elementsEqual(separator) { return found }
            position = found + 1
        }
        searched = max(start, last + 1)
        return nil
    }
}

extension RunContext {
    /// Copies a stored file to this machine, hands over its path and a path to write a result to, and stores the result.
    /// The work is done on a thread where it may take its time.
    func transforming<Result: Sendable>(
        _ uri: String, to fileExtension: String? = nil,
        _ work: @escaping @Sendable (_ source: String, _ target: String) throws -> Result
    ) async throws(TaskFailure) -> (uri: String, result: Result) {
        try await TemporaryFile.with(self) { source throws(TaskFailure) in
            try await attempting { try await services.files.copy(uri, to: source) }
            return try await TemporaryFile.with(self) { target throws(TaskFailure) in
                let result = try await attempting {
                    try await BlockingThreads.shared.run(throwing: { () throws -> Result in try work(source, target) })
                }
                let name = freshFileName(fileExtension ?? FileNames.fileExtension(of: uri))
                let stored = try await attempting {
                    try await services.files.store(file: target, at: filePrefix + name)
                }
                return (stored, result)
            }
        }
    }
}
