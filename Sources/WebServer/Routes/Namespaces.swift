import FlowModel
import Hummingbird
import Storage

/// `/namespaces`: there is a namespace wherever there are flows. Source: engine spec §11.6.
struct NamespaceRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/namespaces/search", "Finds namespaces.", handler: search),
            .get("/namespaces/{namespace}", "One namespace.") { call in
                .json(["id": .string(call["namespace"]), "deleted": false])
            },
            .get("/namespaces/{namespace}/files/search", "Paths of files that contain a text.", handler: findFiles),
            .get("/namespaces/{namespace}/files", "A file's content.", handler: readFile),
            .post(
                "/namespaces/{namespace}/files", "Creates or overwrites a file (part `fileContent`).",
                handler: writeFile),
            .put("/namespaces/{namespace}/files", "Moves a file or folder.", handler: moveFile),
            .delete("/namespaces/{namespace}/files", "Deletes a file or folder.", handler: deleteFile),
            .get("/namespaces/{namespace}/files/stats", "What is known of a file or folder.", handler: stats),
            .get("/namespaces/{namespace}/files/directory", "What is in a folder.", handler: listFolder),
            .post("/namespaces/{namespace}/files/directory", "Creates a folder.", handler: makeFolder),
        ]
    }

    /// Pages of `{id, disabled: true}`: every namespace with flows, its parents, and the system's own.
    @Sendable private func search(_ call: Call) async throws -> Response {
        let common = try CommonFilters(call, now: engine.clock.now)
        let names = try await engine.store.namespaces()
        var all = try call.query.flag("existing") ? names : NamespaceTree.closure(of: names + [NamespaceChoice.system])
        if let text = common.text?.lowercased() { all = all.filter { $0.lowercased().contains(text) } }
        if let sort = try call.sort(), sort.descending { all.reverse() }
        let page = try call.page().cut(all)
        return .json(
            .map([
                "results": .list(page.items.map { ["id": .string($0), "disabled": true] }),
                "total": .int(Int64(page.total)),
            ]))
    }

    // MARK: files

    /// The folder of a namespace's files. - Throws: 422 for a name of which parts between the dots are no names.
    private func root(_ call: Call) throws -> FilePath {
        let name = call["namespace"]
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.contains("/") && !$0.contains("\\") }) else {
            throw Refusal.illegalArgument("`\(name)` is no namespace: write names with dots between them")
        }
        return try FilePath.namespaceFiles(name)
    }

    /// The file a request names. Flows are shown below `/_flows` elsewhere; they are no files.
    private func path(_ call: Call, _ parameter: String = "path") throws -> FilePath {
        let text = try call.query.required(parameter)
        let root = try root(call)
        let path = try root.appending(text)
        if path.isWithin(try root.appending("_flows")) { throw Refusal.illegalArgument("Forbidden path: \(text)") }
        return path
    }

    private func folder(_ call: Call) throws -> FilePath {
        call.query.text("path") == nil ? try root(call) : try path(call)
    }

    private func known(_ path: FilePath, _ call: Call) async throws -> FileInfo {
        guard let info = try await engine.files.info(at: path) else {
            throw Refusal.notFound("File not found: \(call.query.text("path") ?? "/")")
        }
        return info
    }

    @Sendable private func findFiles(_ call: Call) async throws -> Response {
        let root = try root(call)
        let text = (call.query.text("q") ?? "").lowercased()
        let files = try await engine.files.list(root, deep: true).filter { !$0.isFolder }
        let paths = files.map { String($0.path.text.dropFirst(root.text.count)) }
        return .json(.list(paths.filter { text.isEmpty || $0.lowercased().contains(text) }.map { .string($0) }))
    }

    @Sendable private func readFile(_ call: Call) async throws -> Response {
        let info = try await known(try path(call), call)
        guard !info.isFolder else { throw Refusal.illegalArgument("`\(call.query.text("path") ?? "/")` is a folder") }
        return try FileAnswer(files: engine.files, file: info).response(to: call.request)
    }

    @Sendable private func writeFile(_ call: Call) async throws -> Response {
        let path = try path(call)
        var reader = try await FormReader(call, advice: "send a form with a file (`-F fileContent=@file`)")
        while let part = try await reader.nextPart() {
            guard part.name == "fileContent" || part.fileName != nil else { continue }
            let writer = try await engine.files.writer(at: path)
            do {
                while let data = try await reader.nextData() { try await writer.write(Array(data.readableBytesView)) }
            } catch {
                await writer.abandon()
                throw error
            }
            _ = try await writer.finish()
            return .empty()
        }
        throw Refusal.illegalArgument("the form has no part `fileContent`")
    }

    @Sendable private func moveFile(_ call: Call) async throws -> Response {
        let (from, to) = (try path(call, "from"), try path(call, "to"))
        guard try await engine.files.info(at: from) != nil else {
            throw Refusal.notFound("File not found: \(call.query.text("from") ?? "")")
        }
        try await engine.files.move(from, to: to)
        return .empty()
    }

    @Sendable private func deleteFile(_ call: Call) async throws -> Response {
        let root = try root(call)
        let gone = try await engine.files.delete(try path(call), keeping: root)
        if gone.isEmpty { throw Refusal.notFound("File not found: \(call.query.text("path") ?? "")") }
        return .empty()
    }

    @Sendable private func stats(_ call: Call) async throws -> Response {
        let folder = try folder(call)
        let root = try root(call)
        if folder == root, try await engine.files.info(at: root) == nil { try await engine.files.makeFolder(root) }
        return .json(Self.value(try await known(folder, call)))
    }

    @Sendable private func listFolder(_ call: Call) async throws -> Response {
        let folder = try folder(call)
        let root = try root(call)
        if folder == root, try await engine.files.info(at: root) == nil { return .json([]) }
        guard try await known(folder, call).isFolder else {
            throw Refusal.notFound("Directory not found: \(call.query.text("path") ?? "/")")
        }
        return .json(.list(try await engine.files.list(folder, deep: false).map(Self.value)))
    }

    @Sendable private func makeFolder(_ call: Call) async throws -> Response {
        try await engine.files.makeFolder(try path(call))
        return .empty()
    }

    private static func value(_ info: FileInfo) -> Value {
        .map([
            "fileName": .string(info.path.name), "lastModifiedTime": .int(info.modified.milliseconds),
            "creationTime": .int(info.modified.milliseconds), "type": .string(info.isFolder ? "Directory" : "File"),
            "size": .int(Int64(info.size)),
        ])
    }
}
