import AsyncHTTPClient
import FlowModel
import NIOCore
import TaskKit

/// Makes an HTTP request and gives out its answer. Source: engine spec §6.6, since-0.20 §3.1.
struct HTTPRequestTask: RunnableTask, CautiousTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.http.Request",
        aliases: ["io.kestra.plugin.fs.http.Request"],
        title: "Make an HTTP request.",
        details:
            "The answer must be text of at most 20 MiB; `io.kestra.plugin.core.http.Download` takes files of any size.",
        example: """
            id: create
            type: io.kestra.plugin.core.http.Request
            uri: https://api.example.com/items
            method: POST
            headers:
              Accept: application/json
            body: "{{ outputs.item.vars | toJson }}"
            options:
              auth: { type: BEARER, token: "{{ secret('API_TOKEN') }}" }
            """
    )

    struct Outputs: TaskOutputs {
        static let about = [
            OutputAbout("uri", "Where the answer came from, after redirects.", .uri),
            OutputAbout("code", "The status, such as 200.", .integer),
            OutputAbout("headers", "The answer's headers: lists of values by lower-case name.", .map(.list(.string))),
            OutputAbout("body", "The answer's text.", .string),
        ]
        var head: HTTPAnswerHead
        var body: String
        var values: ValueMap {
            [
                "uri": .string(head.uri), "code": .int(Int64(head.code)), "headers": .map(head.headerValues),
                "body": .string(body),
            ]
        }
    }

    static let largestBody = 20 * 1024 * 1024

    let request = HTTPRequestProperties()

    @Property("Whether the body is kept encrypted.")
    var encryptBody = false

    static func cautions(about task: FlowTask) -> [Caution] { HTTPCautions.about(task) }

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        if encryptBody {
            throw .property("encryptBody", "is set, but this server has no key to encrypt with", fix: "leave it out")
        }
        let exchange = HTTPExchange(plan: request.plan, context: context)
        return try await exchange.perform(acceptsCompressed: true) { head, stream in
            let limit = request.options?.maxContentLength ?? Self.largestBody
            let buffer: ByteBuffer
            do {
                buffer = try await stream.collect(upTo: limit)
            } catch is NIOTooManyBytesError {
                throw TaskFailure(
                    "The answer has more than \(limit) bytes; use io.kestra.plugin.core.http.Download for files")
            }
            let bytes = Array(buffer.readableBytesView)
            if exchange.isFailure(head) { throw exchange.failure(head, body: bytes) }
            context.metrics.add(RunMetric(.counter, "response.length", Double(bytes.count)))
            let text = try Charset.text(bytes, named: head.charset ?? request.options?.defaultCharset ?? "UTF-8")
            if request.options?.logs?.contains(.responseBody) == true { context.log.debug(text) }
            return Outputs(head: head, body: text)
        }
    }
}

extension HTTPAnswerHead {
    /// The character set that the content type names.
    var charset: String? {
        guard let type = headers.first(name: "Content-Type"), let start = type.lowercased().range(of: "charset=") else {
            return nil
        }
        let name = type.lowercased()[start.upperBound...].prefix { $0 != ";" }
        return name.trimmingPrefix("\"").split(separator: "\"").first.map { String($0).trimmingBlanks }
    }
}

/// The character sets that answers come in.
enum Charset {
    /// - Throws: for bytes that are no text of that set.
    static func text(_ bytes: [UInt8], named name: String) throws(TaskFailure) -> String {
        switch name.uppercased() {
        case "ISO-8859-1", "ISO8859-1", "LATIN1", "LATIN-1":
            var text = ""
            for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
            return text
        default:
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            throw TaskFailure(
                "The answer is no text of the character set \(name); use io.kestra.plugin.core.http.Download for files")
        }
    }
}
