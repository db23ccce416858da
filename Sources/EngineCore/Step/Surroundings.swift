import Expressions
import FlowModel
import OrderedCollections
import TaskKit

/// What a step may ask for besides its execution: only things that stay as they are while it runs, but for the world's
/// clock.
public struct Surroundings: Sendable {
    /// Made for this execution: keys and secrets of its namespace, its error log. The errors that this very step adds to
    /// the log are added by the step; the errors of earlier steps must be there, saved or not.
    public var world: any World
    public var server: ServerVariables
    public var limits: Limits
    /// Whether results are rendered again until they no longer change.
    public var rendersRecursively: Bool
    /// Task runs that one step may begin; what is more waits for ``Event/proceeded``.
    public var budget: Int
    /// Opens what is stored encrypted; nil when the server has no key.
    public var cipher: (any SecretCipher)?
    /// Makes an id that no other execution of the server gets. Without it ids follow from the execution's own, which suffices
    /// for few executions that somebody looks at, such as those of tests.
    public var newID: (@Sendable () -> ExecutionID)?

    public init(
        world: any World, server: ServerVariables = ServerVariables(), limits: Limits = .standard,
        rendersRecursively: Bool = false, budget: Int = 500,
        cipher: (any SecretCipher)? = nil, newID: (@Sendable () -> ExecutionID)? = nil
    ) {
        self.world = world
        self.server = server
        self.limits = limits
        self.rendersRecursively = rendersRecursively
        self.budget = budget
        self.cipher = cipher
        self.newID = newID
    }
}

/// The variables that the server's configuration gives to every expression.
public struct ServerVariables: Sendable {
    public var envs: ValueMap
    public var globals: ValueMap
    /// `kestra.url`, `kestra.environment`.
    public var kestra: ValueMap

    public init(envs: ValueMap = [:], globals: ValueMap = [:], kestra: ValueMap = [:]) {
        self.envs = envs
        self.globals = globals
        self.kestra = kestra
    }
}

/// One call of `apply` while it runs.
struct Step {
    let flow: CompiledFlow
    let surroundings: Surroundings
    private(set) var now: Timestamp
    var budget: Int
    var decision = Decision()
    /// The errors among the decision's log lines.
    var errors: [LogEntry] = []

    init(_ flow: CompiledFlow, _ surroundings: Surroundings, now: Timestamp) {
        self.flow = flow
        self.surroundings = surroundings
        self.now = now
        budget = surroundings.budget
    }

    /// Takes note of the time that a rendering took, which the world's clock tells. The step's time never goes back.
    mutating func catchUp() { now = max(now, surroundings.world.now.timestamp) }

    mutating func order(_ command: Command) { decision.commands.append(command) }

    /// What the log says of a task's failure: with its place in the flow, where a template or a property caused it.
    func told(_ failure: TaskFailure, _ task: CompiledTask) -> String { flow.flow.told(failure, in: .task(task.task)) }

    mutating func log(_ entry: LogEntry) {
        decision.logs.append(entry)
        if entry.level == .error { errors.append(entry) }
    }
}
