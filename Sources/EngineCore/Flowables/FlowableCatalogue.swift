import TaskKit

/// The types of task that the engine itself decides or carries out.
public enum EngineTasks {
    public static let all: [TaskKind.Work] = [
        .flowable(Sequential.self), .flowable(Parallel.self), .flowable(If.self), .flowable(Switch.self),
        .flowable(ForEach.self), .flowable(EachSequential.self), .flowable(EachParallel.self), .flowable(Dag.self),
        .flowable(AllowFailure.self), .flowable(Pause.self), .flowable(LoopUntil.self), .flowable(WaitFor.self),
        .engine(Subflow.self), .engine(Labels.self), .engine(SetVariables.self), .engine(UnsetVariables.self),
        .engine(Exit.self),
    ]
}
