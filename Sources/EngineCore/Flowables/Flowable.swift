import Expressions
import FlowModel
import TaskKit

/// A flowable task whose children the engine runs.
protocol Flowable: FlowableTask {
    /// Which children run and how, and what the run gives out from its start on. Asked when the run begins, and again
    /// after a restart of the server: what was decided once is taken from `site.kept`.
    func start(_ site: FlowableSite) throws(TaskFailure) -> FlowableStart

    /// The run's state for what its children's states add up to.
    static func folded(_ state: State) -> State
}

extension Flowable {
    static var outputs: [OutputAbout] { [] }
    static func folded(_ state: State) -> State { state }
}

/// A flowable that runs its children again and again.
protocol LoopingFlowable: Flowable {
    /// What follows a round whose children have all ended well.
    /// - Parameters:
    ///   - count: the number of the round to come, when there is one.
    ///   - site: sees the outputs of the round's children.
    func afterRound(
        _ count: Int, since start: Timestamp, _ site: FlowableSite
    ) throws(TaskFailure) -> AfterRound

    /// How long to wait between two rounds.
    var pace: ISODuration { get }
}

enum AfterRound {
    case done
    case again(after: ISODuration)
    /// A limit is reached: a warning for the log, and whether the run fails.
    case limit(String, fails: Bool)
}

/// A flowable that pauses the execution before its children run.
protocol PausingFlowable: Flowable {
    func terms(_ site: FlowableSite) throws(TaskFailure) -> PauseTerms
}

struct PauseTerms {
    /// When the pause ends by itself; nil for never.
    var duration: ISODuration?
    var onExpiry: PauseBehavior
    /// Whether values are asked for when it is resumed.
    var asks: Bool
}

/// What a flowable sees of the place where it runs.
struct FlowableSite {
    let task: CompiledTask
    let scope: Scope
    /// The outputs of the run so far; nil when it begins.
    let kept: ValueMap?
    let now: Timestamp

    /// The tasks of one of its lists; empty when the flow has no such list.
    func list(_ name: String) -> [Int] { task.list(name)?.tasks ?? [] }
}

enum FlowableStart {
    case children(Plan, outputs: ValueMap? = nil)
    /// It cannot be known which children should run: the run fails, with a warning for the log.
    case unknown(String, outputs: ValueMap? = nil)
}

extension CompiledTask {
    func make(_ type: any Flowable.Type, in scope: Scope) throws(TaskFailure) -> any Flowable {
        try make(opened: type, in: scope)
    }

    private func make<Type: Flowable>(opened type: Type.Type, in scope: Scope) throws(TaskFailure) -> any Flowable {
        try PropertyReader.make(type, sources: sources, names: kind.propertyNames, in: scope)
    }
}
