/// A `multipart/form-data` body of texts and files.
struct MultipartBody {
    private let boundary = "sluice-\(UInt64.random(in: .min ... .max))"
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }
    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    mutating func add(text: String, name: String) {
        let name = Self.quoted(name)
        bytes += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(text)\r\n".utf8)
    }

    mutating func add(file contents: [UInt8], fileName: String, name: String) {
        let (name, fileName) = (Self.quoted(name), Self.quoted(fileName))
        bytes += Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(fileName)\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                .utf8)
        bytes += contents + Array("\r\n".utf8)
    }

    func finished() -> [UInt8] { bytes + Array("--\(boundary)--\r\n".utf8) }

    /// As browsers write names that would end the quotes or the line.
    private static func quoted(_ name: String) -> String {
        let forms: [Unicode.Scalar: String] = ["\"": "%22", "\r": "%0D", "\n": "%0A"]
        return name.unicodeScalars.map { forms[$0] ?? String($0) }.joined()
    }
}
