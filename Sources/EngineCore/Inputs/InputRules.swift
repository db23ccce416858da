import Expressions
import FlowModel

/// What must hold for the declared inputs of a flow, beyond what reading each of them checks (shape, ids, types, ids that
/// appear twice). Source: engine spec §1.5; since-0.20 §5.
public enum InputRules {
    /// All findings, in order of the inputs; `input.rule.…` for those about several inputs, which clients of old get as part
    /// of the one violation `Invalid Flow: …`.
    public static func problems(in flow: Flow, file: String? = nil) -> [Problem] {
        flow.inputs.enumerated().flatMap { index, input in
            InputCheck(input: input, path: "inputs[\(index)]", place: input.mark.place(in: file)).problems()
        } + dependencies(of: flow.inputs, file)
    }

    private static func dependencies(of inputs: [FlowInput], _ file: String?) -> [Problem] {
        let byID = Dictionary(inputs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var problems: [Problem] = []
        for input in inputs {
            for id in input.dependsOn where byID[id] == nil {
                problems.append(
                    Problem(
                        "input.rule.unknown-dependency", at: input.mark.place(in: file),
                        what: "Input with id '\(input.id)' depends on a non-existent input '\(id)'.",
                        fix: byID.keys.closest(to: id).map { "did you mean '\($0)'?" }))
            }
        }
        var told: Set<String> = []
        for input in inputs where !told.contains(input.id) {
            guard let cycle = cycle(from: input.id, byID) else { continue }
            told.formUnion(cycle)
            problems.append(
                Problem(
                    "input.rule.cycle", at: input.mark.place(in: file),
                    what:
                        "Cycle dependency detected for input with id '\(input.id)': [\(cycle.joined(separator: ", "))]",
                    fix: "remove one of these dependencies"))
        }
        return problems
    }

    /// The inputs on a way from one back to itself.
    private static func cycle(from start: String, _ byID: [String: FlowInput]) -> [String]? {
        var seen: Set<String> = []
        func way(from id: String, _ before: [String]) -> [String]? {
            for next in byID[id]?.dependsOn ?? [] {
                if next == start { return before + [id] }
                if seen.insert(next).inserted, let found = way(from: next, before + [id]) { return found }
            }
            return nil
        }
        return way(from: start, [])
    }
}

/// The checks of one input by itself.
private struct InputCheck {
    let input: FlowInput
    let path: String
    let place: Place

    func problems() -> [Problem] { (pattern() + choices() + items() + bounds() + defaults()).map(named) }

    /// The input's id in front, which is what people look for.
    private func named(_ problem: Problem) -> Problem {
        var problem = problem
        if !input.id.isEmpty { problem.what = "\(input.id): \(problem.what)" }
        return problem
    }

    private func problem(
        _ code: String, severity: Problem.Severity = .error, member: String? = nil, _ what: String, fix: String? = nil
    ) -> Problem {
        Problem(code, severity: severity, at: place, path: member.map { "\(path).\($0)" } ?? path, what: what, fix: fix)
    }

    private func pattern() -> [Problem] {
        guard case .string(let pattern)? = input.properties["validator"] else { return [] }
        do throws(ExpressionError) {
            _ = try TextPattern(pattern)
            return []
        } catch {
            return [
                problem(
                    "input.bad-pattern", member: "validator", "invalid pattern [\(pattern)]: \(error.message)",
                    fix: "check brackets, and write a `\\` before characters that stand for themselves")
            ]
        }
    }

    private func choices() -> [Problem] {
        let properties = input.properties
        switch input.kind {
        case .enum where properties["values"] == nil:
            return [
                problem(
                    "input.no-values", member: "values", "must not be null", fix: "list the values that may be chosen")
            ]
        case .multiselect where properties["values"] != nil && properties["options"] != nil:
            return [problem("input.two-lists", "you can't define both `values` and `options`", fix: "keep `values`")]
        case .select, .multiselect:
            if properties["values"] != nil || properties["options"] != nil || properties["expression"] != nil {
                return []
            }
            return [
                problem(
                    "input.no-values", severity: .warning, "there is nothing to choose from",
                    fix: "add `values`, or an `expression` that gives a list")
            ]
        default: return []
        }
    }

    private func items() -> [Problem] {
        guard input.kind == .array || input.kind == .multiselect else { return [] }
        guard let written = input.properties["itemType"], !written.isNull else {
            if input.kind == .multiselect { return [] }
            return [
                problem("input.no-item-type", member: "itemType", "must not be null", fix: "add `itemType: STRING`")
            ]
        }
        guard let kind = FlowInput.Kind(rawValue: written.plain()) else {
            return [problem("input.unknown-type", member: "itemType", "Invalid type: \(written.plain())")]
        }
        if kind != .array { return [] }
        return [problem("input.nested-array", "`itemType` cannot be `ARRAY`", fix: "use JSON for lists of lists")]
    }

    /// Whether `min`, `max`, `after` and `before` can be read: each does as a value of the input without bounds.
    private func bounds() -> [Problem] {
        ["min", "max", "after", "before"].compactMap { name in
            guard let bound = input.properties[name], !bound.isNull, let fault = fault(of: bound) else { return nil }
            return problem("input.bad-bound", member: name, fault)
        }
    }

    private func defaults() -> [Problem] {
        guard let value = input.defaults else { return [] }
        var found: [Problem] = []
        if !input.properties["prefill", default: .null].isNull {
            found.append(
                problem(
                    "input.prefill", "`prefill` and `defaults` cannot both be set",
                    fix: "keep `defaults`, which always applies"))
        }
        if !input.required {
            found.append(
                problem(
                    "input.optional-default", severity: .warning,
                    "it is not required but has a default, which applies whenever nothing is given",
                    fix: "remove `required: false`, or use `prefill`"))
        }
        if value.mentionsTemplate { return found }
        if input.kind == .file {
            if !FileInputs.schemes.contains(where: value.plain().hasPrefix) {
                found.append(
                    problem(
                        "input.file-default", "no `defaults` can be set for inputs of type 'FILE'",
                        fix: "only a URI may stand there: nsfile:///path"))
            }
        } else if input.kind != .secret, let fault = fault(of: value) {
            found.append(problem("input.bad-default", member: "defaults", fault))
        }
        return found
    }

    /// Why a value cannot be one of this kind, whatever the input's limits.
    private func fault(of value: Value) -> String? {
        var bare = FlowInput(id: input.id, kind: input.kind, mark: input.mark)
        bare.properties["itemType"] = input.properties["itemType"]
        do throws(InputFault) {
            _ = try InputConversion(cipher: nil, random: { (0, 0) }).convert(value, for: bare, choices: nil)
            return nil
        } catch {
            return error.message
        }
    }
}

extension Value {
    /// Whether a text in it could be a template.
    var mentionsTemplate: Bool {
        switch self {
        case .string(let text): text.contains("{{") || text.contains("{%") || text.contains("{#")
        case .list(let items): items.contains { $0.mentionsTemplate }
        case .map(let members): members.contains { $0.key.contains("{{") || $0.value.mentionsTemplate }
        default: false
        }
    }
}
