import FlowModel
import Storage

/// The beginning of a file in a form that a page can show. Source: engine spec §11.3.
struct FilePreview {
    static let usualRows = 100
    static let mostRows = 5000
    /// What is read of a file, at most.
    private static let byteLimit = 4 << 20

    private enum Encoding { case utf8, latin1, utf16(isBigEndian: Bool) }

    private let kind: Kind
    private let ending: String
    private let maxRows: Int
    private let encoding: Encoding

    private enum Kind: String { case list = "LIST", text = "TEXT", image = "IMAGE", markdown = "MARKDOWN", pdf = "PDF" }

    /// - Throws: 422 for an encoding that is not known.
    init(name: String, maxRows: Int, encoding: String) throws(Refusal) {
        ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        self.maxRows = maxRows
        kind =
            switch ending {
            case "ion", "jsonl", "ndjson": .list
            case "md", "markdown": .markdown
            case "pdf": .pdf
            case "png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "apng", "avif": .image
            default: .text
            }
        switch encoding.uppercased() {
        case "UTF-8", "UTF8", "US-ASCII", "ASCII": self.encoding = .utf8
        case "ISO-8859-1", "LATIN1", "CP1250", "WINDOWS-1252": self.encoding = .latin1
        case "UTF-16", "UTF-16BE": self.encoding = .utf16(isBigEndian: true)
        case "UTF-16LE": self.encoding = .utf16(isBigEndian: false)
        default: throw .illegalArgument("Unable to preview using encoding '\(encoding)'")
        }
    }

    /// `{extension, type, content, maxLine, truncated}`.
    func value(of file: FileInfo, in files: any FileStore) async throws -> Value {
        let bytes = try await files.bytes(at: file.path, from: 0, count: min(file.size, Self.byteLimit))
        let isWhole = bytes.count >= file.size
        let (content, isCut): (Value, Bool) =
            switch kind {
            case .image, .pdf: (.string(Base64.encode(isWhole ? bytes : [])), !isWhole)
            case .list: rows(of: bytes, isWhole: isWhole)
            case .text, .markdown: lines(of: bytes, isWhole: isWhole)
            }
        return .map([
            "extension": .string(ending), "type": .string(kind.rawValue), "content": content,
            "maxLine": .int(Int64(maxRows)), "truncated": .bool(isCut),
        ])
    }

    private func lines(of bytes: [UInt8], isWhole: Bool) -> (Value, Bool) {
        let all = text(bytes).split(separator: "\n", maxSplits: maxRows, omittingEmptySubsequences: false)
        let rest = all.count > maxRows && !(all[maxRows].isEmpty)
        return (.string(all.prefix(maxRows).joined(separator: "\n")), rest || !isWhole)
    }

    /// One value a line; a line that is no JSON is shown as text.
    private func rows(of bytes: [UInt8], isWhole: Bool) -> (Value, Bool) {
        var rows: [Value] = []
        for line in bytes.split(separator: 10) {
            if rows.count == maxRows { return (.list(rows), true) }
            rows.append((try? JSON.parse(Array(line))) ?? .string(text(Array(line))))
        }
        return (.list(rows), !isWhole)
    }

    private func text(_ bytes: [UInt8]) -> String {
        switch encoding {
        case .utf8: return String(decoding: bytes, as: UTF8.self)
        case .latin1: return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case .utf16(let isBigEndian):
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
                let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
                return isBigEndian ? first << 8 | second : second << 8 | first
            }
            return String(decoding: units, as: UTF16.self)
        }
    }
}

/// Base64 with padding (RFC 4648 §4).
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : digits[Int(bits >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
