import FlowModel
import TaskKit

/// How a file is cut. Source: engine spec §4.14.
struct SplitRule: Sendable {
    /// More new files than this are refused.
    static let mostParts = 100_000

    enum Way: Sendable {
        case bytes(Int)
        case partitions(Int)
        case rows(Int)
        case pattern(String)
    }

    let way: Way

    init(bytes: String?, partitions: Int?, rows: Int?, pattern: String?) throws(TaskFailure) {
        if let pattern {
            guard (try? Regex(pattern)) != nil else {
                throw .property("regexPattern", "is no regular expression", fix: nil)
            }
            way = .pattern(pattern)
        } else if let bytes {
            guard let count = Self.byteCount(bytes), count > 0 else {
                throw .property("bytes", "is `\(bytes)`, no size", fix: "write 512KB or 10MB")
            }
            way = .bytes(count)
        } else if let partitions {
            guard (1...Self.mostParts).contains(partitions) else {
                throw .property("partitions", "is not between 1 and \(Self.mostParts)", fix: nil)
            }
            way = .partitions(partitions)
        } else if let rows {
            guard rows > 0 else { throw .property("rows", "is not above 0", fix: nil) }
            way = .rows(rows)
        } else {
            throw TaskFailure("Say how to split: with `rows`, `partitions`, `bytes` or `regexPattern`")
        }
    }

    /// `1KB` is 1024; a number without a unit counts bytes. Nil for anything else.
    static func byteCount(_ text: String) -> Int? {
        let text = text.trimmingBlanks.uppercased()
        let number = text.prefix { $0.isNumber }
        guard let count = Int(number) else { return nil }
        let unit = String(text[number.endIndex...]).trimmingBlanks
        let powers = ["": 0, "B": 0, "KB": 1, "K": 1, "MB": 2, "M": 2, "GB": 3, "G": 3, "TB": 4]
        guard let power = powers[unit] else { return nil }
        let (result, overflow) = count.multipliedReportingOverflow(by: 1 << (10 * power))
        return overflow ? nil : result
    }

    static func path(_ part: Int, in folder: String) -> String { "\(folder)/part-\(part)" }

    /// Writes the parts into `folder` and tells how many there are.
    func split(_ source: String, separator: String, to folder: String) throws -> Int {
        var reader = try RecordReader(source, separator: separator)
        var parts = PartWriter(folder: folder, separator: Array(separator.utf8))
        switch way {
        case .partitions(let count):
            var number = 0
            while let record = try reader.next() {
                try parts.write(record, to: number % count)
                number += 1
            }
        case .rows(let count):
            var number = 0
            while let record = try reader.next() {
                try parts.write(record, to: number / count)
                number += 1
            }
        case .bytes(let count):
            var (part, size) = (0, 0)
            while let record = try reader.next() {
                if size >= count { (part, size) = (part + 1, 0) }
                size += record.count + separator.utf8.count
                try parts.write(record, to: part)
            }
        case .pattern(let pattern):
            let regex = try Regex(pattern)
            var numbers: [String: Int] = [:]
            while let record = try reader.next() {
                let text = String(decoding: record, as: UTF8.self)
                guard let match = try regex.firstMatch(in: text), match.output.count > 1,
                    let group = match.output[1].substring
                else { continue }
                let part = numbers[String(group)] ?? numbers.count
                numbers[String(group)] = part
                try parts.write(record, to: part)
            }
        }
        return try parts.finish()
    }
}

/// Writes records to numbered files; what is small is gathered before it is written.
private struct PartWriter {
    let folder: String
    let separator: [UInt8]
    private var pending: [Int: [UInt8]] = [:]
    private var pendingBytes = 0
    private var started: Set<Int> = []

    init(folder: String, separator: [UInt8]) {
        self.folder = folder
        self.separator = separator
    }

    mutating func write(_ record: [UInt8], to part: Int) throws {
        guard part < SplitRule.mostParts else {
            throw TaskFailure("The file would be split into more than \(SplitRule.mostParts) files")
        }
        pending[part, default: []] += record
        pending[part, default: []] += separator
        pendingBytes += record.count + separator.count
        if pendingBytes > 4 * 1024 * 1024 { try flush() }
    }

    mutating func finish() throws -> Int {
        try flush()
        return started.count
    }

    private mutating func flush() throws {
        for (part, bytes) in pending {
            let path = SplitRule.path(part, in: folder)
            try LocalFile(path, for: started.insert(part).inserted ? .writing : .appending).write(bytes)
        }
        pending = [:]
        pendingBytes = 0
    }
}
