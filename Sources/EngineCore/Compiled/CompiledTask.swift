import Expressions
import FlowModel
import TaskKit

/// A task of a flow made ready to run: its type found, its templates compiled, its retry policy settled.
public final class CompiledTask: Sendable {
    /// The list of its owner (a flowable task or the flow) in which a task stands.
    public enum Role: Sendable, Hashable {
        case tasks, errors, finally, onPause, listeners, afterExecution
    }

    /// Its place in ``CompiledFlow/tasks``.
    public let index: Int
    public let task: FlowTask
    public let kind: TaskKind
    /// The type's properties in the order in which it reads them.
    public let sources: [PropertySource]
    /// The task's own retry policy, else that of the nearest flowable around it, else the flow's. Source: engine spec §5.2.
    public let retry: Retry?
    public let role: Role
    /// The place of the flowable task around it; nil at the top.
    public let parent: Int?

    /// Why the task can never run: a template in it cannot be parsed.
    let broken: TaskFailure?
    let runIf: Template?
    let timeout: PropertySource
    /// The task lists below, disabled tasks left out.
    let lists: [CompiledList]
    let flowable: (any Flowable.Type)?
    let action: (any EngineAction.Type)?
    /// Whether its templates could read the outputs of other tasks, or their states.
    let readsOutputs: Bool
    let readsStates: Bool
    /// The `task` variable.
    let variable: Value

    init(
        index: Int, task: FlowTask, kind: TaskKind, retry: Retry?, role: Role, parent: Int?, lists: [CompiledList]
    ) {
        self.index = index
        self.task = task
        self.kind = kind
        self.retry = retry
        self.role = role
        self.parent = parent
        self.lists = lists
        variable = ["id": .string(task.id), "type": .string(task.type)]
        flowable = if case .flowable(let type) = kind.work { type as? any Flowable.Type } else { nil }
        action = if case .engine(let type) = kind.work { type as? any EngineAction.Type } else { nil }
        var (sources, runIf, timeout, broken): ([PropertySource], Template?, PropertySource, TaskFailure?) =
            ([], nil, .missing, nil)
        do throws(ExpressionError) {
            sources.reserveCapacity(kind.propertyNames.count)
            for name in kind.propertyNames { sources.append(try PropertySource(task.properties[name])) }
            runIf = try task.runIf.map { text throws(ExpressionError) in try Template.cached(text) }
            timeout = try PropertySource(task.timeout)
        } catch {
            broken = TaskFailure(error)
        }
        self.sources = sources
        self.runIf = runIf
        self.timeout = timeout
        self.broken = broken
        let texts = TemplateTexts(of: task)
        readsOutputs = texts.mention(["outputs", "parent", "render", "Context", "Output"])
        readsStates = texts.mention(["tasks", "render", "Context"])
    }

    /// The list below with this name; nil when the flow has none.
    func list(_ name: String) -> CompiledList? { lists.first { $0.name == name } }
    var errors: [Int] { list("errors")?.tasks ?? [] }
    var finally: [Int] { list("finally")?.tasks ?? [] }
}

/// A list of tasks below a flowable task: their places in ``CompiledFlow/tasks``.
struct CompiledList: Sendable {
    var name: String
    var tasks: [Int]
}

/// The texts of a task that could be templates, for a cautious look at what they mention.
struct TemplateTexts {
    private var texts: [String] = []

    init(of task: FlowTask) {
        for value in task.properties.values { collect(value) }
        if let runIf = task.runIf { collect(.string(runIf)) }
        if let timeout = task.timeout { collect(timeout) }
    }

    init(of value: Value) { collect(value) }

    func mention(_ words: [String]) -> Bool { texts.contains { text in words.contains { text.contains($0) } } }

    private mutating func collect(_ value: Value) {
        switch value {
        case .string(let text): if text.utf8.contains(UInt8(ascii: "{")) { texts.append(text) }
        case .list(let items): for item in items { collect(item) }
        case .map(let members):
            for (key, member) in members {
                collect(.string(key))
                collect(member)
            }
        default: break
        }
    }
}
