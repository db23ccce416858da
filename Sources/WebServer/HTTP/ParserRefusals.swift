import FlowModel
import Hummingbird
import Logging
import NIOCore

/// Gives the answer to a request that is no HTTP, or has too many headers, the body that all refusals have: the HTTP library
/// gives it none, before any route is asked.
final class ParserRefusals: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let answers = BareAnswers()

    func handlerAdded(context: ChannelHandlerContext) {
        // Fails only on a connection that is closed already, which gets no answers.
        try? context.pipeline.syncOperations.addHandler(answers, position: .first)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answers.reason = "\(error)"
        context.fireErrorCaught(error)
    }
}

/// Sees answers as they are written, and fills in the one without a body.
private final class BareAnswers: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Why the request could not be read.
    var reason: String?

    private static let start = Array("HTTP/1.1 400 ".utf8)

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(let head) = unwrapOutboundIn(data), let reason,
            head.readableBytesView.starts(with: Self.start),
            String(buffer: head).lowercased().contains("\r\ncontent-length: 0\r\n")
        else {
            context.write(data, promise: promise)
            return
        }
        context.write(wrapOutboundOut(.byteBuffer(Self.answer(reason))), promise: promise)
    }

    private static func answer(_ reason: String) -> ByteBuffer {
        let refusal = Refusal(.badRequest, "The request cannot be read: \(reason)", code: "no-http")
        let body = ErrorAnswer(path: "/", id: "", logger: Logger(label: "sluice.web")).bodyValue(of: refusal).json()
        var buffer = ByteBuffer(
            string: "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n"
                + "Connection: close\r\n\r\n")
        buffer.writeBytes(body)
        return buffer
    }
}
