import FlowModel

extension TemplateFunction {
    static let subflow = TemplateFunction(
        "subflow", "Runs a flow, waits for it and gives its outputs; only while inputs are rendered.",
        [
            Parameter("namespace", "the flow's namespace", required: true),
            Parameter("id", "the flow's id", required: true),
            Parameter("inputs", "a map of its inputs"),
            Parameter("revision", "its revision; the last one if left out"),
            Parameter("labels", "a map of labels for the execution"),
            Parameter("timeout", "how long to wait at most, such as PT1M"),
        ],
        examples: [Example("{{ subflow('company.team', 'list_regions').values }}")]
    ) { arguments, run throws(ExpressionError) in
        var timeout: ISODuration?
        switch arguments[5] {
        case .duration(let duration): timeout = duration
        case .string(let text):
            guard let duration = try? ISODuration(text) else {
                throw .evaluation("The timeout of the 'subflow' function is no duration such as PT1M.")
            }
            timeout = duration
        default: break
        }
        return try run.world.subflow(
            SubflowCall(
                namespace: try arguments.requiredText(0, run), id: try arguments.requiredText(1, run),
                inputs: arguments[2]?.map ?? [:], revision: try arguments.integer(3).map(Int64.init),
                labels: arguments[4]?.map ?? [:], timeout: timeout))
    }
}
