import Synchronization

/// A regular expression of Java's syntax: compiled to instructions of a small machine that tries alternatives in order
/// and goes back where one fails. Works on Unicode scalars.
///
/// What is not known here is refused at compile time; a match that needs too many steps is given up with an error.
final class Pattern: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32)
        /// A character in any case; given in lower case.
        case folded(UInt32)
        case any
        case anyButLineEnd
        case set(Int)
        /// Tries the first place, then the second.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case textStart
        case textEnd
        case lastLineEnd
        case lineStart
        case lineEnd
        case wordBoundary(Bool)
        case reference(Int, ignoresCase: Bool)
        /// Looks whether the instructions up to `end` match here (`ahead`) or up to here, or do not.
        case look(ahead: Bool, negative: Bool, end: Int)
        /// Takes the first match of the instructions up to `end` for good.
        case atomic(end: Int)
        /// Remembers where a round of a loop begins.
        case mark(Int)
        /// The next instruction, which takes one character, as often as it matches, giving back one after the other.
        case run
        /// Ends a loop whose round matched nothing.
        case progress(Int, exit: Int)
        case match
    }

    let source: String
    let instructions: [Instruction]
    let sets: [CharacterSet]
    /// Two slots a group, the whole match being group 0.
    let groupCount: Int
    let markCount: Int
    let names: [String: Int]
    /// The character with which every match begins, where it is known.
    let firstScalar: UInt32?

    /// Options of the whole expression.
    struct Options: Sendable, Hashable {
        var ignoresCase = false
        /// `^` and `$` at every line.
        var isMultiline = false
        /// `.` matches line ends too.
        var dotMatchesAll = false
        /// Blanks and `#` comments are not part of it.
        var isExtended = false
    }

    init(_ source: String, _ options: Options = Options()) throws(ExpressionError) {
        var parser = PatternParser(source, options)
        try parser.parse()
        self.source = source
        instructions = parser.instructions
        sets = parser.sets
        groupCount = parser.groupCount
        markCount = parser.markCount
        names = parser.names
        if parser.instructions.count > 1, case .scalar(let first) = parser.instructions[1] {
            firstScalar = first
        } else {
            firstScalar = nil
        }
    }

    // MARK: - Cache

    private struct Key: Hashable {
        let source: String
        let options: Options
    }

    private static let cache = Mutex<[Key: Pattern]>([:])
    /// Instructions and bytes of an expression that is kept.
    private static let largest = 2000

    /// The compiled expression, from the last few hundred if it was used before.
    static func cached(_ source: String, _ options: Options = Options()) throws(ExpressionError) -> Pattern {
        let key = Key(source: source, options: options)
        if let known = cache.withLock({ $0[key] }) { return known }
        let pattern = try Pattern(source, options)
        guard pattern.instructions.count <= largest, source.utf8.count <= largest else { return pattern }
        cache.withLock { cache in
            if cache.count >= 256 { cache.removeAll() }
            cache[key] = pattern
        }
        return pattern
    }
}
