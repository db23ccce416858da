import EngineCore
import FlowModel

/// The rules of a flow that go beyond reading it. Source: engine spec §1.5.
public enum FlowChecks {
    public static func problems(in flow: Flow, file: String?) -> [Problem] {
        InputRules.problems(in: flow, file: file) + TriggerRules.problems(in: flow, file: file)
    }
}
