import FlowModel
import OrderedCollections

/// One type of task as the catalogue knows it.
public struct TaskKind: Sendable {
    public enum Work: Sendable {
        case runnable(any RunnableTask.Type)
        case instant(any InstantTask.Type)
        case flowable(any FlowableTask.Type)
        case engine(any EngineTask.Type)
    }

    public let about: TaskAbout
    public let properties: [PropertyAbout]
    public let outputs: [OutputAbout]
    public let lists: [TaskListAbout]
    public let work: Work
    /// The names of `properties`, in the order in which the type reads them.
    public let propertyNames: [String]

    public init(_ work: Work) {
        self.work = work
        switch work {
        case .runnable(let type): (about, outputs, lists) = (type.about, type.outputsAbout, [])
        case .instant(let type): (about, outputs, lists) = (type.about, type.outputsAbout, [])
        case .flowable(let type): (about, outputs, lists) = (type.about, type.outputs, type.lists)
        case .engine(let type): (about, outputs, lists) = (type.about, type.outputs, [])
        }
        properties = PropertyNames.of(work.type)
        propertyNames = properties.map(\.name)
    }

    public var isFlowable: Bool { if case .flowable = work { true } else { false } }
}

extension TaskKind.Work {
    public var type: any TaskType.Type {
        switch self {
        case .runnable(let type): type
        case .instant(let type): type
        case .flowable(let type): type
        case .engine(let type): type
        }
    }
}

extension RunnableTask { static var outputsAbout: [OutputAbout] { Outputs.about } }
extension InstantTask { static var outputsAbout: [OutputAbout] { Outputs.about } }

/// One type of trigger or condition as the catalogue knows it.
public struct DocumentedKind<Base: Sendable>: Sendable {
    public let about: TaskAbout
    public let properties: [PropertyAbout]
    /// The names of `properties`, in the order in which the type reads them.
    public let propertyNames: [String]
    public let type: Base

    init(_ type: any DocumentedType.Type, as base: Base) {
        self.type = base
        about = type.about
        properties = PropertyNames.of(type)
        propertyNames = properties.map(\.name)
    }
}

public typealias TriggerKind = DocumentedKind<any TriggerType.Type>
public typealias ConditionKind = DocumentedKind<any ConditionType.Type>

/// Every type of task and trigger that this program has, by full name and by alias.
public struct Catalogue: Sendable {
    public private(set) var tasks: OrderedDictionary<String, TaskKind> = [:]
    public private(set) var triggers: OrderedDictionary<String, TriggerKind> = [:]
    public private(set) var conditions: OrderedDictionary<String, ConditionKind> = [:]
    private var aliases: [String: String] = [:]

    public init(tasks: [TaskKind.Work], triggers: [any TriggerType.Type], conditions: [any ConditionType.Type] = []) {
        for work in tasks {
            let kind = TaskKind(work)
            precondition(self.tasks[kind.about.type] == nil, "\(kind.about.type) is in the catalogue twice")
            self.tasks[kind.about.type] = kind
            for alias in kind.about.aliases { aliases[alias] = kind.about.type }
        }
        for type in triggers {
            let kind = TriggerKind(type, as: type)
            self.triggers[kind.about.type] = kind
            for alias in kind.about.aliases { aliases[alias] = kind.about.type }
        }
        for type in conditions {
            let kind = ConditionKind(type, as: type)
            self.conditions[kind.about.type] = kind
            for alias in kind.about.aliases { aliases[alias] = kind.about.type }
        }
    }

    /// The full name for a full name or an alias; nil for an unknown type.
    public func fullName(_ type: String) -> String? {
        tasks[type] != nil || triggers[type] != nil || conditions[type] != nil ? type : aliases[type]
    }

    public func task(_ type: String) -> TaskKind? { tasks[type] ?? aliases[type].flatMap { tasks[$0] } }
    public func trigger(_ type: String) -> TriggerKind? { triggers[type] ?? aliases[type].flatMap { triggers[$0] } }
    public func condition(_ type: String) -> ConditionKind? {
        conditions[type] ?? aliases[type].flatMap { conditions[$0] }
    }
}
