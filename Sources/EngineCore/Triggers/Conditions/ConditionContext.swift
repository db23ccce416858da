import Expressions
import FlowModel
import TaskKit

/// What a condition looks at. Source: engine spec §7.5.
public struct ConditionContext: Sendable {
    /// Variables for the expressions in the condition's properties.
    public var scope: Scope
    /// The date that date conditions judge where they name none: `trigger.date` of a schedule.
    public var date: ZonedDateTime?
    /// The flow that is judged: the execution's, or the one that has the trigger.
    public var namespace: String
    public var flowID: String
    public var execution: Execution?
    /// The execution's task runs, for HasRetryAttempt.
    public var taskRuns: [TaskRun]

    public init(
        scope: Scope, date: ZonedDateTime? = nil, namespace: String, flowID: String, execution: Execution? = nil,
        taskRuns: [TaskRun] = []
    ) {
        self.scope = scope
        self.date = date
        self.namespace = namespace
        self.flowID = flowID
        self.execution = execution
        self.taskRuns = taskRuns
    }
}

/// A condition that can be judged.
protocol JudgedCondition: ConditionType {
    /// Whether it makes sense only with an execution; then schedules pass it over.
    static var needsExecution: Bool { get }
    /// Whether its answer is the same for all times of a day, as long as it judges the context's date.
    var judgesWholeDays: Bool { get }
    func holds(in context: ConditionContext, _ inner: [CompiledCondition]) throws(TaskFailure) -> Bool
}

extension JudgedCondition {
    static var needsExecution: Bool { false }
    var judgesWholeDays: Bool { false }

    /// The condition with its properties rendered.
    fileprivate static func made(
        of sources: [PropertySource], _ names: [String], in scope: Scope
    ) throws(TaskFailure) -> any JudgedCondition {
        try PropertyReader.make(Self.self, sources: sources, names: names, in: scope)
    }
}

/// A condition with its templates compiled.
struct CompiledCondition: Sendable {
    let type: any JudgedCondition.Type
    private let sources: [PropertySource]
    private let names: [String]
    private let inner: [CompiledCondition]
    /// The condition itself when nothing in it is to be rendered.
    private let fixed: (any JudgedCondition)?

    init(_ condition: FlowCondition) throws(TaskFailure) {
        guard let type = EngineConditions.judged[condition.type] else {
            throw TaskFailure("The condition `\(condition.type)` cannot be evaluated here.")
        }
        self.type = type
        names = PropertyNames.of(type).map(\.name)
        var sources: [PropertySource] = []
        do throws(ExpressionError) {
            for name in names { sources.append(try PropertySource(condition.properties[name])) }
        } catch {
            throw TaskFailure(error)
        }
        self.sources = sources
        inner = try condition.conditions.map(CompiledCondition.init)
        let isFixed = sources.allSatisfy { source in
            switch source {
            case .missing, .constant: true
            case .template, .structure: false
            }
        }
        fixed = isFixed ? try type.made(of: sources, names, in: Scope(variables: ValueMap())) : nil
    }

    var needsExecution: Bool { type.needsExecution || (!inner.isEmpty && inner.allSatisfy(\.needsExecution)) }

    func judge(_ context: ConditionContext) throws(TaskFailure) -> Verdict {
        let condition: any JudgedCondition
        if let fixed { condition = fixed } else { condition = try type.made(of: sources, names, in: context.scope) }
        if try condition.holds(in: context, inner) { return .holds }
        return condition.judgesWholeDays ? .failsAllDay : .fails
    }

    func holds(_ context: ConditionContext) throws(TaskFailure) -> Bool { try judge(context) == .holds }
}

enum Verdict: Sendable {
    case holds
    case fails
    /// It fails at every time of the judged day.
    case failsAllDay
}

/// The conditions of a trigger or a listener, all of which must hold.
public struct Conditions: Sendable {
    private let conditions: [CompiledCondition]

    /// - Throws: a condition that this program cannot evaluate, a template that cannot be read, a property that is wrong.
    public init(_ conditions: [FlowCondition]) throws(TaskFailure) {
        // MultipleCondition collects results of many executions; it is judged by the Flow trigger.
        self.conditions = try conditions.filter { $0.type != MultipleCondition.about.type }.map(CompiledCondition.init)
    }

    private init(compiled: [CompiledCondition]) { conditions = compiled }

    public var isEmpty: Bool { conditions.isEmpty }

    /// Those that can be judged without an execution.
    var forSchedules: Conditions { Conditions(compiled: conditions.filter { !$0.needsExecution }) }

    public func hold(in context: ConditionContext) throws(TaskFailure) -> Bool { try judge(context) == .holds }

    func judge(_ context: ConditionContext) throws(TaskFailure) -> Verdict {
        for condition in conditions {
            let verdict = try condition.judge(context)
            if verdict != .holds { return verdict }
        }
        return .holds
    }
}
