import AsyncHTTPClient
import FlowModel
import NIOCore
import TaskKit

/// Makes an HTTP request and stores its answer as a file. Source: engine spec §6.6, since-0.20 §3.
struct HTTPDownloadTask: RunnableTask, CautiousTask {
    static let about = TaskAbout(
        type: "io.kestra.plugin.core.http.Download",
        aliases: ["io.kestra.plugin.fs.http.Download"],
        title: "Download a file.",
        example: """
            id: data
            type: io.kestra.plugin.core.http.Download
            uri: https://example.com/data.csv
            """
    )

    struct Outputs: TaskOutputs {
        static let about = [
            OutputAbout("uri", "The stored file.", .uri),
            OutputAbout("code", "The status, such as 200.", .integer),
            OutputAbout("length", "The file's size in bytes.", .integer),
            OutputAbout("headers", "The answer's headers: lists of values by lower-case name.", .map(.list(.string))),
        ]
        var uri: String
        var length: Int64
        var head: HTTPAnswerHead
        var values: ValueMap {
            [
                "uri": .string(uri), "code": .int(Int64(head.code)), "length": .int(length),
                "headers": .map(head.headerValues),
            ]
        }
    }

    let request = HTTPRequestProperties()

    @Property("Whether an empty answer is a failure.")
    var failOnEmptyResponse = true

    @Property("The name of the stored file.")
    var saveAs: String?

    static func cautions(about task: FlowTask) -> [Caution] { HTTPCautions.about(task) }

    func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let exchange = HTTPExchange(plan: request.plan, context: context)
        return try await TemporaryFile.with(context) { path throws(TaskFailure) in
            let (head, length) = try await exchange.perform(acceptsCompressed: false) { head, stream in
                if exchange.isFailure(head) {
                    let start = try? await stream.collect(upTo: 64 * 1024)
                    throw exchange.failure(head, body: start.map { Array($0.readableBytesView) } ?? [])
                }
                return (head, try await save(stream, to: path, isAnswer: head.code < 400))
            }
            try check(length, head)
            context.metrics.add(RunMetric(.counter, "response.length", Double(length)))
            let stored = try await attempting {
                try await context.services.files.store(
                    file: path, at: context.filePrefix + FileNames.uriPath(fileName(head, context)))
            }
            return Outputs(uri: stored, length: length, head: head)
        }
    }

    /// Writes the answer to a file; of one that tells of an error nothing is kept.
    private func save(_ stream: HTTPClientResponse.Body, to path: String, isAnswer: Bool) async throws -> Int64 {
        let file = try LocalFile(path, for: .writing)
        guard isAnswer else { return 0 }
        var length: Int64 = 0
        for try await buffer in stream {
            length += Int64(buffer.readableBytes)
            if let limit = request.options?.maxContentLength, length > Int64(limit) {
                throw TaskFailure(
                    "The answer has more than \(limit) bytes, the most that `options.maxContentLength` allows")
            }
            try file.write(buffer.readableBytesView)
        }
        return length
    }

    private func check(_ length: Int64, _ head: HTTPAnswerHead) throws(TaskFailure) {
        guard head.code < 400 else { return }
        if let announced = head.headers.first(name: "Content-Length").flatMap({ Int64($0) }), announced != length,
            !head.headers.contains(name: "Content-Encoding"), request.plan.method != "HEAD"
        {
            throw TaskFailure("\(length) bytes came of \(announced) that the server had announced")
        }
        if length == 0, failOnEmptyResponse { throw TaskFailure("No response from server") }
    }

    /// The name that the task or the server gives, else a fresh one with the extension of the address.
    private func fileName(_ head: HTTPAnswerHead, _ context: RunContext) -> String {
        if let saveAs { return saveAs.split(separator: "/").last.map(String.init) ?? saveAs }
        if let name = head.headers.first(name: "Content-Disposition").flatMap(ContentDisposition.fileName) {
            return name
        }
        return context.freshFileName(FileNames.fileExtension(of: URLText.lastPathPart(request.uri)))
    }
}

/// The header that names a file. Source: RFC 6266.
enum ContentDisposition {
    /// The file name without folders; nil when there is none. `filename*` counts before `filename`.
    static func fileName(_ header: String) -> String? {
        var names: [String: String] = [:]
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            var value = String(pair[1]).trimmingBlanks
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 {
                value = String(value.dropFirst().dropLast())
            }
            names[String(pair[0]).trimmingBlanks.lowercased()] = value
        }
        var name = names["filename"]
        if let extended = names["filename*"] {
            name = extended.split(separator: "'", omittingEmptySubsequences: false).last.flatMap { decoded($0) } ?? name
        }
        let last = name?.split { $0 == "/" || $0 == "\\" }.last.map(String.init)
        return last == "." || last == ".." ? nil : last
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
