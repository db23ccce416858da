/// A mistake of the user's, said so that it can be mended: a stable code, the place, what is wrong and how to put it right.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable { case error, warning, info }

    /// A stable word for programs, such as `task.unknown-property`.
    public var code: String
    public var severity: Severity
    public var place: Place?
    /// Where in the document's structure: `tasks[1].type`.
    public var path: String?
    public var what: String
    public var fix: String?

    public init(
        _ code: String, severity: Severity = .error, at place: Place? = nil, path: String? = nil, what: String,
        fix: String? = nil
    ) {
        self.code = code
        self.severity = severity
        self.place = place
        self.path = path
        self.what = what
        self.fix = fix
    }

    /// One line, and a second one with the fix:
    /// `flows/etl.yaml:12:7: error: tasks[1].mesage: Unrecognized field "mesage" [task.unknown-property]`.
    public var description: String {
        let start = place.map { "\($0): " } ?? ""
        let within = path.map { "\($0): " } ?? ""
        return "\(start)\(severity.rawValue): \(within)\(what) [\(code)]" + (fix.map { "\n  fix: \($0)" } ?? "")
    }
}

/// Everything that is wrong with one document, in order of place. Thrown only when it holds an error.
public struct Problems: Error, Sendable, CustomStringConvertible {
    public var all: [Problem]

    public init(_ all: [Problem]) { self.all = all }
    public init(_ one: Problem) { all = [one] }

    public var errors: [Problem] { all.filter { $0.severity == .error } }
    public var hasErrors: Bool { all.contains { $0.severity == .error } }
    public var description: String { all.map(\.description).joined(separator: "\n") }

    /// The errors as clients of old count them: the rules that concern a flow as a whole (`flow.rule.…`, `input.rule.…`) are one violation
    /// that begins with `Invalid Flow: `. Source: engine spec §1.5.
    public var violations: [Problem] {
        var others = errors.filter { !$0.code.contains(".rule.") }
        let rules = errors.filter { $0.code.contains(".rule.") }
        if var joined = rules.first {
            joined.what = "Invalid Flow: " + rules.map(\.what).joined(separator: ", ")
            others.append(joined)
        }
        return others
    }
}
