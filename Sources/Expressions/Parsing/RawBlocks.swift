/// Finds and removes `{% raw %}…{% endraw %}`. Source: expressions spec §7.8; blocks may span lines here.
enum RawBlocks {
    /// The blocks of a template, markers included, ascending.
    static func find(in bytes: [UInt8]) -> [Range<Int>] { pairs(in: bytes[...]).map(\.whole) }

    /// The text without the markers of its raw blocks.
    static func removed(from text: String) -> String {
        guard mayHold(text) else { return text }
        let bytes = Array(text.utf8)
        let pairs = pairs(in: bytes[...])
        guard !pairs.isEmpty else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for pair in pairs {
            result += bytes[position..<pair.whole.lowerBound]
            result += bytes[pair.inner]
            position = pair.whole.upperBound
        }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }

    /// A quick look for `{%`.
    private static func mayHold(_ text: String) -> Bool {
        let found = text.utf8.withContiguousStorageIfAvailable { bytes -> Bool in
            guard bytes.count > 16 else { return false }
            for index in 0..<(bytes.count - 1) where bytes[index] == 0x7B && bytes[index + 1] == 0x25 { return true }
            return false
        }
        return found ?? true
    }

    private typealias Pair = (whole: Range<Int>, inner: Range<Int>)

    private static func pairs(in bytes: ArraySlice<UInt8>) -> [Pair] {
        var pairs: [Pair] = []
        var position = bytes.startIndex
        while let open = nextMarker("raw", in: bytes, from: position) {
            guard let close = nextMarker("endraw", in: bytes, from: open.upperBound) else { break }
            pairs.append((open.lowerBound..<close.upperBound, open.upperBound..<close.lowerBound))
            position = close.upperBound
        }
        return pairs
    }

    private static func nextMarker(_ word: String, in bytes: ArraySlice<UInt8>, from start: Int) -> Range<Int>? {
        var index = start
        while index + 1 < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "%"),
                let end = endOfMarker(word, in: bytes, from: index + 2)
            {
                return index..<end
            }
            index += 1
        }
        return nil
    }

    /// After `{%`: dashes, blanks, the word, blanks, dashes, `%}`.
    private static func endOfMarker(_ word: String, in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        var index = start
        func skip(_ matches: (UInt8) -> Bool) {
            while index < bytes.endIndex, matches(bytes[index]) { index += 1 }
        }
        skip { $0 == UInt8(ascii: "-") }
        skip(Lexer.isBlank)
        guard bytes[index...].starts(with: word.utf8) else { return nil }
        index += word.utf8.count
        skip(Lexer.isBlank)
        skip { $0 == UInt8(ascii: "-") }
        return bytes[index...].starts(with: "%}".utf8) ? index + 2 : nil
    }
}
