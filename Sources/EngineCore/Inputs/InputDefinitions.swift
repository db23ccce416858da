import FlowModel

/// Inputs that stand in a task's property, such as `onResume` of a Pause.
public enum InputDefinitions {
    private static let common: Set<String> = [
        "id", "name", "type", "description", "displayName", "required", "defaults", "dependsOn",
    ]

    /// The inputs of a list of maps, as a flow declares its own; elements without an id or a known type are left out.
    public static func read(_ list: Value?, at mark: Mark = Mark(line: 1, column: 1)) -> [FlowInput] {
        (list?.list ?? []).compactMap { item in
            guard case .map(let members) = item, let id = (members["id"] ?? members["name"])?.string,
                let kind = members["type"]?.string.flatMap(FlowInput.Kind.init)
            else { return nil }
            var input = FlowInput(id: id, kind: kind, mark: mark)
            input.description = members["description"]?.string
            input.displayName = members["displayName"]?.string
            input.required = members["required"] != .bool(false)
            input.defaults = members["defaults"].flatMap { $0.isNull ? nil : $0 }
            input.dependsOn = (members["dependsOn"]?["inputs"]?.list ?? []).compactMap(\.string)
            input.condition = members["dependsOn"]?["condition"].flatMap { $0.isNull ? nil : $0.plain() }
            input.properties = members.filter { !common.contains($0.key) }
            return input
        }
    }
}
