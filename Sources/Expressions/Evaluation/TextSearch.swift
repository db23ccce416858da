/// Finding and replacing plain texts, by bytes: two texts match only when their bytes do.
enum TextSearch {
    static func contains(_ part: String, in text: String) -> Bool {
        first(Array(part.utf8), in: Array(text.utf8), from: 0) != nil
    }

    /// The byte offset of the first occurrence of `needle` at or after `start`.
    static func first(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let lead = needle.first else { return start <= bytes.count ? start : nil }
        guard bytes.count >= needle.count else { return nil }
        return bytes.withUnsafeBufferPointer { text in
            needle.withUnsafeBufferPointer { needle in
                var index = start
                let last = text.count - needle.count
                while index <= last {
                    if text[index] == lead {
                        var matched = 1
                        while matched < needle.count, text[index + matched] == needle[matched] { matched += 1 }
                        if matched == needle.count { return index }
                    }
                    index += 1
                }
                return nil
            }
        }
    }

    /// The byte offset of the last occurrence of `part`.
    static func last(_ part: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= part.count else { return nil }
        return stride(from: bytes.count - part.count, through: 0, by: -1).first { bytes[$0...].starts(with: part) }
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
