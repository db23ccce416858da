import FlowModel
import TaskKit

/// Source: since-0.20 §3.
struct SetVariables: EngineAction {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.SetVariables",
        title: "Set variables of the current execution, which later tasks read as `vars.…`.",
        example: """
            id: remember
            type: io.kestra.plugin.core.execution.SetVariables
            variables: { count: 3 }
            """
    )

    @Property("The variables; maps are merged with those that are there.")
    var variables: PropertyMap<Value>

    @Property("Whether a variable that is there already may be replaced.")
    var overwrite: Bool = true

    func act(_ site: ActionSite) throws(TaskFailure) -> ActionResult {
        let known = site.scope.variables.variable("vars")?.map ?? [:]
        let new = ValueMap(variables.members.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        let taken = new.keys.filter { known[$0] != nil }
        if !overwrite, !taken.isEmpty {
            throw TaskFailure(
                "`overwrite` is set to false and the following variables already exist: \(taken.joined(separator: ","))"
            )
        }
        return .variables(known.merged(with: new))
    }
}

/// Source: since-0.20 §3.
struct UnsetVariables: EngineAction {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.UnsetVariables",
        title: "Remove variables of the current execution.",
        example: """
            id: forget
            type: io.kestra.plugin.core.execution.UnsetVariables
            variables: [count, settings.depth]
            """
    )

    @Property("The names, with dots for members of maps.")
    var variables: [String]

    @Property("Whether a name that is not there is no error.")
    var ignoreMissing: Bool = false

    func act(_ site: ActionSite) throws(TaskFailure) -> ActionResult {
        var known = site.scope.variables.variable("vars")?.map ?? [:]
        for name in variables {
            if !known.remove(atDotted: name.split(separator: ".").map(String.init)[...]), !ignoreMissing {
                throw TaskFailure("The variable `\(name)` does not exist")
            }
        }
        return .variables(known)
    }
}

extension ValueMap {
    /// - Returns: whether there was something to remove.
    fileprivate mutating func remove(atDotted path: ArraySlice<String>) -> Bool {
        guard let key = path.first, let member = self[key] else { return false }
        if path.count == 1 {
            self[key] = nil
            return true
        }
        guard case .map(var inner) = member, inner.remove(atDotted: path.dropFirst()) else { return false }
        self[key] = .map(inner)
        return true
    }
}
