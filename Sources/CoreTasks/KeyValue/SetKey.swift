import FlowModel
import TaskKit

/// Stores a value under a key. Source: engine spec §6.3, since-0.20 §3.
struct SetKey: RunnableTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.kv.Set",
        title: "Store a value in a namespace's key-value store.",
        details: "A value that is one expression is stored as what it is: a map stays a map.",
        example: """
            id: remember
            type: io.kestra.plugin.core.kv.Set
            key: last_run
            value: "{{ execution.startDate }}"
            ttl: P30D
            """
    )

    enum Kind: String, PropertyChoice {
        case string = "STRING", number = "NUMBER", boolean = "BOOLEAN", dateTime = "DATETIME", date = "DATE"
        case duration = "DURATION", json = "JSON"
    }

    @Property("The key: letters, digits, dots, underscores and hyphens.")
    var key: String

    @Property("The value.")
    var value: TypedValue

    @Property("The namespace; the flow's own unless said otherwise.")
    var namespace: String?

    @Property("Whether a value that is there is replaced; without it such a key is an error.")
    var overwrite = true

    @Property("How long the value is kept; for ever without it.")
    var ttl: ISODuration?

    @Property("What a text is read as before it is stored.")
    var kvType: Kind?

    @Property("What the key is for.")
    var kvDescription: String?

    func run(_ context: RunContext) async throws(TaskFailure) -> NoOutput {
        try KeyRules.check(key)
        if let ttl, ttl < .zero { throw .property("ttl", "is negative", fix: nil) }
        let namespace = try await context.keyNamespace(namespace)
        let value = try converted()
        let expiry = ttl.map { context.services.clock.now.advanced(by: $0) }
        let isSet = try await attempting {
            try await context.services.keyValues.set(
                key, in: namespace, to: value, expiresAt: expiry, overwrite: overwrite, description: kvDescription)
        }
        guard isSet else {
            throw TaskFailure(
                "Cannot set value for key '\(key)'. Key already exists and `overwrite` is set to `false`.")
        }
        return NoOutput()
    }

    private func converted() throws(TaskFailure) -> Value {
        guard let kvType else { return value.value }
        if kvType == .string { return .string(value.value.printed()) }
        guard case .string(let text) = value.value else { return value.value }
        let read: Value? =
            switch kvType {
            case .string: .string(text)
            case .number: Int64(text).map(Value.int) ?? Double(text).map(Value.double)
            case .boolean: ["true": Value.bool(true), "false": .bool(false)][text.lowercased()]
            case .dateTime: (try? Instant(iso: text)).map { .moment(.instant($0)) }
            case .date: (try? LocalDate(iso: text)).map { .moment(.localDate($0)) }
            case .duration: (try? ISODuration(text)).map(Value.duration)
            case .json: try? JSON.parse(text)
            }
        guard let read else { throw .property("value", "cannot be read as \(kvType.rawValue)", fix: nil) }
        return read
    }
}
