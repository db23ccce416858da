import FlowModel

/// Where the engine keeps whose files. Source: engine spec, appendix B.
extension FilePath {
    public static func namespace(_ namespace: String) throws(StorageError) -> FilePath {
        try FilePath(StoragePath.namespace(namespace))
    }

    public static func flow(_ flow: FlowKey) throws(StorageError) -> FilePath { try FilePath(StoragePath.flow(flow)) }

    public static func execution(_ id: ExecutionID, of flow: FlowKey) throws(StorageError) -> FilePath {
        try FilePath(StoragePath.execution(id, of: flow))
    }

    public static func input(_ input: String, execution id: ExecutionID, of flow: FlowKey)
        throws(StorageError) -> FilePath
    {
        try execution(id, of: flow).appending("inputs/\(input)")
    }

    public static func namespaceFiles(_ namespace: String) throws(StorageError) -> FilePath {
        try FilePath(StoragePath.namespaceFile("", namespace: namespace))
    }
}
