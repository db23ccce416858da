import FlowModel

extension TemplateFunction {
    private static let path = Parameter(
        "path", "the file's kestra:// URI, or the path of a namespace file", required: true)
    private static let namespace = Parameter(
        "namespace", "whose namespace file it is; the flow's namespace if left out")

    static let read = TemplateFunction(
        "read", "The text of a file.",
        [path, namespace, Parameter("version", "no longer used"), Parameter("revision", "no longer used")],
        examples: [Example("{{ read('query.sql') }}")]
    ) { arguments, run throws(ExpressionError) in
        let file = try FileAccess.file(arguments, run)
        let bytes = try run.world.file(file)
        guard bytes.count <= run.scope.limits.outputBytes else { throw run.outputLimit() }
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    static let fileSize = TemplateFunction(
        "fileSize", "How many bytes a file has.", [path, namespace],
        examples: [Example("{{ fileSize(outputs.download.uri) }}")]
    ) { arguments, run throws(ExpressionError) in
        let file = try FileAccess.file(arguments, run)
        guard let size = try run.world.fileSize(file) else { throw .missingFile(file) }
        return .int(size)
    }

    static let fileExists = TemplateFunction(
        "fileExists", "Whether there is such a file.", [path, namespace],
        examples: [Example("{{ fileExists('query.sql') }}")]
    ) { arguments, run throws(ExpressionError) in
        .bool(try run.world.fileSize(try FileAccess.file(arguments, run)) != nil)
    }

    static let isFileEmpty = TemplateFunction(
        "isFileEmpty", "Whether a file has no bytes.", [path, namespace],
        examples: [Example("{{ isFileEmpty(outputs.query.uri) }}")]
    ) { arguments, run throws(ExpressionError) in
        let file = try FileAccess.file(arguments, run)
        guard let size = try run.world.fileSize(file) else { throw .missingFile(file) }
        return .bool(size == 0)
    }

    static let fileURI = TemplateFunction(
        "fileURI", "The storage URI of a namespace file.", [Parameter("path", "the file's path", required: true)],
        examples: [Example("{{ fileURI('data.csv') }}")]
    ) { arguments, run throws(ExpressionError) in
        var path = try arguments.requiredText(0, run)
        try FileAccess.check(path)
        if path.hasPrefix("/") { path.removeFirst() }
        let namespace = FlowContext.namespace(run) ?? ""
        return .string("kestra:///" + namespace.split(separator: ".").joined(separator: "/") + "/_files/" + path)
    }
}

/// Which files an expression may see. Source: expressions spec §11.2 (`read`), §14.1.
enum FileAccess {
    static func file(_ arguments: Arguments, _ run: Rendering) throws(ExpressionError) -> FileReference {
        guard case .string(let path) = try arguments.required(0) else {
            throw .evaluation("Unable to read the file: the argument 'path' must be a text.")
        }
        let own = FlowContext.namespace(run) ?? ""
        if path.hasPrefix("kestra://") { return try storage(path, own, run) }
        if path.hasPrefix("nsfile://") {
            let rest = path.dropFirst("nsfile://".count)
            let authority = String(rest.prefix { $0 != "/" })
            let name = String(rest.dropFirst(authority.count))
            return try namespaceFile(name, of: authority.isEmpty ? own : authority, own, run)
        }
        if path.hasPrefix("file://") { return .local(path: String(path.dropFirst("file://".count))) }
        if let scheme = scheme(of: path) {
            throw .evaluation("Cannot process the URI \(path): scheme '\(scheme)' not supported.")
        }
        return try namespaceFile(path, of: try arguments.text(1, run) ?? own, own, run)
    }

    private static func scheme(of path: String) -> String? {
        guard let end = path.range(ofScheme: "://") else { return nil }
        let scheme = path[..<end]
        return !scheme.isEmpty && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            ? String(scheme) : nil
    }

    private static func namespaceFile(
        _ path: String, of namespace: String, _ own: String, _ run: Rendering
    ) throws(ExpressionError) -> FileReference {
        try check(path)
        guard namespace == own || run.world.allows(namespace: namespace, from: own) else {
            throw .evaluation("Namespace \(namespace) is not allowed from namespace \(own).")
        }
        return .namespace(namespace, path: path.hasPrefix("/") ? String(path.dropFirst()) : path)
    }

    static func check(_ path: String) throws(ExpressionError) {
        if path.split(separator: "/", omittingEmptySubsequences: false).contains("..") {
            throw .evaluation("Path must not contain '../'")
        }
    }

    /// A file of this execution or of the one that triggered it, else of a flow whose namespace is allowed.
    private static func storage(
        _ uri: String, _ own: String, _ run: Rendering
    ) throws(ExpressionError) -> FileReference {
        try check(uri)
        let reference = FileReference.storage(uri: uri)
        if let flow = FlowContext.text("flow", "id", run), let id = FlowContext.text("execution", "id", run),
            uri.hasPrefix(prefix(own, flow, id))
        {
            return reference
        }
        if let namespace = FlowContext.text("trigger", "namespace", run),
            let flow = FlowContext.text("trigger", "flowId", run),
            let id = FlowContext.text("trigger", "executionId", run), uri.hasPrefix(prefix(namespace, flow, id))
        {
            return reference
        }
        guard let owner = owner(of: uri), owner == own || run.world.allows(namespace: owner, from: own) else {
            throw .evaluation("Unable to read the file '\(uri)' as it didn't belong to the current execution")
        }
        return reference
    }

    private static func prefix(_ namespace: String, _ flow: String, _ execution: String) -> String {
        let path = namespace.split(separator: ".").joined(separator: "/")
        return "kestra:///\(path)/\(Slug.of(flow))/executions/\(execution)/"
    }

    /// The namespace to which a storage URI belongs; nil for one of no known shape.
    private static func owner(of uri: String) -> String? {
        let parts = uri.dropFirst("kestra://".count).split(separator: "/").map(String.init)
        if let files = parts.firstIndex(of: "_files"), files > 0 { return parts[..<files].joined(separator: ".") }
        guard let executions = parts.lastIndex(where: { $0 == "executions" || $0 == "triggers" }), executions > 1 else {
            return nil
        }
        return parts[..<(executions - 1)].joined(separator: ".")
    }
}

extension String {
    /// Where a scheme's end first stands.
    fileprivate func range(ofScheme mark: String) -> String.Index? {
        guard let offset = TextSearch.first(Array(mark.utf8), in: Array(utf8), from: 0) else { return nil }
        return utf8.index(startIndex, offsetBy: offset)
    }
}
