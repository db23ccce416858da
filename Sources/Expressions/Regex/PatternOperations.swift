import FlowModel

/// What filters and methods do with patterns.
extension Pattern {
    /// Whether the whole text matches.
    func matchesWhole(_ text: String, _ run: Rendering) throws(ExpressionError) -> Bool {
        var matcher = PatternMatcher(self, text.patternScalars)
        let match = try matcher.match(at: 0, whole: true)
        try run.step(at: 0, weight: matcher.steps >> 8)
        return match != nil
    }

    /// The first match; nil when there is none.
    func firstMatch(in text: String, _ run: Rendering) throws(ExpressionError) -> (
        groups: [String?], names: [String: Int]
    )? {
        var matcher = PatternMatcher(self, text.patternScalars)
        let match = try matcher.next(from: 0)
        try run.step(at: 0, weight: matcher.steps >> 8)
        guard let match else { return nil }
        return (match.groups.map { $0.map { String(scalars: matcher.text[$0]) } }, names)
    }

    /// All matches, one after the other; an empty one is followed by the next character.
    func allMatches(in text: [UInt32], _ run: Rendering) throws(ExpressionError) -> [PatternMatcher.Match] {
        var matcher = PatternMatcher(self, text)
        var matches: [PatternMatcher.Match] = []
        var position = 0
        while position <= text.count, let match = try matcher.next(from: position) {
            matches.append(match)
            guard matches.count <= run.scope.limits.elements else {
                throw .evaluation("The regular expression '\(source)' matches too often.")
            }
            position = match.range.isEmpty ? match.range.upperBound + 1 : match.range.upperBound
        }
        try run.step(at: 0, weight: matcher.steps >> 8)
        return matches
    }

    /// The pieces between matches, as Java's `split` gives them: `limit` > 0 at most so many, 0 without empty ones at
    /// the end, negative all.
    func split(_ text: String, limit: Int, _ run: Rendering) throws(ExpressionError) -> [String] {
        let scalars = text.patternScalars
        var pieces: [String] = []
        var start = 0
        for match in try allMatches(in: scalars, run) {
            if limit > 0, pieces.count == limit - 1 { break }
            if match.range.upperBound == 0 { continue }
            if match.range.isEmpty, match.range.lowerBound == scalars.count { continue }
            pieces.append(String(scalars: scalars[start..<match.range.lowerBound]))
            start = match.range.upperBound
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
        let scalars = text.patternScalars
        let parts = try ReplacementPart.parse(replacement, groups: groupCount, names: names)
        var result = String.UnicodeScalarView()
        var position = 0
        for match in try allMatches(in: scalars, run) {
            result.append(scalars: scalars[position..<match.range.lowerBound])
            for part in parts {
                switch part {
                case .text(let text): result.append(contentsOf: text.unicodeScalars)
                case .group(let index):
                    if let range = match.groups[index] { result.append(scalars: scalars[range]) }
                }
            }
            position = match.range.upperBound
            if result.count & 0xFF == 0 { try run.charge(String(result), at: 0) }
            if onlyFirst { break }
        }
        result.append(scalars: scalars[position...])
        return String(result)
    }
}

/// A piece of a replacement text.
private enum ReplacementPart {
    case text(String)
    case group(Int)

    static func parse(
        _ source: String, groups: Int, names: [String: Int]
    ) throws(ExpressionError) -> [ReplacementPart] {
        guard source.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\\") }) else {
            return [.text(source)]
        }
        var parts: [ReplacementPart] = []
        var plain = ""
        var rest = Substring(source)
        while let character = rest.popFirst() {
            if character == "\\" {
                guard let next = rest.popFirst() else { throw .evaluation("character to be escaped is missing") }
                plain.append(next)
            } else if character == "$" {
                parts.append(.text(plain))
                plain = ""
                parts.append(.group(try group(&rest, groups, names)))
            } else {
                plain.append(character)
            }
        }
        parts.append(.text(plain))
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
        var view = UnicodeScalarView()
        view.append(scalars: scalars)
        self.init(view)
    }
}

extension String.UnicodeScalarView {
    fileprivate mutating func append(scalars: ArraySlice<UInt32>) {
        for value in scalars { if let scalar = Unicode.Scalar(value) { append(scalar) } }
    }
}
