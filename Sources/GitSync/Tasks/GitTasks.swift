import TaskKit

/// The tasks of this room, for the program's catalogue.
public enum GitTasks {
    public static let all: [TaskKind.Work] = [.runnable(SyncFlows.self), .runnable(PushFlows.self)]
}
