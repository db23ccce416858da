import FlowModel

/// Whole numbers and state histories as few bytes: seven bits a byte, the lowest first; signed ones with the sign lowest.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(signed number: Int64) { put(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }

    /// Each state with the time since the one before it; the first since `base`.
    mutating func put(_ history: StateHistory, since base: Int64) {
        var last = base
        for entry in history.entries {
            bytes.append(UInt8(entry.state.code))
            put(signed: entry.at.milliseconds &- last)
            last = entry.at.milliseconds
        }
    }

    mutating func put(_ attempts: [Attempt], since base: Int64) {
        for attempt in attempts {
            put(UInt64(attempt.state.entries.count))
            put(attempt.state, since: base)
            let file = Array((attempt.logFile ?? "").utf8)
            put(UInt64(file.count))
            bytes.append(contentsOf: file)
        }
    }
}

struct ByteReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { place >= bytes.count }

    mutating func number() throws(StorageError) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw Self.broken
    }

    mutating func signed() throws(StorageError) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// As many entries as asked for, or all until the end.
    mutating func history(since base: Int64, count: Int? = nil) throws(StorageError) -> StateHistory {
        var entries: [StateHistory.Entry] = []
        entries.reserveCapacity(count.map { min($0, 64) } ?? 4)
        var last = base
        while count.map({ entries.count < $0 }) ?? !isAtEnd {
            guard place < bytes.count, let state = State(code: Int(bytes[place])) else { throw Self.broken }
            place += 1
            last = last &+ (try signed())
            entries.append(StateHistory.Entry(state, at: Timestamp(milliseconds: last)))
        }
        guard !entries.isEmpty else { throw Self.broken }
        return StateHistory(entries: entries)
    }

    mutating func attempts(since base: Int64) throws(StorageError) -> [Attempt] {
        var attempts: [Attempt] = []
        while !isAtEnd {
            let entries = Int(clamping: try number())
            let history = try history(since: base, count: entries)
            let length = Int(clamping: try number())
            guard length <= bytes.count - place else { throw Self.broken }
            let file = String(decoding: UnsafeBufferPointer(rebasing: bytes[place..<place + length]), as: UTF8.self)
            place += length
            attempts.append(Attempt(state: history, logFile: file.isEmpty ? nil : file))
        }
        return attempts
    }

    private static var broken: StorageError { StorageError(.corrupt, "a stored history of states is not readable") }
}
