import Expressions
import FlowModel
import TaskKit

/// Checks conditions. Source: since-0.20 §3.
struct AssertConditions: InstantTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.execution.Assert",
        title: "Fail unless all conditions hold.",
        details: "All conditions are looked at; each that does not hold is logged.",
        example: """
            id: check
            type: io.kestra.plugin.core.execution.Assert
            conditions:
              - "{{ inputs.amount > 0 }}"
              - "{{ outputs.load.code == 200 }}"
            errorMessage: The input is not what the flow can work with.
            """
    )

    @Property("Expressions that must all be true.")
    var conditions: Unrendered

    @Property("What the log says besides.")
    var errorMessage: String?

    func run(_ context: inout InstantContext) throws(TaskFailure) -> NoOutput {
        var failed = 0
        for condition in try expressions() {
            let text: String
            do throws(ExpressionError) {
                text = try Renderer.text(condition, in: context.scope)
            } catch {
                throw TaskFailure(error)
            }
            if Truth.isTruthyText(text) { continue }
            failed += 1
            context.log(.error, "Assertion `\(condition)` failed!")
        }
        guard failed > 0 else { return NoOutput() }
        throw TaskFailure(
            "\(failed) assertion\(failed == 1 ? "" : "s") failed!" + (errorMessage.map { "\n\($0)" } ?? ""))
    }

    private func expressions() throws(TaskFailure) -> [String] {
        switch conditions.value {
        case .list(let items):
            return items.map { $0.string ?? $0.printed() }
        case .string(let text):
            return [text]
        default:
            throw .property("conditions", "is not a list of expressions", fix: nil)
        }
    }
}
