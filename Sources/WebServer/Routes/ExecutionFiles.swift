import FlowModel
import Hummingbird
import Storage

/// `GET /executions/{id}/file`: the files of an execution. Source: engine spec §11.3.
struct ExecutionFiles: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/executions/{id}/file", "Downloads a file of an execution.", handler: download),
            .get("/executions/{id}/file/metas", "The size of a file.", handler: metas),
            .get("/executions/{id}/file/preview", "The beginning of a file, made for reading.", handler: preview),
        ]
    }

    @Sendable private func download(_ call: Call) async throws -> Response {
        switch try await locate(call) {
        case .elsewhere(let answer): return answer
        case .here(let file):
            return try FileAnswer(files: engine.files, file: file).response(to: call.request)
        }
    }

    @Sendable private func metas(_ call: Call) async throws -> Response {
        switch try await locate(call) {
        case .elsewhere(let answer): return answer
        case .here(let file): return .json(["size": .int(Int64(file.size))])
        }
    }

    @Sendable private func preview(_ call: Call) async throws -> Response {
        switch try await locate(call) {
        case .elsewhere(let answer): return answer
        case .here(let file):
            let rows = try call.query.int("maxRows", in: 1...FilePreview.mostRows) ?? FilePreview.usualRows
            let preview = try FilePreview(
                name: file.path.name, maxRows: rows, encoding: call.query.text("encoding") ?? "UTF-8")
            return .json(try await preview.value(of: file, in: engine.files))
        }
    }

    private enum Place {
        case here(FileInfo)
        /// Another execution's file: its own address.
        case elsewhere(Response)
    }

    private func locate(_ call: Call) async throws -> Place {
        let execution = try await engine.known(call["id"]).execution
        let text = try call.query.required("path")
        let path = try FilePath(text)
        let flow = FlowKey(execution.namespace, execution.flowID)
        let own = try [
            FilePath.execution(execution.id, of: flow), FilePath.flow(flow).appending("states"),
            FilePath.namespace(flow.namespace).appending("states"), FilePath.namespaceFiles(flow.namespace),
        ]
        guard own.contains(where: path.isWithin) else {
            guard let other = Self.execution(in: path), other != execution.id else {
                throw Refusal.illegalArgument("Invalid prefix path: `\(text)` is no file of execution \(execution.id)")
            }
            var address = call.path.replacing(execution.id.description, with: other.description)
            if let query = call.request.uri.query { address += "?" + query }
            var headers = HTTPFields()
            headers[.location] = address
            return .elsewhere(Response(status: .temporaryRedirect, headers: headers))
        }
        guard let info = try await engine.files.info(at: path), !info.isFolder else {
            throw Refusal.notFound("Unable to find file '\(text)'")
        }
        return .here(info)
    }

    /// The execution whose folder a path lies in: `/…/executions/<id>/…`.
    private static func execution(in path: FilePath) -> ExecutionID? {
        let parts = path.text.split(separator: "/")
        for (name, id) in zip(parts, parts.dropFirst()) where name == "executions" {
            if let id = ExecutionID(id) { return id }
        }
        return nil
    }
}

/// A stored file as an answer, read piece by piece: all of it, or the stretch that the request's `Range` names.
struct FileAnswer {
    let files: any FileStore
    let file: FileInfo

    private static let pieceSize = 256 * 1024

    func response(to request: Request) throws(Refusal) -> Response {
        var headers = HTTPFields.attachment(file.path.name, type: "application/octet-stream")
        headers[.acceptRanges] = "bytes"
        // A file may be written anew between two requests: who wants the rest of the old one says so by this.
        let version = "\"\(file.modified.milliseconds)-\(file.size)\""
        headers[.eTag] = version
        let wanted = request.headers[.ifRange].map { $0 == version } ?? true ? request.headers[.range] : nil
        switch ByteRange(request.method == .get ? wanted : nil, size: file.size) {
        case .whole: return Response(status: .ok, headers: headers, body: body(0..<file.size))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)"
            return Response(status: .partialContent, headers: headers, body: body(range))
        case .outside:
            var refusal = Refusal(
                .rangeNotSatisfiable, "The file has \(file.size) bytes; nothing of it lies in the range asked for",
                code: "range")
            refusal.headers[.contentRange] = "bytes */\(file.size)"
            throw refusal
        }
    }

    private func body(_ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { [files, file] writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let count = min(Self.pieceSize, range.upperBound - offset)
                let piece = try await files.bytes(at: file.path, from: offset, count: count)
                if piece.isEmpty { throw StorageError(.io, "\(file.path) became shorter while it was read") }
                try await writer.write(ByteBuffer(bytes: piece))
                offset += piece.count
            }
            try await writer.finish(nil)
        }
    }
}
