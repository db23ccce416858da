/// Cuts the bytes of an output into lines as they come. A line ends with LF, CR or both, or with the output.
///
/// Bounded: a line longer than `longestLine` bytes comes in pieces; only one that begins like a message to the server
/// (`::{`) is kept together up to `longestMessage`, and beyond it does not come at all: its size is told in `tooLong`.
/// Bytes that are no UTF-8 come as U+FFFD.
struct LineSplitter {
    static let longestLine = 64 * 1024
    static let longestMessage = ScriptListener.mostMessageBytes

    /// The sizes in bytes of the messages that were too long, since somebody took them from here.
    var tooLong: [Int] = []
    private var pending: [UInt8] = []
    /// The bytes of a message that is too long and has not ended.
    private var skipped = 0
    private var endedWithReturn = false

    mutating func take(_ bytes: UnsafeRawBufferPointer, line: (String) -> Void) {
        var start = 0
        if endedWithReturn, let first = bytes.first {
            if first == UInt8(ascii: "\n") { start = 1 }
            endedWithReturn = false
        }
        while start < bytes.count {
            let rest = bytes[start...]
            let end = rest.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            keep(UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.endIndex)]), line: line)
            guard let end else { return }
            if !endSkipping() { line(String(decoding: pending, as: UTF8.self)) }
            pending.removeAll(keepingCapacity: pending.capacity <= Self.longestLine)
            start = end + 1
            guard bytes[end] == UInt8(ascii: "\r") else { continue }
            if start == bytes.count {
                endedWithReturn = true
            } else if bytes[start] == UInt8(ascii: "\n") {
                start += 1
            }
        }
    }

    /// Gives the last line where the output did not end with a line end.
    mutating func finish(line: (String) -> Void) {
        if !endSkipping(), !pending.isEmpty { line(String(decoding: pending, as: UTF8.self)) }
        pending = []
    }

    private mutating func endSkipping() -> Bool {
        if skipped == 0 { return false }
        tooLong.append(skipped)
        skipped = 0
        return true
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, line: (String) -> Void) {
        if skipped > 0 {
            skipped += bytes.count
            return
        }
        pending.append(contentsOf: bytes)
        while pending.count > limit {
            if limit == Self.longestMessage {
                skipped = pending.count
                pending = []
                return
            }
            var cut = limit
            while cut > limit - 4, pending[cut] & 0xC0 == 0x80 { cut -= 1 }  // never within a character
            line(String(decoding: pending[..<cut], as: UTF8.self))
            pending.removeFirst(cut)
        }
    }

    private var limit: Int { pending.starts(with: "::{".utf8) ? Self.longestMessage : Self.longestLine }
}
