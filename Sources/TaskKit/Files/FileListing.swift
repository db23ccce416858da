/// An internal storage that can also tell which files it holds. Asked for by tasks that copy or delete many files.
public protocol FileListing: Sendable {
    /// The URIs (`kestra:///…`) of all files whose path begins with `prefix`, in order. Source: engine spec App. B.
    func list(under prefix: String) async throws -> [String]
}
