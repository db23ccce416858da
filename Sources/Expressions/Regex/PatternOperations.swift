import FlowModel

/// What filters and methods do with patterns.
extension Pattern {
    /// Whether the whole text matches.
    func matchesWhole(_ text: String, _ run: Rendering) throws(ExpressionError) -> Bool {
        var matcher = PatternMatcher(self, try scalars(of: text, run), run)
        let match = try matcher.match(at: 0, whole: true)
        try run.step(weight: matcher.steps >> 8)
        return match != nil
    }

    /// The first match; nil when there is none.
    func firstMatch(in text: String, _ run: Rendering) throws(ExpressionError) -> (
        groups: [String?], names: [String: Int]
    )? {
        var matcher = PatternMatcher(self, try scalars(of: text, run), run)
        let match = try matcher.next(from: 0)
        try run.step(weight: matcher.steps >> 8)
        guard let match else { return nil }
        return (match.groups.map { $0.map { String(scalars: matcher.text[$0]) } }, names)
    }

    /// What patterns work on; four bytes a character.
    func scalars(of text: String, _ run: Rendering) throws(ExpressionError) -> [UInt32] {
        let bytes = text.utf8.count
        if bytes > 4096 {
            try run.read(bytes: 4 * bytes)
            try run.allocate(4 * bytes)
        }
        return text.patternScalars
    }

    /// Hands on all matches, one after the other, until told that it is enough; an empty one is followed by the next
    /// character.
    func forEachMatch(
        in text: [UInt32], _ run: Rendering, _ take: (PatternMatcher.Match) throws(ExpressionError) -> Bool
    ) throws(ExpressionError) {
        var matcher = PatternMatcher(self, text, run)
        var (position, count) = (0, 0)
        while position <= text.count, let match = try matcher.next(from: position) {
            count += 1
            guard count <= run.scope.limits.elements else {
                throw .evaluation("The regular expression '\(source)' matches too often.")
            }
            if count & 0x3F == 0 { try run.step() }
            guard try take(match) else { break }
            position = match.range.isEmpty ? match.range.upperBound + 1 : match.range.upperBound
        }
        try run.step(weight: matcher.steps >> 8)
    }

    /// All matches in a list.
    func allMatches(in text: [UInt32], _ run: Rendering) throws(ExpressionError) -> [PatternMatcher.Match] {
        var matches: [PatternMatcher.Match] = []
        try forEachMatch(in: text, run) { (match) throws(ExpressionError) in
            matches.append(match)
            try run.allocate(96 + 32 * groupCount)
            return true
        }
        return matches
    }

    /// The pieces between matches, as Java's `split` gives them: `limit` > 0 at most so many, 0 without empty ones at
    /// the end, negative all.
    func split(_ text: String, limit: Int, _ run: Rendering) throws(ExpressionError) -> [String] {
        let scalars = try scalars(of: text, run)
        var pieces: [String] = []
        var start = 0
        try forEachMatch(in: scalars, run) { (match) throws(ExpressionError) in
            if limit > 0, pieces.count == limit - 1 { return false }
            if match.range.upperBound == 0 { return true }
            if match.range.isEmpty, match.range.lowerBound == scalars.count { return true }
            let piece = scalars[start..<match.range.lowerBound]
            try run.allocate(2 * Weights.item + Weights.text(piece.count))
            pieces.append(String(scalars: piece))
            start = match.range.upperBound
            return true
        }
        if start == 0, pieces.isEmpty { return [text] }
        pieces.append(String(scalars: scalars[start...]))
        if limit == 0 { while pieces.last?.isEmpty == true { pieces.removeLast() } }
        return pieces
    }

    /// Every match replaced. In the replacement `$1` and `${name}` are groups and a backslash makes the next character
    /// plain.
    func replacing(
        in text: String, with replacement: String, onlyFirst: Bool = false, _ run: Rendering
    ) throws(ExpressionError) -> String {
        let scalars = try scalars(of: text, run)
        let parts = try ReplacementPart.parse(replacement, groups: groupCount, names: names)
        var result: [UInt8] = []
        var position = 0
        let limit = run.scope.limits.outputBytes
        try forEachMatch(in: scalars, run) { (match) throws(ExpressionError) in
            result.append(scalars: scalars[position..<match.range.lowerBound])
            for part in parts {
                switch part {
                case .text(let text): result += text
                case .group(let index):
                    if let range = match.groups[index] { result.append(scalars: scalars[range]) }
                }
            }
            guard result.count <= limit else { throw run.outputLimit() }
            position = match.range.upperBound
            return !onlyFirst
        }
        result.append(scalars: scalars[position...])
        return String(decoding: result, as: UTF8.self)
    }
}

/// A piece of a replacement text.
private enum ReplacementPart {
    /// Bytes of UTF-8.
    case text([UInt8])
    case group(Int)

    static func parse(
        _ source: String, groups: Int, names: [String: Int]
    ) throws(ExpressionError) -> [ReplacementPart] {
        guard source.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\\") }) else {
            return [.text(Array(source.utf8))]
        }
        var parts: [ReplacementPart] = []
        var plain = ""
        var rest = Substring(source)
        while let character = rest.popFirst() {
            if character == "\\" {
                guard let next = rest.popFirst() else { throw .evaluation("character to be escaped is missing") }
                plain.append(next)
            } else if character == "$" {
                parts.append(.text(Array(plain.utf8)))
                plain = ""
                parts.append(.group(try group(&rest, groups, names)))
            } else {
                plain.append(character)
            }
        }
        parts.append(.text(Array(plain.utf8)))
        return parts
    }

    private static func group(
        _ rest: inout Substring, _ groups: Int, _ names: [String: Int]
    ) throws(ExpressionError) -> Int {
        if rest.first == "{" {
            let name = rest.dropFirst().prefix { $0 != "}" }
            guard name.endIndex < rest.endIndex, let index = names[String(name)] else {
                throw .evaluation("No group with name {\(name)}")
            }
            rest = rest[rest.index(after: name.endIndex)...]
            return index
        }
        guard let digit = rest.first?.wholeNumberValue, rest.first?.isASCII == true else {
            throw .evaluation("Illegal group reference")
        }
        rest.removeFirst()
        var index = digit
        guard index < groups else { throw .evaluation("No group \(index)") }
        while let next = rest.first, next.isASCII, let digit = next.wholeNumberValue, index * 10 + digit < groups {
            index = index * 10 + digit
            rest.removeFirst()
        }
        return index
    }
}

extension String {
    /// What patterns work on.
    var patternScalars: [UInt32] { unicodeScalars.map(\.value) }

    init(scalars: ArraySlice<UInt32>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.count)
        bytes.append(scalars: scalars)
        self.init(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func append(scalars: ArraySlice<UInt32>) {
        for value in scalars {
            if value < 0x80 {
                append(UInt8(truncatingIfNeeded: value))
            } else if let scalar = Unicode.Scalar(value) {
                append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
