import FlowModel
import TaskKit

/// Starts a flow by an HTTP request. Source: engine spec §7.4, since-0.20 §6.1.
public struct Webhook: TriggerType {
    public static let about = TaskAbout(
        type: "io.kestra.plugin.core.trigger.Webhook", aliases: ["io.kestra.core.models.triggers.types.Webhook"],
        title: "Start the flow by a web request.",
        details: """
            The address is /api/v1/executions/webhook/{namespace}/{flowId}/{key}, for GET, POST and PUT. The key is its only
            protection: take a long random one, best from a secret.
            """,
        example: """
            - id: hook
              type: io.kestra.plugin.core.trigger.Webhook
              key: "{{ secret('WEBHOOK_KEY') }}"
            """
    )
    public static let variables = [
        OutputAbout("body", "The request's body: a JSON object as a map, a JSON array as a list, else the text.", .any),
        OutputAbout("headers", "The request's headers, each a list of values.", .map(.list(.string))),
        OutputAbout("parameters", "The query's parameters, each a list of values.", .map(.list(.string))),
    ]

    /// What the answer is when it waits and gives outputs.
    public enum ContentType: String, PropertyChoice { case json = "application/json", text = "text/plain" }

    @Property("The last part of the address, at most 256 characters.") public var key: String
    @Property("Values for the flow's inputs, rendered with `trigger.body` and so on.") public var inputs: Unrendered?
    @Property("Whether to answer only when the execution has ended.") public var wait = false
    @Property("Whether to answer with the flow's outputs, when waiting.") public var returnOutputs = false
    @Property("The content type of the outputs.") public var responseContentType = ContentType.json
    @Property("The status of the answer when waiting; 200 without it, 500 for a failed execution.")
    public var responseCode: Int?

    public init() {}
}
