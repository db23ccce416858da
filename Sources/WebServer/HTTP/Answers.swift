import FlowModel
import Hummingbird

extension Response {
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func json(_ value: Value, status: HTTPResponse.Status = .ok) -> Response {
        .json(value.json(), status: status)
    }

    /// What `write` writes, as the whole body.
    static func json(status: HTTPResponse.Status = .ok, _ write: (inout JSONText) throws -> Void) rethrows -> Response {
        var text = JSONText()
        try write(&text)
        return .json(text.bytes, status: status)
    }

    /// `{"count": n}`: the answer to an operation on many things. Source: engine spec §11.1.
    static func count(_ count: Int) -> Response { .json(["count": .int(Int64(count))]) }

    static func empty(_ status: HTTPResponse.Status = .ok) -> Response { Response(status: status) }

    static func text(
        _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func yaml(_ text: String) -> Response { .text(text, type: "application/x-yaml") }

    /// The same answer with remarks for people, each in a header of its own, which a client may show and need not know.
    func warning(_ remarks: [String]) -> Response {
        var response = self
        for remark in remarks {
            let plain = remark.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" }
            response.headers.append(HTTPFields.Element(name: .sluiceWarning, value: String(plain)))
        }
        return response
    }

    /// Bytes to be kept as a file.
    static func attachment(_ bytes: [UInt8], name: String, type: String = "application/octet-stream") -> Response {
        Response(
            status: .ok, headers: .attachment(name, type: type),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension HeaderName {
    static let sluiceWarning = HeaderName("Sluice-Warning")!
    static let sluiceExecution = HeaderName("Sluice-Execution")!
}

extension HTTPFields {
    /// The headers of a file that a browser must save and never show as a page of this server.
    static func attachment(_ name: String, type: String) -> HTTPFields {
        let safe = String(
            name.unicodeScalars.map { $0.isASCII && $0.value >= 0x20 && $0 != "\"" && $0 != "\\" ? Character($0) : "_" }
        )
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.contentDisposition] =
            safe == name
            ? "attachment; filename=\"\(safe)\""
            : "attachment; filename=\"\(safe)\"; filename*=UTF-8''\(PercentText.encode(name))"
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }
}
