import FlowModel

extension TemplateFunction {
    static let secret = TemplateFunction(
        "secret", "The value of a secret.",
        [
            Parameter("key", "the secret's name", required: true),
            Parameter("namespace", "where it is looked for; the flow's namespace if left out"),
            Parameter("subkey", "the field of a secret that is a JSON object"),
            Parameter("full", "whether the whole JSON object is wanted", default: false),
        ],
        examples: [Example("{{ secret('GITHUB_TOKEN') }}")]
    ) { arguments, run throws(ExpressionError) in
        let name = try arguments.requiredText(0, run)
        let namespace = try arguments.text(1, run) ?? FlowContext.namespace(run)
        let secret = try run.world.secret(name, namespace: namespace)
        if try arguments.flag(3) ?? false { return (try? JSON.parse(secret)) ?? .string(secret) }
        guard let subkey = try arguments.text(2, run) else { return .string(secret) }
        guard case .map(let members)? = try? JSON.parse(secret), let member = members[subkey] else {
            throw .evaluation("Cannot find secret sub-key '\(subkey)' in secret '\(name)'.")
        }
        return .string(try run.printedText(of: member))
    }
}
