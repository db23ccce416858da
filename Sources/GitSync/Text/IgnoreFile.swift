/// The rules of a `.kestraignore` file: the syntax of `gitignore(5)`, relative to the folder it stands in.
///
/// Source: git-tasks spec §2.3; gitignore(5).
public struct IgnoreFile: Sendable {
    public static let name = ".kestraignore"
    /// Ignores nothing.
    public static let none = IgnoreFile("")

    private struct Rule: Sendable {
        var machine: GlobMachine
        var includes: Bool
        var onlyFolders: Bool
    }

    private var rules: [Rule] = []

    public init(_ text: String) {
        // A mark of the byte order is no part of the first pattern.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            if let rule = Self.rule(Array(line.unicodeScalars)) { rules.append(rule) }
        }
    }

    /// Whether a file is ignored: itself, or one of the folders it lies in.
    public func ignores(file path: String) -> Bool {
        guard !rules.isEmpty else { return false }
        var end = path.startIndex
        while let slash = path[end...].firstIndex(of: "/") {
            if verdict(String(path[..<slash]), isFolder: true) { return true }
            end = path.index(after: slash)
        }
        return verdict(path, isFolder: false)
    }

    private func verdict(_ path: String, isFolder: Bool) -> Bool {
        for rule in rules.reversed() where isFolder || !rule.onlyFolders {
            if rule.machine.matches(path) { return !rule.includes }
        }
        return false
    }

    private static func rule(_ line: [UnicodeScalar]) -> Rule? {
        var line = line[...]
        while let last = line.last, last == " " || last == "\t" {
            if line.count >= 2, line[line.endIndex - 2] == "\\" { break }
            line.removeLast()
        }
        guard let first = line.first, first != "#" else { return nil }
        var includes = false
        if first == "!" {
            includes = true
            line.removeFirst()
        }
        var onlyFolders = false
        if line.last == "/" {
            onlyFolders = true
            line.removeLast()
        }
        guard !line.isEmpty else { return nil }
        var steps: [GlobMachine.Step] = []
        if line.first == "/" {
            line.removeFirst()
        } else if !line.contains("/") {
            steps = [.folders, .insideFolders]
        }
        guard let compiled = compiled(line) else { return nil }
        return Rule(machine: GlobMachine(steps + compiled), includes: includes, onlyFolders: onlyFolders)
    }

    /// Nil for a pattern that matches nothing, such as one with an open `[`.
    private static func compiled(_ text: ArraySlice<UnicodeScalar>) -> [GlobMachine.Step]? {
        var steps: [GlobMachine.Step] = []
        var i = text.startIndex
        while i < text.endIndex {
            switch text[i] {
            case "\\":
                guard i + 1 < text.endIndex else { return nil }
                steps.append(.character(text[i + 1]))
                i += 2
            case "*":
                var end = i
                while end < text.endIndex, text[end] == "*" { end += 1 }
                let startsPart = i == text.startIndex || text[i - 1] == "/"
                if end - i == 2, startsPart, end < text.endIndex, text[end] == "/" {
                    steps += [.folders, .insideFolders]
                    i = end + 1
                } else if end - i == 2, startsPart, end == text.endIndex {
                    steps.append(.anything)
                    i = end
                } else {
                    steps.append(.run)
                    i = end
                }
            case "?":
                steps.append(.anyOne)
                i += 1
            case "[":
                guard let (step, end) = GlobMachine.set(text[(i + 1)...], negations: ["!", "^"]) else { return nil }
                steps.append(step)
                i = end
            default:
                steps.append(.character(text[i]))
                i += 1
            }
        }
        return steps
    }
}
