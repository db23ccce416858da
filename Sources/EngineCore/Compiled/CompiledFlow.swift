import Expressions
import FlowModel
import TaskKit

/// A revision of a flow made ready to run: made once, used by all its executions, from any thread.
public final class CompiledFlow: Sendable {
    public let flow: Flow
    /// All tasks that are not disabled, parents before their children.
    public let tasks: [CompiledTask]

    private let places: [String: Int]
    let topTasks: [Int]
    let topErrors: [Int]
    let topFinally: [Int]
    let afterExecution: [Int]
    let listeners: [CompiledListener]
    /// Whether any expression could read `tasks.…`.
    let watchesStates: Bool
    let hasLoops: Bool
    /// The defaults of inputs, for executions that were started without resolving them; ids with dots are nested.
    let inputDefaults: ValueMap
    let secretInputs: [String]

    /// - Throws: the tasks whose type the catalogue does not have. A template that cannot be parsed is no such problem:
    ///   its task fails when its turn comes.
    public init(_ flow: Flow, catalogue: TaskKit.Catalogue) throws(Problems) {
        var compiler = Compiler(catalogue: catalogue)
        topTasks = compiler.list(flow.tasks, role: .tasks, parent: nil, retry: flow.retry)
        topErrors = compiler.list(flow.errors, role: .errors, parent: nil, retry: nil)
        topFinally = compiler.list(flow.finally, role: .finally, parent: nil, retry: nil)
        var listeners: [CompiledListener] = []
        for listener in flow.listeners {
            let tasks = compiler.list(listener.tasks, role: .listeners, parent: nil, retry: nil)
            listeners.append(CompiledListener(conditions: try? Conditions(listener.conditions), tasks: tasks))
        }
        self.listeners = listeners
        afterExecution = compiler.list(flow.afterExecution, role: .afterExecution, parent: nil, retry: nil)
        if !compiler.problems.isEmpty { throw Problems(compiler.problems) }
        self.flow = flow
        tasks = compiler.tasks.compactMap(\.self)
        places = Dictionary(tasks.map { ($0.task.id, $0.index) }, uniquingKeysWith: { first, _ in first })
        var defaults: ValueMap = [:]
        for input in flow.inputs { if let value = input.defaults { defaults.set(value, atDotted: input.id) } }
        inputDefaults = defaults
        secretInputs = flow.inputs.filter { $0.kind == .secret }.map(\.id)
        hasLoops = tasks.contains(where: \.isLooping)
        watchesStates =
            tasks.contains(where: \.readsStates)
            || TemplateTexts(of: .list(flow.outputs.map(\.value))).mention(["tasks", "render", "Context"])
    }

    /// The task with this id; nil when the flow has none or it is disabled.
    public func task(_ id: String) -> CompiledTask? { places[id].map { tasks[$0] } }
    func place(of id: String) -> Int? { places[id] }
}

struct CompiledListener: Sendable {
    /// Nil for conditions that cannot be judged: such a listener never runs.
    var conditions: Conditions?
    var tasks: [Int]
}

/// Gives each task its place while the lists of a flow are walked.
private struct Compiler {
    let catalogue: TaskKit.Catalogue
    var tasks: [CompiledTask?] = []
    var problems: [Problem] = []

    mutating func list(_ list: [FlowTask], role: CompiledTask.Role, parent: Int?, retry: Retry?) -> [Int] {
        var places: [Int] = []
        for task in list where !task.disabled {
            if let place = compile(task, role: role, parent: parent, retry: retry) { places.append(place) }
        }
        return places
    }

    private mutating func compile(_ task: FlowTask, role: CompiledTask.Role, parent: Int?, retry: Retry?) -> Int? {
        guard let kind = catalogue.task(task.type) else {
            problems.append(unknown(task))
            return nil
        }
        let index = tasks.count
        tasks.append(nil)
        let retry = task.retry ?? retry
        let lists = task.lists.map { list in
            CompiledList(
                name: list.name,
                tasks: self.list(list.tasks, role: Self.role(of: list.name), parent: index, retry: retry))
        }
        tasks[index] = CompiledTask(
            index: index, task: task, kind: kind, retry: retry, role: role, parent: parent, lists: lists)
        return index
    }

    private static func role(of list: String) -> CompiledTask.Role {
        switch list {
        case "errors": .errors
        case "finally": .finally
        case "onPause": .onPause
        default: .tasks
        }
    }

    private func unknown(_ task: FlowTask) -> Problem {
        Problem(
            "task.unknown-type", at: task.mark.place(in: nil), what: "task \"\(task.id)\": Invalid type: \(task.type)",
            fix: catalogue.tasks.keys.closest(to: task.type).map { "did you mean \"\($0)\"?" })
    }
}

extension ValueMap {
    /// Sets `a.b.c` as nested maps; a member in the way that is no map is replaced.
    mutating func set(_ value: Value, atDotted id: String) {
        set(value, at: id.split(separator: ".").map(String.init)[...])
    }

    private mutating func set(_ value: Value, at path: ArraySlice<String>) {
        guard let key = path.first else { return }
        if path.count == 1 {
            self[key] = value
        } else {
            var inner = self[key]?.map ?? [:]
            inner.set(value, at: path.dropFirst())
            self[key] = .map(inner)
        }
    }
}
