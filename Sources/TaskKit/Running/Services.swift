import FlowModel

/// The doors that tasks may go through.
public struct Services: Sendable {
    public var clock: any FlowClock
    public var files: any FileVault
    public var keyValues: any KeyValueStore
    public var flows: any FlowLibrary
    public var marks: any MarkStore
    public var settings: ServerSettings

    public init(
        clock: any FlowClock, files: any FileVault, keyValues: any KeyValueStore, flows: any FlowLibrary,
        marks: any MarkStore, settings: ServerSettings
    ) {
        self.clock = clock
        self.files = files
        self.keyValues = keyValues
        self.flows = flows
        self.marks = marks
        self.settings = settings
    }
}

/// The internal storage: files that are addressed as `kestra:///…`. Source: engine spec App. B.
public protocol FileVault: Sendable {
    /// Stores bytes under a path (without scheme) and tells the URI. Durable when it returns; replaces what was there.
    func store(_ bytes: [UInt8], at path: String) async throws -> String
    /// Stores a copy of a local file.
    func store(file localPath: String, at path: String) async throws -> String
    /// - Parameter uri: `kestra:///…`
    func read(_ uri: String) async throws -> [UInt8]
    /// Copies a stored file to a local path, whatever its size.
    func copy(_ uri: String, to localPath: String) async throws
    func size(of uri: String) async throws -> Int64
    func exists(_ uri: String) async -> Bool
    func delete(_ uri: String) async throws -> Bool
}

/// The keys and values of namespaces. Source: engine spec §6.3.
public protocol KeyValueStore: Sendable {
    /// Nil when missing; throws when expired.
    func value(of key: String, in namespace: String) async throws -> Value?
    /// - Returns: false when the key exists and `overwrite` is off: nothing is changed then.
    func set(
        _ key: String, in namespace: String, to value: Value, expiresAt: Timestamp?, overwrite: Bool,
        description: String?
    ) async throws -> Bool
    func keys(in namespace: String, prefix: String) async throws -> [String]
    func delete(_ key: String, in namespace: String) async throws -> Bool
}

/// Small values that a task type keeps between runs, such as the state of the last sync. Lost marks cost time, never truth.
public protocol MarkStore: Sendable {
    func mark(_ key: String) async throws -> [UInt8]?
    func setMark(_ key: String, to bytes: [UInt8]) async throws
}

/// What the server's configuration tells tasks.
public struct ServerSettings: Sendable {
    /// Folder of this server's data.
    public var dataFolder: String
    /// Folder for working directories: one of its own for each run of the server.
    public var temporaryFolder: String
    /// The address that users see, if configured.
    public var url: String?
    /// Who commits where a task names nobody.
    public var gitIdentity: (name: String, email: String)
    /// The program itself, for children of its own.
    public var executable: String

    public init(
        dataFolder: String, temporaryFolder: String, url: String? = nil,
        gitIdentity: (name: String, email: String) = ("Sluice", "sluice@localhost"), executable: String
    ) {
        self.dataFolder = dataFolder
        self.temporaryFolder = temporaryFolder
        self.url = url
        self.gitIdentity = gitIdentity
        self.executable = executable
    }
}
