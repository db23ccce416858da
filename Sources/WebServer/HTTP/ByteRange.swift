/// One stretch of a file, as the header `Range` asks for it. Source: RFC 9110 §14.
enum ByteRange: Sendable, Hashable {
    /// There is no header, or one that is to be passed over: other units, several stretches, bad form.
    case whole
    case part(Range<Int>)
    /// Nothing of the file lies there: 416.
    case outside

    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, header.lowercased().hasPrefix("bytes=") else { return }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]) else { return }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let count?): self = count == 0 || size == 0 ? .outside : .part(max(size - count, 0)..<size)
        case (let start?, nil): self = start >= size ? .outside : .part(start..<size)
        case (let start?, let end?):
            if end < start { return }
            self = start >= size ? .outside : .part(start..<(min(end, size - 1) + 1))
        }
    }

    /// - Returns: nil for what is no number, a nil within for nothing at all.
    private static func number(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return .some(Int(text) ?? Int.max)
    }
}
