/// Finding and replacing plain texts, by bytes: two texts match only when their bytes do.
enum TextSearch {
    static func contains(_ part: String, in text: String) -> Bool {
        first(Array(part.utf8), in: Array(text.utf8), from: 0) != nil
    }

    /// The byte offset of the first occurrence of `needle` at or after `start`.
    static func first(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard start <= bytes.count else { return nil }
        if needle.isEmpty { return start }
        guard bytes.count - start >= needle.count else { return nil }
        var position = start
        // Comparing from every place on is quick as long as texts differ early; what repeats itself is found otherwise.
        var patience = 64 + 4 * bytes.count
        let found: Int? = bytes.withUnsafeBufferPointer { text in
            needle.withUnsafeBufferPointer { needle in
                let (lead, last) = (needle[0], text.count - needle.count)
                while position <= last, patience > 0 {
                    if text[position] == lead {
                        var matched = 1
                        while matched < needle.count, text[position + matched] == needle[matched] { matched += 1 }
                        if matched == needle.count { return position }
                        patience -= matched
                    }
                    position += 1
                }
                return nil
            }
        }
        if found != nil || patience > 0 { return found }
        return places(of: needle, in: Array(bytes[position...]), atMost: 1).first.map { $0 + position }
    }

    /// The byte offset of the last occurrence of `part`.
    static func last(_ part: [UInt8], in bytes: [UInt8]) -> Int? {
        if part.isEmpty { return bytes.count }
        return places(of: part.reversed(), in: bytes.reversed(), atMost: 1).first.map { bytes.count - part.count - $0 }
    }

    /// All places where `part` stands, those that overlap too, in a time that does not depend on how it repeats itself
    /// (Knuth, Morris and Pratt).
    static func places<Item: Equatable>(of part: [Item], in items: [Item], atMost limit: Int = .max) -> [Int] {
        guard !part.isEmpty, part.count <= items.count else { return [] }
        var borders = [Int32](repeating: 0, count: part.count)
        var length = 0
        for index in 1..<part.count {
            while length > 0, part[index] != part[length] { length = Int(borders[length - 1]) }
            if part[index] == part[length] { length += 1 }
            borders[index] = Int32(truncatingIfNeeded: length)
        }
        var (places, matched) = ([Int](), 0)
        for (index, item) in items.enumerated() {
            while matched > 0, item != part[matched] { matched = Int(borders[matched - 1]) }
            if item == part[matched] { matched += 1 }
            guard matched == part.count else { continue }
            places.append(index - matched + 1)
            if places.count >= limit { break }
            matched = Int(borders[matched - 1])
        }
        return places
    }

    /// Every occurrence of `part` replaced. An empty part stands before every character and at the end, as in Java.
    static func replacing(
        _ part: String, with replacement: String, in text: String, limit: Int
    ) throws(ExpressionError) -> String {
        let bytes = Array(text.utf8)
        let needle = Array(part.utf8)
        let new = Array(replacement.utf8)
        var result: [UInt8] = []
        var position = 0
        func check() throws(ExpressionError) {
            if result.count > limit { throw .evaluation("The expression made a text of more than \(limit) bytes.") }
        }
        if needle.isEmpty {
            for byte in bytes {
                if byte & 0xC0 != 0x80 { result += new }
                result.append(byte)
                try check()
            }
            return String(decoding: result + new, as: UTF8.self)
        }
        while let found = first(needle, in: bytes, from: position) {
            result += bytes[position..<found]
            result += new
            position = found + needle.count
            try check()
        }
        if position == 0 { return text }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }
}
