import EngineCore
import FlowModel

extension JSONText {
    /// `inputs: [{input, value, enabled, isDefault, errors}]` and, for newer clients, what is wrong with each.
    /// Source: engine spec §11.3.
    mutating func inputs(_ resolved: ResolvedInputs, declared: [FlowInput]) {
        let byID = Dictionary(declared.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        list("inputs", resolved.inputs) { input, text in
            text.object { text in
                text.member(
                    "input",
                    byID[input.id].map { InputBody(input: $0, choices: input.choices).value } ?? [
                        "id": .string(input.id)
                    ])
                text.member("value", input.value ?? .null)
                text.member("enabled", input.isEnabled)
                text.member("isDefault", input.isDefault)
                if let problem = input.problem {
                    text.list("errors", [problem]) { problem, text in
                        text.object { $0.member("message", problem.message) }
                    }
                }
            }
        }
    }
}

/// The definition of an input as the API tells it. Source: engine spec §2.1.
struct InputBody {
    var input: FlowInput
    /// The values to choose from, where an expression gives them.
    var choices: [String]?

    var value: Value {
        var members: ValueMap = ["id": .string(input.id), "type": .string(input.kind.rawValue)]
        if let text = input.description { members["description"] = .string(text) }
        if let text = input.displayName { members["displayName"] = .string(text) }
        members["required"] = .bool(input.required)
        if let defaults = input.defaults { members["defaults"] = defaults }
        if !input.dependsOn.isEmpty || input.condition != nil {
            var depends: ValueMap = [:]
            if !input.dependsOn.isEmpty { depends["inputs"] = .list(input.dependsOn.map { .string($0) }) }
            if let condition = input.condition { depends["condition"] = .string(condition) }
            members["dependsOn"] = .map(depends)
        }
        for (name, value) in input.properties where members[name] == nil { members[name] = value }
        if let choices, members["values"] == nil { members["values"] = .list(choices.map { .string($0) }) }
        return .map(members)
    }
}
