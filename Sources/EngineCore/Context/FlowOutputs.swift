import Expressions
import FlowModel
import TaskKit

/// The values that a flow gives out. Source: engine spec §3.9; since-0.20 §1.
enum FlowOutputs {
    static func rendered(
        _ outputs: [FlowOutput], in scope: Scope, _ surroundings: Surroundings
    ) throws(TaskFailure) -> ValueMap {
        let conversion = OutputConversion(cipher: surroundings.cipher, random: { surroundings.world.random() })
        var values: ValueMap = [:]
        for output in outputs {
            let rendered: Value
            do throws(ExpressionError) {
                rendered = try Renderer.render(output.value, in: scope)
            } catch {
                throw TaskFailure(error, property: "outputs")
            }
            do throws(InputProblem) {
                values[output.id] = try conversion.convert(rendered, to: output)
            } catch {
                throw TaskFailure(error.message)
            }
        }
        return values
    }
}
