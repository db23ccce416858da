import AsyncHTTPClient
import FlowModel
import NIOCore
import TaskKit

/// Makes an HTTP request and gives out its answer. Source: engine spec §6.6, since-0.20 §3.1.
struct HTTPRequestTask: RunnableTask {
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

    @Property("The address.")
    var uri: String

    @Property("GET, POST, PUT, PATCH, DELETE, HEAD or any other method.")
    var method = "GET"

    @Property("What to add to the address's query: texts or lists of texts by name.")
    var params: PropertyMap<Value>?

    @Property("The request's body; a map or list is sent as JSON.")
    var body: String?

    @Property("A form to send instead of a body; with the content type multipart/form-data it may hold stored files.")
    var formData: PropertyMap<Value>?

    @Property("What the body is; application/json unless said otherwise.")
    var contentType: String?

    @Property("The request's headers.")
    var headers: PropertyMap<Value>?

    @Property("How the request is made: timeouts, authentication, proxy, redirects.")
    var options: HTTPOptions?

    @Property(deprecated: "Now `options.ssl`.")
    var sslOptions: SSLOptions? = nil

    @Property("Whether a status of 400 and more is no failure.")
    var allowFailed = false

    @Property("Whether the body is kept encrypted.")
    var encryptBody = false

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        if encryptBody {
            throw .property("encryptBody", "is set, but this server has no key to encrypt with", fix: "leave it out")
        }
        let exchange = HTTPExchange(
            plan: HTTPPlan(
                uri: uri, method: method.uppercased(), params: params?.map ?? [:], headers: headers?.map ?? [:],
                body: body,
                formData: formData?.map, contentType: contentType, options: options, ssl: sslOptions,
                allowFailed: allowFailed),
            context: context)
        return try await exchange.perform(acceptsCompressed: true) { head, stream in
            let limit = options?.maxContentLength ?? Self.largestBody
            let buffer: ByteBuffer
            do {
                buffer = try await stream.collect(upTo: limit)
            } catch is NIOTooManyBytesError {
                throw TaskFailure(
                    "The answer has more than \(limit) bytes; use io.kestra.plugin.core.http.Download for files")
            }
            let bytes = Array(buffer.readableBytesView)
            if exchange.isFailure(head) { throw exchange.failure(head, body: bytes) }
            let text = try Charset.text(bytes, named: head.charset ?? options?.defaultCharset ?? "UTF-8")
            if options?.logs?.contains(.responseBody) == true { context.log.debug(text) }
            return Outputs(head: head, body: text)
        }
    }
}

extension PropertyMap where Content == Value {
    var map: ValueMap { ValueMap(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }) }
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
