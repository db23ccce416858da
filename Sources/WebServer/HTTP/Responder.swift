import Hummingbird
import Logging

/// What is known of a request beside itself: a log that names it.
struct CallSource: InitializableFromSource, Sendable {
    let logger: Logger

    init(source: ApplicationRequestContextSource) { logger = source.logger }

    init(logger: Logger) { self.logger = logger }
}

/// Answers every request: finds its route, asks the gate, runs the handler, and turns errors into answers.
struct Responder: HTTPResponder {
    typealias Context = CallSource

    static let requestIDName = HeaderName("X-Request-Id")!

    let table: RouteTable
    let settings: WebSettings
    var mask: AnswerMask?

    func respond(to request: Request, context: CallSource) async throws -> Response {
        let id = requestID(of: request, context)
        var response: Response
        do {
            response = try await answer(request, id: id)
        } catch let error as CancellationError {
            throw error
        } catch {
            response = ErrorAnswer(path: request.uri.path, id: id, logger: context.logger).response(to: error)
        }
        mask?.apply(to: &response)
        response.headers[Self.requestIDName] = id
        if request.method == .head {
            let length = response.headers[.contentLength]
            response.body = ResponseBody()
            response.headers[.contentLength] = length
        }
        if context.logger.logLevel <= .debug {
            context.logger.debug(
                "\(request.method) \(request.uri.path) answered \(response.status.code)", metadata: ["request": "\(id)"]
            )
        }
        return response
    }

    private func answer(_ request: Request, id: String) async throws -> Response {
        let path = request.uri.path
        let isHead = request.method == .head
        guard let (route, captured) = table.find(isHead ? .get : request.method, path), !(isHead && route.acts) else {
            throw Refusal.notFound("\(request.method) \(path) is no route of this server", code: "no-such-route")
        }
        if route.access == .guarded {
            try HostRule(settings: settings).check(request)
            try OriginRule(settings: settings).check(request)
            if let gate = settings.gate, let refusal = try await gate.refusal(of: request) { return refusal }
        }
        let query = request.uri.query.map { Query($0) } ?? Query()
        return try await route.handler(
            Call(request: request, query: query, captured: captured, id: id, settings: settings))
    }

    /// The client's own id when it has a sane one, else one of ours.
    private func requestID(of request: Request, _ context: CallSource) -> String {
        if let given = request.headers[Self.requestIDName], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        {
            return given
        }
        return context.logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "\(RequestID())"
    }
}

/// A door that is asked before each request that is not open to everybody; sign-in, tokens and rights are built on it.
public protocol RequestGate: Sendable {
    /// - Returns: nil to let the request in, else the answer it gets instead.
    func refusal(of request: Request) async throws -> Response?
}
