/// The folder of a repository that a task works on, as parts below the root. Source: git-tasks spec §2.4.
public struct GitDirectory: Sendable, Hashable, CustomStringConvertible {
    public let parts: [String]

    /// Takes `/flows/`, `./flows` and `flows//` as `flows`; empty, `.` and `/` as the root.
    /// - Throws: `invalid` for a `..` part or a name that cannot be in a repository.
    public init(_ text: String) throws(GitError) {
        let parts = text.split(separator: "/").map(String.init).filter { $0 != "." }
        for part in parts where part == ".." || !TreeEntry.isHonest(part) {
            throw GitError(
                .invalid, "the directory '\(text)' cannot be used: \"\(part)\" is not allowed in it",
                fix: "name a folder inside the repository, such as flows or kestra/flows"
            )
        }
        self.parts = parts
    }

    /// - Parameter parts: names that stand in a repository.
    init(parts: [String]) { self.parts = parts }

    /// Parts joined by `/`; empty for the root.
    public var description: String { parts.joined(separator: "/") }

    /// The path from the repository's root of something below this folder.
    public func path(_ below: String) -> String { parts.isEmpty ? below : description + "/" + below }
}
