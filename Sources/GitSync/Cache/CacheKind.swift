/// What a repository cache holds; the two kinds never share a folder.
enum CacheKind: String, Sendable {
    /// Tips without history, trees without blobs: what is wanted is fetched by name.
    case partial
    /// Everything reachable from the branches that were fetched.
    case full
}
