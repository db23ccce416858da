import FlowModel
import TaskKit

/// Gives several rendered values to the tasks that follow. Source: engine spec §6.1.
struct OutputValues: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.output.OutputValues",
        title: "Return named values as output.",
        details:
            "Texts are rendered wherever they stand in the values; numbers, lists and the like stay what they are.",
        example: """
            id: facts
            type: io.kestra.plugin.core.output.OutputValues
            values:
              owner: "{{ flow.namespace }}"
              sizes: [1, 2, 3]
            """
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("values", "The values as they were rendered.", .map(.any))]
        var rendered: ValueMap
        var values: ValueMap { ["values": .map(rendered)] }
    }

    @Property("The values by name.")
    var values: Value

    func run(_ context: inout InstantContext) throws(TaskFailure) -> Outputs {
        switch values {
        case .map(let members):
            return Outputs(rendered: members)
        case .string(let text):
            if case .map(let members)? = try? JSON.parse(text) { return Outputs(rendered: members) }
            throw .property("values", "is a text that is no JSON object", fix: nil)
        default:
            throw .property("values", "is not a map", fix: nil)
        }
    }
}
