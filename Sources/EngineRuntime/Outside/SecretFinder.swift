/// Finds many texts in one pass over another one: a filter on three bytes at each place, then a look at the few candidates.
struct SecretFinder: Sendable {
    private struct Pattern: Sendable {
        var bytes: [UInt8]
        var takesBefore: Bool
        var takesAfter: Bool
        /// Which secret it is a form of, and how long that one is.
        var secret: Int
        var length: Int
    }

    /// Sorted by `keys`, the longest first among equals.
    private let patterns: [Pattern]
    /// The first three bytes of each pattern as one number.
    private let keys: [UInt32]
    private let filter: [UInt64]
    private let shift: UInt32

    init(_ secrets: [String]) {
        var all: [(key: UInt32, pattern: Pattern)] = []
        for (number, secret) in secrets.enumerated() {
            for form in SecretForms(of: secret).all {
                let key = UInt32(form.bytes[0]) << 16 | UInt32(form.bytes[1]) << 8 | UInt32(form.bytes[2])
                let pattern = Pattern(
                    bytes: form.bytes, takesBefore: form.takesBefore, takesAfter: form.takesAfter, secret: number,
                    length: secret.utf8.count)
                all.append((key, pattern))
            }
        }
        all.sort { ($0.key, $1.pattern.bytes.count) < ($1.key, $0.pattern.bytes.count) }
        patterns = all.map(\.pattern)
        keys = all.map(\.key)
        var bits: UInt32 = 9
        while bits < 16, 1 << bits < 32 * all.count { bits += 1 }
        shift = 32 - bits
        var filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
        for key in keys {
            let place = Self.place(key, 32 - bits)
            filter[place >> 6] |= 1 << UInt64(place & 63)
        }
        self.filter = filter
    }

    private static func place(_ key: UInt32, _ shift: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> shift) }

    /// What of a text is to be hidden: ranges, ascending, that neither touch nor overlap, and how many secrets are in them.
    /// Secrets that overlap are hidden whole.
    /// - Parameter shortest: forms of shorter secrets are passed over.
    func find(in text: UnsafeBufferPointer<UInt8>, shortest: Int = 0) -> (ranges: [Range<Int>], secrets: Int) {
        var ranges: [Range<Int>] = []
        var found: Set<Int> = []
        guard text.count >= 3, !keys.isEmpty else { return ([], 0) }
        filter.withUnsafeBufferPointer { filter in
            var key = UInt32(text[0]) << 8 | UInt32(text[1])
            for index in 0..<(text.count - 2) {
                key = (key << 8 | UInt32(text[index + 2])) & 0xFF_FFFF
                let place = Self.place(key, shift)
                guard filter[place >> 6] >> UInt64(place & 63) & 1 == 1,
                    let pattern = match(key, at: index, in: text, shortest: shortest)
                else { continue }
                found.insert(pattern.secret)
                var range = index..<(index + pattern.bytes.count)
                if pattern.takesBefore, index > 0, Self.isBase64(text[index - 1]) {
                    range = (index - 1)..<range.upperBound
                }
                if pattern.takesAfter, range.upperBound < text.count, Self.isBase64(text[range.upperBound]) {
                    range = range.lowerBound..<(range.upperBound + 1)
                }
                if let last = ranges.last, last.upperBound >= range.lowerBound {
                    ranges[ranges.count - 1] =
                        min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
                } else {
                    ranges.append(range)
                }
            }
        }
        return (ranges, found.count)
    }

    /// The longest pattern at a place.
    private func match(
        _ key: UInt32, at index: Int, in text: UnsafeBufferPointer<UInt8>, shortest: Int
    ) -> Pattern? {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        let rest = text.count - index
        while low < keys.count, keys[low] == key {
            let pattern = patterns[low]
            if pattern.bytes.count <= rest, pattern.length >= shortest,
                pattern.bytes.elementsEqual(text[index..<(index + pattern.bytes.count)])
            {
                return pattern
            }
            low += 1
        }
        return nil
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
