import FlowModel
import TaskKit

/// A form as `multipart/form-data`: stored files are sent as files, other values as they are. Source: since-0.20 §3.1.
struct MultipartForm {
    /// A form is built in memory; more bytes than this are refused.
    static let largest = 100 * 1024 * 1024

    let boundary: String
    private(set) var bytes: [UInt8] = []

    init(boundary: String) { self.boundary = boundary }

    /// - Throws: for a file that is not there, and a form that is too large.
    static func make(_ members: ValueMap, for context: RunContext) async throws(TaskFailure) -> MultipartForm {
        let random = context.scope.world.random()
        var form = MultipartForm(
            boundary: "sluice-\(String(random, radix: 16))-\(String(context.scope.world.random(), radix: 16))")
        for (name, value) in members where !value.isNull {
            let uri = value["content"]?.string ?? value.string
            guard let uri, uri.hasPrefix(StoredFileURI.scheme) else {
                form.add(name, fileName: nil, Array(value.printed().utf8))
                continue
            }
            let size = try await attempting { try await context.services.files.size(of: uri) }
            guard size + Int64(form.bytes.count) <= Int64(largest) else {
                throw .property("formData", "has files of more than \(largest) bytes", fix: "send them one by one")
            }
            let content = try await attempting { try await context.services.files.read(uri) }
            form.add(name, fileName: value["name"]?.string ?? uri.split(separator: "/").last.map(String.init), content)
        }
        form.bytes += Array("--\(form.boundary)--\r\n".utf8)
        return form
    }

    private mutating func add(_ name: String, fileName: String?, _ content: [UInt8]) {
        var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(name))\""
        if let fileName { head += "; filename=\"\(Self.quoted(fileName))\"\r\nContent-Type: application/octet-stream" }
        bytes += Array("\(head)\r\n\r\n".utf8)
        bytes += content
        bytes += Array("\r\n".utf8)
    }

    private static func quoted(_ text: String) -> String {
        text.replacing("\"", with: "%22").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }
}
