import EngineCore
import FlowModel
import TaskKit

/// What an engine is told about its place.
public struct EngineSettings: Sendable {
    public var server: ServerSettings
    /// Folder with a file for each secret; nil for none.
    public var secretsFolder: String?
    /// The process's environment: secrets, and the variables below `envs`.
    public var environment: [String: String]
    public var variables: ServerVariables
    /// The zone of schedules without one, and of dates in expressions.
    public var timeZone: Zone
    public var pluginDefaults: [PluginDefault]
    /// Encrypts SECRET inputs and outputs; nil when the configuration has no key.
    public var cipher: (any SecretCipher)?
    /// Attempts that run at the same time.
    public var workers: Int
    /// How long a stop waits for running tasks.
    public var grace: ISODuration
    public var rendersRecursively = false
    /// How many executions, each a subflow of the one before, may stand below one.
    public var subflowDepth = 100
    /// How many executions one may start, itself and through the subflows of those that it started.
    public var subflowDescendants = 100_000
    /// For schedules that do not say themselves what becomes of missed dates.
    public var recoverMissedSchedules = "ALL"

    public init(
        server: ServerSettings, secretsFolder: String? = nil, environment: [String: String] = [:],
        variables: ServerVariables = ServerVariables(), timeZone: Zone = .utc, pluginDefaults: [PluginDefault] = [],
        cipher: (any SecretCipher)? = nil, workers: Int, grace: ISODuration = .seconds(60)
    ) {
        self.server = server
        self.secretsFolder = secretsFolder
        self.environment = environment
        self.variables = variables
        self.timeZone = timeZone
        self.pluginDefaults = pluginDefaults
        self.cipher = cipher
        self.workers = workers
        self.grace = grace
    }
}
