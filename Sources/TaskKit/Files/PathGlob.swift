/// A pattern over paths, read as Java's `glob` syntax: `?` and `*` stay within a name, `**` crosses folders, `[a-z]` and
/// `[!a-z]` are sets, `{a,b}` alternatives, `\` takes the next character as it is.
///
/// Unlike Java, `**/` also stands for no folder at all: `**/x.csv` finds `x.csv` at the top too. Source: engine spec §6.8.
public struct PathGlob: Sendable {
    /// Whether it is meant for absolute paths: it was written with `glob:` or `regex:` in front.
    public let isAbsolute: Bool
    private let alternatives: [[Piece]]
    /// A regular expression over the whole path, when it was written with `regex:` in front.
    private let expression: String?

    /// - Throws: for a pattern that cannot be read, such as one with a bracket left open.
    public init(_ pattern: String) throws(PropertyProblem) {
        if pattern.hasPrefix("regex:") {
            let text = String(pattern.dropFirst(6))
            guard (try? Regex(text)) != nil else {
                throw PropertyProblem("has the pattern `\(pattern)`, which is no regular expression")
            }
            (isAbsolute, alternatives, expression) = (true, [], text)
            return
        }
        isAbsolute = pattern.hasPrefix("glob:")
        expression = nil
        var reader = GlobReader(isAbsolute ? pattern.dropFirst(5) : pattern[...])
        alternatives = try reader.read()
    }

    /// Whether the whole path fits the pattern.
    public func matches(_ path: String) -> Bool {
        if let expression {
            guard let regex = try? Regex(expression) else { return false }
            return path.wholeMatch(of: regex) != nil
        }
        let scalars = Array(path.unicodeScalars)
        return alternatives.contains { Self.matches(scalars, $0) }
    }

    /// Walks all places in the pattern at once, so that no pattern takes long.
    private static func matches(_ path: [Unicode.Scalar], _ pieces: [Piece]) -> Bool {
        var active = Set<Int>()
        reach(0, pieces, &active)
        for scalar in path {
            var next = Set<Int>()
            for place in active where place < pieces.count {
                let piece = pieces[place]
                guard piece.takes(scalar) else { continue }
                switch piece {
                case .star, .deep: reach(place, pieces, &next)
                case .inFolders:
                    next.insert(place)
                    if scalar == "/" { reach(place + 1, pieces, &next) }
                default: reach(place + 1, pieces, &next)
                }
            }
            active = next
            if active.isEmpty { return false }
        }
        return active.contains(pieces.count)
    }

    private static func reach(_ place: Int, _ pieces: [Piece], _ active: inout Set<Int>) {
        guard active.insert(place).inserted, place < pieces.count else { return }
        switch pieces[place] {
        case .star, .deep: reach(place + 1, pieces, &active)
        case .folders:
            reach(place + 1, pieces, &active)
            reach(place + 2, pieces, &active)
        default: break
        }
    }

    enum Piece: Sendable {
        case literal(Unicode.Scalar)
        case anyInName
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
        case star
        case deep
        /// Zero or more whole folders; always followed by `inFolders`, which takes their characters.
        case folders
        case inFolders

        func takes(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .literal(let own): own == scalar
            case .anyInName, .star: scalar != "/"
            case .set(let ranges, let isNegated):
                scalar != "/" && ranges.contains { $0.contains(scalar) } != isNegated
            case .deep, .inFolders: true
            case .folders: false
            }
        }
    }
}

/// Reads the text of a glob into its alternatives.
private struct GlobReader {
    private static let mostAlternatives = 256

    private let pattern: Substring
    private var rest: Substring.UnicodeScalarView
    private var alternatives: [[PathGlob.Piece]] = [[]]
    /// The alternatives as they were before the group that is open, and those that its members have made so far.
    private var group: (before: [[PathGlob.Piece]], made: [[PathGlob.Piece]])?

    init(_ pattern: Substring) {
        self.pattern = pattern
        rest = pattern.unicodeScalars
    }

    mutating func read() throws(PropertyProblem) -> [[PathGlob.Piece]] {
        var isAtStart = true
        while let scalar = rest.popFirst() {
            let startsName = isAtStart
            isAtStart = scalar == "/"
            switch scalar {
            case "\\":
                guard let next = rest.popFirst() else { throw problem("ends in a backslash") }
                append(.literal(next))
            case "?": append(.anyInName)
            case "*": isAtStart = stars(startsName: startsName)
            case "[": append(try set())
            case "{":
                guard group == nil else { throw problem("has a group within a group") }
                group = (alternatives, [])
            case "}" where group != nil:
                closeMember()
                if let group { alternatives = group.made }
                group = nil
                guard alternatives.count <= Self.mostAlternatives else { throw problem("has too many alternatives") }
            case "," where group != nil: closeMember()
            default: append(.literal(scalar))
            }
        }
        guard group == nil else { throw problem("has a group that is not closed") }
        return alternatives
    }

    private mutating func append(_ piece: PathGlob.Piece) {
        for index in alternatives.indices { alternatives[index].append(piece) }
    }

    private mutating func closeMember() {
        guard let open = group else { return }
        group = (open.before, open.made + alternatives)
        alternatives = open.before
    }

    /// Reads on after a star. Returns whether what follows begins a name.
    private mutating func stars(startsName: Bool) -> Bool {
        guard rest.first == "*" else {
            append(.star)
            return false
        }
        while rest.first == "*" { rest.removeFirst() }
        guard startsName, rest.first == "/" else {
            append(.deep)
            return false
        }
        rest.removeFirst()
        append(.folders)
        append(.inFolders)
        return true
    }

    private mutating func set() throws(PropertyProblem) -> PathGlob.Piece {
        var isNegated = false
        if rest.first == "!" || rest.first == "^" {
            isNegated = true
            rest.removeFirst()
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let scalar = rest.popFirst() {
            if scalar == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
            if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
                rest.removeFirst(2)
                guard scalar <= end else { throw problem("has a set whose range runs backwards") }
                ranges.append(scalar...end)
            } else {
                ranges.append(scalar...scalar)
            }
        }
        throw problem("has a set that is not closed")
    }

    private func problem(_ what: String) -> PropertyProblem {
        PropertyProblem("has the pattern `\(pattern)`, which \(what)")
    }
}
