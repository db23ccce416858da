import Hummingbird

/// Reads the parts of a form one after the other, from a body of either form type, as it arrives.
struct FormReader {
    private enum Source {
        case multipart(MultipartParser, RequestBody.AsyncIterator)
        /// Names and values that were read whole.
        case fields([Query.Item], next: Int)
    }

    private var source: Source
    private var read = 0
    private let limit: Int
    private var isWithinPart = false

    /// An empty body has no parts: clients that have nothing to say send none.
    /// - Throws: 413 for a body that says it is too large, 400 without boundary, 415 for a body that is no form.
    /// - Parameter advice: how to send what is wanted, for the 415.
    init(_ call: Call, advice: String) async throws {
        limit = call.settings.maxUploadBytes
        switch call.mediaType {
        case "multipart/form-data":
            if let text = call.header(.contentLength), let length = Int(text), length > limit {
                throw Refusal.tooLarge(limit: limit)
            }
            let parameters = HeaderParameters(call.header(.contentType) ?? "")
            guard let boundary = parameters["boundary"], (1...200).contains(boundary.utf8.count) else {
                throw MultipartParser.malformed("its content type names no boundary")
            }
            source = .multipart(MultipartParser(boundary: boundary), call.request.body.makeAsyncIterator())
        case "application/x-www-form-urlencoded":
            let text = try await call.bodyText()
            if let first = text.utf8.first(where: { ![9, 10, 13, 32].contains($0) }), "{[".utf8.contains(first) {
                throw Refusal.wrongMediaType(
                    "The body looks like JSON but says that it is \(call.mediaType), as `curl -d` does", advice)
            }
            source = .fields(Query(text).items, next: 0)
        default:
            if try await call.hasBody() {
                let type = call.mediaType.isEmpty ? "no content type" : "content type \(call.mediaType.prefix(100))"
                throw Refusal.wrongMediaType("The body has \(type), which is not read here", advice)
            }
            source = .fields([], next: 0)
        }
    }

    /// The next part; what was not read of the one before is passed over.
    mutating func nextPart() async throws -> PartHead? {
        while isWithinPart, try await nextData() != nil {}
        switch source {
        case .fields(let items, let next):
            guard next < items.count else { return nil }
            isWithinPart = true
            return PartHead(name: items[next].name)
        case .multipart:
            while let event = try await nextEvent() {
                if case .part(let head) = event {
                    isWithinPart = true
                    return head
                }
            }
            return nil
        }
    }

    /// More of the part that was begun; nil at its end.
    mutating func nextData() async throws -> ByteBuffer? {
        guard isWithinPart else { return nil }
        if case .fields(let items, let next) = source {
            source = .fields(items, next: next + 1)
            isWithinPart = false
            return items[next].value.isEmpty ? nil : ByteBuffer(string: items[next].value)
        }
        if case .data(let data)? = try await nextEvent() { return data }
        isWithinPart = false
        return nil
    }

    /// The rest of the part. - Throws: 413 beyond `limit` bytes.
    mutating func content(upTo limit: Int) async throws -> ByteBuffer {
        var whole: ByteBuffer?
        while let data = try await nextData() {
            guard var begun = whole else {
                whole = data
                continue
            }
            begun.writeImmutableBuffer(data)
            whole = begun
            if begun.readableBytes > limit { throw Refusal.tooLarge(limit: limit) }
        }
        let content = whole ?? ByteBuffer()
        if content.readableBytes > limit { throw Refusal.tooLarge(limit: limit) }
        return content
    }

    /// Nil when the form has ended.
    private mutating func nextEvent() async throws -> MultipartParser.Event? {
        guard case .multipart(var parser, var body) = source else { return nil }
        defer { source = .multipart(parser, body) }
        source = .fields([], next: 0)  // so that the parser's buffer has one owner while it is worked on
        while true {
            if let event = try parser.next() {
                if case .endOfForm = event { return nil }
                return event
            }
            var next: ByteBuffer?
            do { next = try await body.next() } catch { throw try Call.broken(error) }
            guard let piece = next else { throw MultipartParser.malformed("it ends before its last boundary") }
            read += piece.readableBytes
            if read > limit { throw Refusal.tooLarge(limit: limit) }
            parser.feed(piece)
        }
    }
}
