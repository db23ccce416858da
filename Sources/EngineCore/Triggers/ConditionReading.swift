import FlowModel

/// Conditions that stand in a property as plain values.
enum ConditionReading {
    /// The conditions of a list of maps.
    static func list(_ value: Value?, at mark: Mark) -> [FlowCondition] {
        (value?.list ?? []).compactMap { condition($0, at: mark) }
    }

    static func condition(_ value: Value, at mark: Mark) -> FlowCondition? {
        guard case .map(let members) = value, let written = members["type"]?.string else { return nil }
        let type = EngineConditions.fullName(written)
        let properties = members.filter {
            !["type", "description"].contains($0.key) && !($0.key == "conditions" && $0.value.list != nil)
        }
        return FlowCondition(
            type: type, mark: mark, properties: properties, conditions: list(members["conditions"], at: mark))
    }
}

extension EngineConditions {
    /// The full name for a name of old.
    static func fullName(_ type: String) -> String {
        judged[type] != nil ? type : judged.values.first { $0.about.aliases.contains(type) }?.about.type ?? type
    }
}
