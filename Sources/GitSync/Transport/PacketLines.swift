/// Git's framing of lines: four hexadecimal digits with the length, then the content.
enum Packet: Sendable, Equatable {
    case line([UInt8])
    /// `0000`: the end of a message.
    case flush
    /// `0001`: the end of a section.
    case delimiter
    /// `0002`: the end of an answer.
    case responseEnd

    /// A line's text without its newline.
    var text: String? {
        guard case .line(var bytes) = self else { return nil }
        if bytes.last == 10 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Cuts a stream of bytes into packets, whatever the borders of its chunks.
struct PacketReader {
    private var buffer: [UInt8] = []
    private var start = 0

    /// Bytes of an unfinished packet.
    var isEmpty: Bool { start == buffer.count }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0, start == buffer.count || start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole packet; nil when more bytes are needed.
    mutating func next() throws(GitError) -> Packet? {
        guard buffer.count - start >= 4 else { return nil }
        var length = 0
        for i in 0..<4 {
            guard let digit = Character(UnicodeScalar(buffer[start + i])).hexDigitValue else {
                throw GitError(.protocolTrouble, "the remote's answer is not in Git's form")
            }
            length = length << 4 | digit
        }
        switch length {
        case 0, 1, 2:
            start += 4
            return length == 0 ? .flush : length == 1 ? .delimiter : .responseEnd
        case 3: throw GitError(.protocolTrouble, "the remote's answer is not in Git's form")
        default:
            guard buffer.count - start >= length else { return nil }
            defer { start += length }
            return .line(Array(buffer[(start + 4)..<(start + length)]))
        }
    }

    /// All packets of a complete message.
    static func all(of bytes: some Sequence<UInt8>) throws(GitError) -> [Packet] {
        var reader = PacketReader()
        reader.append(bytes)
        var packets: [Packet] = []
        while let packet = try reader.next() { packets.append(packet) }
        return packets
    }
}

/// Writes packets one after the other.
struct PacketWriter {
    private(set) var bytes: [UInt8] = []

    mutating func line(_ text: String) {
        let digits = String(text.utf8.count + 5, radix: 16)
        bytes.append(contentsOf: String(repeating: "0", count: 4 - digits.count).utf8)
        bytes.append(contentsOf: digits.utf8)
        bytes.append(contentsOf: text.utf8)
        bytes.append(10)
    }

    mutating func flush() { bytes.append(contentsOf: "0000".utf8) }
    mutating func delimiter() { bytes.append(contentsOf: "0001".utf8) }
    mutating func raw(_ more: [UInt8]) { bytes.append(contentsOf: more) }
}
