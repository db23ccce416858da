import Hummingbird

/// What the head of a form's part says.
struct PartHead: Sendable, Hashable {
    var name: String
    /// Set on the parts that are files.
    var fileName: String?
    var contentType: String?
}

/// Takes a `multipart/form-data` body (RFC 7578) apart as it arrives; what it holds is bounded by the pieces it is fed.
struct MultipartParser {
    enum Event: Sendable {
        case part(PartHead)
        /// More of the part that has begun.
        case data(ByteBuffer)
        case endOfPart
        case endOfForm
    }

    private enum State { case preamble, afterDelimiter, head, content, ended }

    /// The longest head of a part.
    static let headLimit = 16 * 1024
    static let partLimit = 1000

    private let delimiter: [UInt8]
    private var buffer = ByteBuffer()
    private var state = State.preamble
    private var parts = 0

    init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        buffer.writeString("\r\n")  // the first delimiter has no line end before it
    }

    mutating func feed(_ piece: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(piece)
    }

    /// What comes next, nil when more must be fed first.
    mutating func next() throws(Refusal) -> Event? {
        while true {
            switch state {
            case .preamble:
                guard let index = find(delimiter) else {
                    skipBut(delimiter.count - 1)
                    return nil
                }
                buffer.moveReaderIndex(forwardBy: index + delimiter.count)
                state = .afterDelimiter
            case .afterDelimiter:
                guard try passDelimiterEnd() else { return nil }
            case .head:
                guard let event = try readHead() else { return nil }
                return event
            case .content:
                return readContent()
            case .ended:
                buffer.clear()
                return .endOfForm
            }
        }
    }

    /// `--` ends the form, a line end begins the next part. False when more is needed.
    private mutating func passDelimiterEnd() throws(Refusal) -> Bool {
        let view = buffer.readableBytesView
        guard view.count >= 2 else { return false }
        if view.starts(with: "--".utf8) {
            state = .ended
            return true
        }
        let blanks = view.prefix { $0 == 0x20 || $0 == 0x09 }.count
        guard view.count >= blanks + 2 else { return false }
        guard view.dropFirst(blanks).starts(with: "\r\n".utf8) else {
            throw Self.malformed("a boundary is not followed by a line end")
        }
        // The line end stays: a part without any head begins with an empty line.
        buffer.moveReaderIndex(forwardBy: blanks)
        parts += 1
        guard parts <= Self.partLimit else { throw Self.malformed("it has more than \(Self.partLimit) parts") }
        state = .head
        return true
    }

    private mutating func readHead() throws(Refusal) -> Event? {
        guard let length = find(Array("\r\n\r\n".utf8)) else {
            if buffer.readableBytes > Self.headLimit { throw Self.malformed("the head of a part is too long") }
            return nil
        }
        guard length <= Self.headLimit, let text = buffer.readString(length: length) else {
            throw Self.malformed("the head of a part is too long")
        }
        buffer.moveReaderIndex(forwardBy: 4)
        state = .content
        return .part(try PartHead(lines: text))
    }

    private mutating func readContent() -> Event? {
        if let index = find(delimiter) {
            if index > 0, let data = buffer.readSlice(length: index) { return .data(data) }
            buffer.moveReaderIndex(forwardBy: delimiter.count)
            state = .afterDelimiter
            return .endOfPart
        }
        let safe = buffer.readableBytes - (delimiter.count - 1)
        guard safe > 0, let data = buffer.readSlice(length: safe) else { return nil }
        return .data(data)
    }

    private mutating func skipBut(_ count: Int) {
        buffer.moveReaderIndex(forwardBy: max(buffer.readableBytes - count, 0))
    }

    /// The distance to the first occurrence.
    private func find(_ wanted: [UInt8]) -> Int? {
        buffer.withUnsafeReadableBytes { bytes in
            wanted.withUnsafeBytes { wanted in
                var index = 0
                let last = bytes.count - wanted.count
                while index <= last {
                    if bytes[index] == wanted[0] {
                        var length = 1
                        while length < wanted.count, bytes[index + length] == wanted[length] { length += 1 }
                        if length == wanted.count { return index }
                    }
                    index += 1
                }
                return nil
            }
        }
    }

    static func malformed(_ what: String) -> Refusal {
        Refusal(.badRequest, "The multipart body cannot be read: \(what)", code: "malformed-form")
    }
}

extension PartHead {
    /// - Parameter lines: the header lines of a part.
    fileprivate init(lines: String) throws(Refusal) {
        var found: (name: String, fileName: String?)?
        var type: String?
        for line in lines.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmed
            switch line[..<colon].lowercased() {
            case "content-disposition":
                let parameters = HeaderParameters(value)
                if let name = parameters["name"] {
                    let extended = parameters["filename*"].flatMap(HeaderParameters.extended)
                    found = (name, extended ?? parameters["filename"])
                }
            case "content-type": type = value
            default: break
            }
        }
        guard let found else {
            throw MultipartParser.malformed("a part has no `Content-Disposition: form-data; name=…`")
        }
        self.init(name: found.name, fileName: found.fileName, contentType: type)
    }
}

/// The parameters behind the first word of a header value: `form-data; name="a"; filename="b.csv"`.
struct HeaderParameters: Sendable {
    private var members: [(name: String, value: String)] = []

    init(_ text: String) {
        var rest = text.unicodeScalars[...].drop { $0 != ";" }
        while rest.popFirst() != nil {  // the semicolon
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[name.endIndex...]
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            members.append((String(name).trimmed.lowercased(), Self.value(&rest)))
            rest = rest.drop { $0 != ";" }
        }
    }

    subscript(name: String) -> String? { members.first { $0.name == name }?.value }

    private static func value(_ rest: inout Substring.UnicodeScalarView) -> String {
        guard rest.first == "\"" else {
            let plain = rest.prefix { $0 != ";" }
            rest = rest[plain.endIndex...]
            return String(plain).trimmed
        }
        rest.removeFirst()
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst(), scalar != "\"" {
            // Browsers do not escape backslashes; only an escaped quote or backslash counts as an escape.
            if scalar == "\\", let next = rest.first, next == "\"" || next == "\\" {
                text.append(next)
                rest.removeFirst()
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }

    /// `UTF-8''na%C3%AFve.txt`. Source: RFC 8187.
    static func extended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return PercentText.decode(parts[2])
    }
}
