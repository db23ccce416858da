/// A glob as Java's file systems know it: `*` and `?` stay within a path part, `**` does not, `{a,b}` are alternatives,
/// `\` escapes, a leading dot is not special, the whole text must fit. Source: git-tasks spec §2.7.
public struct JavaGlob: Sendable, Hashable {
    private let alternatives: [GlobMachine]

    /// - Throws: `invalid` for a pattern that does not end: an open `[` or `{`, a `\` at the end.
    public init(_ pattern: String) throws(GitError) {
        var machines: [GlobMachine] = []
        for text in try Self.expanded(Array(pattern.unicodeScalars), pattern) {
            machines.append(GlobMachine(try Self.compiled(text, pattern)))
        }
        alternatives = machines
    }

    public func matches(_ text: String) -> Bool { alternatives.contains { $0.matches(text) } }

    /// Writes the alternatives out; escaped characters keep their backslash.
    private static func expanded(_ text: [UnicodeScalar], _ pattern: String) throws(GitError) -> [[UnicodeScalar]] {
        var results: [[UnicodeScalar]] = [[]]
        var i = 0
        while i < text.count {
            switch text[i] {
            case "\\":
                guard i + 1 < text.count else { throw wrong(pattern, "ends with a backslash") }
                results = results.map { $0 + text[i...(i + 1)] }
                i += 2
            case "[":
                guard let end = GlobMachine.set(text[(i + 1)...], negations: ["!"])?.end else {
                    throw wrong(pattern, "has no ] for its [")
                }
                results = results.map { $0 + text[i..<end] }
                i = end
            case "{":
                var (choices, current) = ([[UnicodeScalar]](), [UnicodeScalar]())
                i += 1
                while i < text.count, text[i] != "}" {
                    if text[i] == "{" { throw wrong(pattern, "has a { inside of another") }
                    if text[i] == "\\", i + 1 < text.count {
                        current += text[i...(i + 1)]
                        i += 2
                    } else if text[i] == "," {
                        choices.append(current)
                        current = []
                        i += 1
                    } else {
                        current.append(text[i])
                        i += 1
                    }
                }
                guard i < text.count else { throw wrong(pattern, "has no } for its {") }
                choices.append(current)
                guard results.count * choices.count <= 1000 else { throw wrong(pattern, "has too many alternatives") }
                results = results.flatMap { start in choices.map { start + $0 } }
                i += 1
            default:
                results = results.map { $0 + [text[i]] }
                i += 1
            }
        }
        return results
    }

    private static func compiled(_ text: [UnicodeScalar], _ pattern: String) throws(GitError) -> [GlobMachine.Step] {
        var steps: [GlobMachine.Step] = []
        var i = 0
        while i < text.count {
            switch text[i] {
            case "\\" where i + 1 < text.count:
                steps.append(.character(text[i + 1]))
                i += 2
            case "*" where i + 1 < text.count && text[i + 1] == "*":
                steps.append(.anything)
                i += 2
            case "*":
                steps.append(.run)
                i += 1
            case "?":
                steps.append(.anyOne)
                i += 1
            case "[":
                guard let (step, end) = GlobMachine.set(text[(i + 1)...], negations: ["!"]) else {
                    throw wrong(pattern, "has no ] for its [")
                }
                steps.append(step)
                i = end
            default:
                steps.append(.character(text[i]))
                i += 1
            }
        }
        return steps
    }

    private static func wrong(_ pattern: String, _ why: String) -> GitError {
        GitError(.invalid, "the pattern \"\(pattern)\" \(why)", fix: "write a glob such as etl-*, {a,b}* or **")
    }
}
