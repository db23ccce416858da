import FlowModel
import TaskKit

/// Reads the value of a key. Source: engine spec §6.3, since-0.20 §3.
struct GetKey: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.kv.Get",
        title: "Read a value from a namespace's key-value store.",
        details: "Without `namespace` the flow's own is searched, and then its parents, the nearest first.",
        example: "{ id: last_run, type: io.kestra.plugin.core.kv.Get, key: last_run }"
    )

    struct Outputs: TaskOutputs {
        static let about = [OutputAbout("value", "The value; null when there is none.", .any)]
        var value: Value
        var values: ValueMap { ["value": value] }
    }

    @Property("The key.")
    var key: String

    @Property("The namespace; the flow's own unless said otherwise.")
    var namespace: String?

    @Property("Whether a missing key is an error.")
    var errorOnMissing = false

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        try KeyRules.check(key)
        let namespace = try await context.keyNamespace(namespace)
        var searched: String? = namespace
        while let place = searched {
            let value = try await attempting { try await context.services.keyValues.value(of: key, in: place) }
            if let value { return Outputs(value: value) }
            let mayClimb = namespace == context.identity.namespace
            searched = mayClimb ? place.lastIndex(of: ".").map { String(place[..<$0]) } : nil
        }
        if errorOnMissing { throw KeyRules.missing(key, in: namespace) }
        return Outputs(value: .null)
    }
}
