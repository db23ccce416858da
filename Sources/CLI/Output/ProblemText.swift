import FlowModel

/// A problem with the lines of its source: `file:line:column`, what is wrong, where exactly, how to mend it.
struct ProblemText {
    let problem: Problem
    let source: String?

    var text: String {
        var lines: [String] = []
        let start = problem.place.map { "\($0): " } ?? ""
        let path = problem.path.map { "\($0): " } ?? ""
        lines.append("\(start)\(problem.severity.rawValue): \(path)\(problem.what)")
        if let place = problem.place, let source {
            let excerpt = SourceExcerpt(SourceText(source), indentation: "   ")
            lines += excerpt.lines(at: place, before: 1, marksWord: true)
        }
        if let fix = problem.fix { lines.append("   fix: \(fix)") }
        lines.append("   code: \(problem.code)")
        return lines.joined(separator: "\n")
    }
}

extension Problem {
    /// As the commands show it with `-o json`.
    var json: Value {
        var members: ValueMap = [
            "path": .string(path ?? ""), "message": .string(what), "code": .string(code),
            "severity": .string(severity.rawValue),
        ]
        if let place {
            members["line"] = .int(Int64(place.line))
            members["column"] = .int(Int64(place.column))
        }
        if let fix { members["fix"] = .string(fix) }
        return .map(members)
    }
}
