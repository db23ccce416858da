/// What the server's configuration says about Git; the same for every task.
public struct GitSettings: Sendable {
    /// Repository caches, known hosts and other things to keep live below this folder.
    public var dataDirectory: String
    /// The `git` program; a bare name is looked for in `PATH`.
    public var program: String
    /// Whether `file://` addresses and paths may be synced. Off where flows are written by people who do not own the machine.
    public var allowsFiles: Bool
    /// Who commits when a task names nobody. Source: git-tasks spec §2.10.
    public var identity: GitIdentity
    /// The most that the repository caches may take, bytes.
    public var cacheLimit: Int
    /// This program, for the child in which libgit2 talks to remotes when there is no `git` program; empty for none.
    public var executable: String

    public init(
        dataDirectory: String, program: String = "git", allowsFiles: Bool = false,
        identity: GitIdentity = GitIdentity(name: "Sluice", email: "sluice@localhost"), cacheLimit: Int = 10 << 30,
        executable: String = ""
    ) {
        self.dataDirectory = dataDirectory
        self.program = program
        self.allowsFiles = allowsFiles
        self.identity = identity
        self.cacheLimit = cacheLimit
        self.executable = executable
    }
}
