import CGit2

/// The one start of libgit2 in this process and its settings.
enum GitLibrary {
    private static let started: Void = {
        git_libgit2_init()
        // The caches are made by us, in our own data directory; another owner there is the user's own doing.
        _ = git_sluice_set_owner_validation(0)
        _ = git_sluice_set_cache_limit(16 << 20)
        _ = git_sluice_set_pack_object_limit(GitLimits.packObjects)
        // What the machine's user configured for git must not change what a sync does.
        for level in [
            GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA,
        ] {
            _ = git_sluice_set_config_search_path(level.rawValue, "")
        }
    }()

    /// Starts the library; again and again is harmless.
    static func start() { _ = started }
}

/// What bounds the work on foreign repositories. Source: git-engine-notes §4 "Limits".
enum GitLimits {
    static let packBytes = 1 << 30
    /// What a fetch of news may bring before it is taken for a rewritten branch.
    static let newsBytes = 8 << 20
    static let packObjects = 2_000_000
    static let flowBytes = 1 << 20
    static let entries = 50_000
    static let linkHops = 40
    /// The deepest folder that is walked.
    static let depth = 100
    /// Blobs asked for in one exchange.
    static let blobsPerFetch = 50_000
    /// What a `.kestraignore` may hold.
    static let ignoreFileBytes = 1 << 20
    /// Kept of what a server says besides the data.
    static let messageBytes = 16 << 10
    static let wallClock = Duration.seconds(600)
}
