/// A document's text with its lines, for telling places in it: made when something is to be told, never kept.
///
/// Lines end where YAML has them end: LF, CR, CRLF, NEL, LS and PS. Columns count code points, as the marks of nodes do.
public struct SourceText: Sendable {
    public let text: String
    /// Where each line begins, in bytes.
    private let starts: [Int]

    public init(_ text: String) {
        var native = text
        native.makeContiguousUTF8()
        self.text = native
        var starts = [0]
        native.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let length = Self.breakLength(bytes, at: index)
                index += max(1, length)
                if length > 0 { starts.append(index) }
            }
        }
        self.starts = starts
    }

    /// The bytes of the line break at `index`; 0 when there is none.
    private static func breakLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        func byte(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
        switch bytes[index] {
        case 0x0A: return 1
        case 0x0D: return byte(1) == 0x0A ? 2 : 1
        case 0xC2: return byte(1) == 0x85 ? 2 : 0
        case 0xE2: return byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9) ? 3 : 0
        default: return 0
        }
    }

    /// A line without its end, counted from 1; nil when there is none.
    public func line(_ number: Int) -> Substring? {
        guard starts.indices.contains(number - 1) else { return nil }
        let end = number < starts.count ? starts[number] : text.utf8.count
        let line = text[index(starts[number - 1])..<index(end)]
        return line.last.map { $0.isNewline } == true ? line.dropLast() : line
    }

    func index(_ offset: Int) -> String.Index { text.utf8.index(text.startIndex, offsetBy: offset) }

    /// Where a mark lies; nil when the text has no such place.
    func index(of mark: Mark) -> String.Index? {
        guard starts.indices.contains(Int(mark.line) - 1), mark.column > 0 else { return nil }
        let line = text.unicodeScalars[index(starts[Int(mark.line) - 1])...]
        return line.index(line.startIndex, offsetBy: Int(mark.column) - 1, limitedBy: line.endIndex)
    }

    func mark(at index: String.Index) -> Mark {
        let offset = text.utf8.distance(from: text.startIndex, to: index)
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = text.unicodeScalars.distance(from: self.index(starts[low]), to: index)
        return Mark(line: low + 1, column: column + 1)
    }
}
