import FlowModel

/// Where the engine keeps whose files. Source: engine spec, appendix B.
extension FilePath {
    /// `/company/team` of `company.team`.
    public static func namespace(_ namespace: String) throws(StorageError) -> FilePath {
        try FilePath("/" + namespace.split(separator: ".").joined(separator: "/"))
    }

    public static func flow(_ flow: FlowKey) throws(StorageError) -> FilePath {
        try namespace(flow.namespace).appending(slug(flow.id))
    }

    public static func execution(_ id: ExecutionID, of flow: FlowKey) throws(StorageError) -> FilePath {
        try FilePath.flow(flow).appending("executions/\(id)")
    }

    /// The folder of one task run's files.
    public static func taskRun(_ number: Int, taskID: String, execution id: ExecutionID, of flow: FlowKey)
        throws(StorageError) -> FilePath
    {
        try execution(id, of: flow).appending("tasks/\(slug(taskID))/\(id.taskRunID(number))")
    }

    public static func trigger(_ trigger: String, execution id: ExecutionID, of flow: FlowKey)
        throws(StorageError) -> FilePath
    {
        try execution(id, of: flow).appending("trigger/\(slug(trigger))")
    }

    public static func input(_ input: String, execution id: ExecutionID, of flow: FlowKey)
        throws(StorageError) -> FilePath
    {
        try execution(id, of: flow).appending("inputs/\(input)")
    }

    public static func namespaceFiles(_ namespace: String) throws(StorageError) -> FilePath {
        try FilePath.namespace(namespace).appending("_files")
    }

    /// An id as it stands in a path: lower case letters, digits and single `-`; `_` and white space become `-`, all else is
    /// left out. Source: engine spec §6.
    public static func slug(_ id: String) -> String {
        var bytes: [UInt8] = []
        for byte in id.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte + 32)
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"):
                if let last = bytes.last, last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
            default: break
            }
        }
        if bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
