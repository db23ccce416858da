import AsyncHTTPClient
import Connections
import FlowModel
import NIOCore
import NIOHTTP1
import TaskKit

/// What a flow says about a request, in the form that all HTTP tasks share.
struct HTTPPlan: Sendable {
    var uri: String
    var method: String
    var params: ValueMap
    var headers: ValueMap
    var body: String?
    var formData: ValueMap?
    var contentType: String?
    var options: HTTPOptions?
    var ssl: SSLOptions?
    var allowFailed: Bool
}

/// The head of an answer.
struct HTTPAnswerHead: Sendable {
    /// Where it came from in the end, after redirects.
    var uri: String
    var code: Int
    var reason: String
    var headers: HTTPHeaders

    /// Lower-case names with all their values, in order.
    var headerValues: ValueMap {
        var values: ValueMap = [:]
        for (name, value) in headers {
            let name = name.lowercased()
            values[name] = .list((values[name]?.list ?? []) + [.string(value)])
        }
        return values
    }
}

/// One request and its answer. Source: engine spec §6.6, since-0.20 §3.1.
struct HTTPExchange: Sendable {
    let plan: HTTPPlan
    let context: RunContext

    /// Makes the request and hands over the answer while it is still coming.
    func perform<Result>(
        acceptsCompressed: Bool, _ use: (HTTPAnswerHead, HTTPClientResponse.Body) async throws -> Result
    ) async throws(TaskFailure) -> Result {
        let traits = try HTTPClientTraits(plan.options, ssl: plan.ssl)
        let request = try await request(acceptsCompressed: acceptsCompressed)
        let isCommon = traits.isCommon
        do {
            return try await HTTPConnections.shared.withClient(traits, isCommon: isCommon) { client in
                let response = try await client.execute(request, deadline: .now() + HTTPConnections.longest)
                let head = HTTPAnswerHead(
                    uri: response.history.last?.request.url ?? request.url, code: Int(response.status.code),
                    reason: response.status.reasonPhrase, headers: response.headers)
                if plan.options?.logs?.contains(.responseHeaders) == true {
                    context.log.debug("Answer \(head.code) \(head.reason)\n\(Self.shown(response.headers))")
                }
                return try await use(head, response.body)
            }
        } catch let failure as TaskFailure {
            throw failure
        } catch {
            let why = HTTPTrouble.told(ConnectionTrouble(error))
            throw TaskFailure("\(plan.method) \(URLText.shown(request.url)): \(why)")
        }
    }

    /// Whether the answer's status is one that fails the task.
    func isFailure(_ head: HTTPAnswerHead) -> Bool {
        guard head.code >= 400, !plan.allowFailed, plan.options?.allowFailed != true else { return false }
        return plan.options?.allowedResponseCodes?.contains(head.code) != true
    }

    /// The failure that such a status is, with the beginning of what the server said.
    func failure(_ head: HTTPAnswerHead, body: [UInt8]) -> TaskFailure {
        let said = String(decoding: body.prefix(1000), as: UTF8.self)
        return TaskFailure(
            "\(plan.method) \(URLText.shown(head.uri)) was answered with \(head.code) \(head.reason)"
                + (said.isEmpty ? "" : ": \(said)"))
    }

    private func request(acceptsCompressed: Bool) async throws(TaskFailure) -> HTTPClientRequest {
        let url = URLText.adding(plan.params, to: URLText.cleaned(plan.uri))
        guard url.hasPrefix("http://") || url.hasPrefix("https://") || url.hasPrefix("http+unix://") else {
            throw .property(
                "uri", "is `\(URLText.shown(url))`", fix: "write an address that begins with http:// or https://")
        }
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: plan.method)
        for (name, value) in plan.headers {
            for item in value.list ?? [value] where !item.isNull {
                request.headers.add(name: name, value: item.printed())
            }
        }
        if acceptsCompressed, !request.headers.contains(name: "Accept-Encoding") {
            request.headers.add(name: "Accept-Encoding", value: "gzip, deflate")
        }
        if !request.headers.contains(name: "User-Agent") { request.headers.add(name: "User-Agent", value: "Sluice") }
        try authorize(&request.headers)
        try await fill(&request)
        if plan.options?.logs?.contains(.requestHeaders) == true {
            context.log.debug("\(plan.method) \(URLText.shown(url))\n\(Self.shown(request.headers))")
        }
        if plan.options?.logs?.contains(.requestBody) == true, let body = plan.body { context.log.debug(body) }
        return request
    }

    private func fill(_ request: inout HTTPClientRequest) async throws(TaskFailure) {
        var type = plan.contentType
        if let form = plan.formData {
            if let asked = type, asked.lowercased().hasPrefix("multipart/form-data") {
                let form = try await MultipartForm.make(form, for: context)
                type = "multipart/form-data; boundary=\(form.boundary)"
                request.body = .bytes(ByteBuffer(bytes: form.bytes))
                request.headers.remove(name: "Content-Type")
            } else {
                type = type ?? "application/x-www-form-urlencoded"
                request.body = .bytes(ByteBuffer(string: URLText.form(form)))
            }
        } else if let body = plan.body {
            request.body = .bytes(ByteBuffer(string: body))
        }
        if !request.headers.contains(name: "Content-Type") {
            request.headers.add(name: "Content-Type", value: type ?? "application/json")
        }
    }

    private func authorize(_ headers: inout HTTPHeaders) throws(TaskFailure) {
        guard let options = plan.options else { return }
        let user = options.auth?.username ?? options.basicAuthUser
        let kind = options.auth?.type ?? (options.auth?.token != nil ? .bearer : user != nil ? .basic : nil)
        let value: String
        switch kind {
        case nil: return
        case .basic?:
            let password = options.auth?.password ?? options.basicAuthPassword ?? ""
            value = "Basic \(Base64.encoded(Array("\(user ?? ""):\(password)".utf8)))"
        case .bearer?:
            guard let token = options.auth?.token else { throw .property("options.auth", "has no `token`", fix: nil) }
            value = "Bearer \(token)"
        case .digest?:
            throw .property("options.auth.type", "is DIGEST, which is not available", fix: "use BASIC or BEARER")
        }
        headers.replaceOrAdd(name: "Authorization", value: value)
    }

    private static func shown(_ headers: HTTPHeaders) -> String {
        let secret = ["authorization", "proxy-authorization", "cookie", "set-cookie"]
        return headers.map { "\($0.name): \(secret.contains($0.name.lowercased()) ? "***" : $0.value)" }
            .joined(separator: "\n")
    }
}

extension HTTPClientTraits {
    /// Whether the client for these settings is one that everybody shares.
    var isCommon: Bool { proxy == nil && !trustsAll && connectMilliseconds == 10_000 && readMilliseconds == 300_000 }
}
