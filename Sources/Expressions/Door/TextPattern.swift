/// A regular expression of Java's syntax that other rooms match texts with. A match that needs too many steps is given
/// up, so no text can make a pattern run for ever.
public struct TextPattern: Sendable {
    private let pattern: Pattern

    /// - Throws: what cannot be read in it, or is not known here.
    public init(_ source: String) throws(ExpressionError) { pattern = try Pattern.cached(source) }

    /// Whether the whole text matches.
    /// - Throws: when that takes too many steps to find out.
    public func matchesWhole(_ text: String) throws(ExpressionError) -> Bool {
        var matcher = PatternMatcher(pattern, text.patternScalars)
        return try matcher.match(at: 0, whole: true) != nil
    }
}
