import FlowModel

/// A world made of what a line of JSON says: files, keys, secrets, logs.
struct FixtureWorld: World {
    let now: Instant
    private let fixtures: Value
    private let ownNamespace: String?

    init(_ fixtures: Value, now: Instant, namespace: String?) {
        self.fixtures = fixtures
        self.now = now
        ownNamespace = namespace
    }

    func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String {
        let key = name.uppercased()
        if let secret = fixtures["secrets"]?[key] ?? fixtures["secrets"]?[name] { return secret.plain() }
        if let encoded = fixtures["secretsBase64"]?[key]?.string,
            let bytes = Base64.decoded(encoded, ignoringLineEnds: true)
        {
            return String(decoding: bytes, as: UTF8.self)
        }
        throw .missingSecret(name)
    }

    func kv(_ key: String, namespace: String?, errorOnMissing: Bool) throws(ExpressionError) -> Value? {
        var searched = namespace ?? ownNamespace ?? ""
        let first = searched
        while true {
            if let value = fixtures["kv"]?[searched]?[key] {
                guard value["$expired"] != nil else { return value }
                if errorOnMissing { throw .expiredKey }
                return nil
            }
            guard namespace == nil, let dot = searched.lastIndex(of: ".") else { break }
            searched = String(searched[..<dot])
        }
        if errorOnMissing { throw .missingKey(key, namespace: first) }
        return nil
    }

    func file(_ file: FileReference) throws(ExpressionError) -> [UInt8] {
        guard let content = content(of: file) else { throw .missingFile(file) }
        return Array(content.utf8)
    }

    func fileSize(_ file: FileReference) throws(ExpressionError) -> Int64? {
        content(of: file).map { Int64($0.utf8.count) }
    }

    private func content(of file: FileReference) -> String? {
        switch file {
        case .storage(let uri): fixtures["storage"]?[uri]?.string
        case .namespace(let namespace, let path): fixtures["namespaceFiles"]?[namespace]?[path]?.string
        case .local: nil
        }
    }

    func errorLogs() throws(ExpressionError) -> [Value] {
        (fixtures["logs"]?.list ?? []).filter { $0["level"] == "ERROR" }
    }
}
