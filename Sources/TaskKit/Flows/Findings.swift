import Expressions
import FlowModel

/// What is wrong in the document that is being read, and where in it the reader is.
final class Findings {
    private enum Step {
        case member(String)
        case index(Int)
    }

    let file: String?
    private(set) var problems: [Problem] = []
    private var steps: [Step] = []
    private let source: String
    /// Its lines, once a place inside a scalar is asked for.
    private lazy var text = SourceText(source)

    init(file: String?, source: String) {
        self.file = file
        self.source = source
    }

    /// Reads something below the member `name` of what is being read now.
    func within<Result>(_ name: String, _ read: () -> Result) -> Result {
        steps.append(.member(name))
        defer { steps.removeLast() }
        return read()
    }

    func within<Result>(_ index: Int, _ read: () -> Result) -> Result {
        steps.append(.index(index))
        defer { steps.removeLast() }
        return read()
    }

    /// `tasks[1].then[0].id`
    var path: String {
        var text = ""
        for step in steps {
            switch step {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    func add(
        _ code: String, severity: Problem.Severity = .error, at mark: Mark, member: String? = nil, _ what: String,
        fix: String? = nil
    ) {
        let here = path
        let full = member.map { here.isEmpty ? $0 : "\(here).\($0)" } ?? here
        problems.append(
            Problem(
                code, severity: severity, at: mark.place(in: file), path: full.isEmpty ? nil : full, what: what,
                fix: fix))
    }

    func append(_ more: [Problem]) { problems += more }

    // MARK: typed reading

    /// The members of a map; a problem and nothing for anything else.
    func members(_ node: Node, _ what: String) -> [Node.Member]? {
        if case .map(let members) = node.content { return members }
        if !node.isNull { add("flow.not-a-map", at: node.mark, "\(what) must be a map, not \(node.kindName)") }
        return nil
    }

    /// The items of a list; nothing for null, a problem for anything else.
    func items(_ node: Node) -> [Node]? {
        if case .list(let items) = node.content { return items }
        if !node.isNull {
            add(
                "flow.not-a-list", at: node.mark, "must be a list, not \(node.kindName)",
                fix: "begin each element with `- `")
        }
        return nil
    }

    func string(_ node: Node) -> String? {
        if node.isNull { return nil }
        if let text = node.text { return text }
        add("flow.not-a-text", at: node.mark, "must be a text, not \(node.kindName)")
        return nil
    }

    func bool(_ node: Node) -> Bool? {
        switch node.value {
        case .bool(let flag): return flag
        case .string("true"): return true
        case .string("false"): return false
        case .null: return nil
        default:
            add("flow.not-a-boolean", at: node.mark, "must be true or false, not `\(node.text ?? node.kindName)`")
            return nil
        }
    }

    func int(_ node: Node) -> Int? {
        switch node.value {
        case .int(let number): return Int(number)
        case .string(let text) where Int(text) != nil: return Int(text)
        case .null: return nil
        default:
            add("flow.not-an-integer", at: node.mark, "must be a whole number, not `\(node.text ?? node.kindName)`")
            return nil
        }
    }

    func duration(_ node: Node) -> ISODuration? {
        if node.isNull { return nil }
        if let text = node.text, let duration = try? ISODuration(text) { return duration }
        add(
            "flow.not-a-duration", at: node.mark, "must be an ISO 8601 duration, not `\(node.text ?? node.kindName)`",
            fix: "write PT5S for 5 seconds, PT1H for an hour, P1D for a day")
        return nil
    }

    /// Checks an id against `^[a-zA-Z0-9][a-zA-Z0-9_-]*$`, with dots where they are allowed.
    func id(_ node: Node?, of owner: Mark, dots: Bool, member: String = "id", limit: Int = 256) -> String? {
        guard let node, !node.isNull else {
            add("flow.missing", at: owner, member: member, "must not be null", fix: "add `\(member): a-name`")
            return nil
        }
        guard let id = string(node) else { return nil }
        guard !id.isEmpty else {
            add("flow.blank", at: node.mark, member: member, "must not be blank")
            return nil
        }
        let fits = id.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "_"), UInt8(ascii: "-"): index > 0
            case UInt8(ascii: "."): dots && index > 0
            default: false
            }
        }
        if !fits {
            let pattern = dots ? "^[a-zA-Z0-9][a-zA-Z0-9._-]*$" : "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"
            add(
                "flow.bad-id", at: node.mark, member: member, "must match \"\(pattern)\"",
                fix: "use letters, digits, `-` and `_`" + (dots ? " and `.`" : "") + "; begin with a letter or a digit")
        } else if id.utf8.count > limit {
            add("flow.bad-id", at: node.mark, member: member, "size must be between 1 and \(limit)")
        }
        return id
    }

    /// Compiles every text in a structure, so that a broken expression is found before anything runs.
    func checkExpressions(_ node: Node) {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.text.utf8.contains(UInt8(ascii: "{")) else { return }
            do throws(ExpressionError) {
                _ = try Template(scalar.text)
            } catch {
                let mark = error.offset.flatMap { text.mark(of: $0, in: node) } ?? node.mark
                add(
                    "expression.parse", at: mark, "the expression cannot be read: \(error.message)",
                    fix: error.hint)
            }
        case .list(let items): items.forEach(checkExpressions)
        case .map(let members): members.forEach { checkExpressions($0.value) }
        }
    }
}
