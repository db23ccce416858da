import EngineCore
import FlowModel
import Storage

extension Executor {
    /// A step that is to be saved, and what happens then.
    struct Pending {
        var execution: ActiveExecution
        var changes: [Change]
        var commands: [Command]
        /// Whether the execution is created by it.
        var isNew = false
        var saved: CheckedContinuation<Void, any Error>?
        /// Whether who waits does so however long it takes: the engine's own parts do, callers are refused.
        var isPatient = true
        var news: News?
    }

    /// What another execution is told once a step is saved.
    struct News {
        var event: Event
        var to: ExecutionID
    }

    /// How an execution comes here for the first time.
    struct Beginning: Sendable {
        /// Rows that belong to its creation, such as the link to its parent.
        var more: [Change] = []
        /// Whether its row is stored already.
        var isStored = false
        /// Whether it waits while the disk is full, instead of being refused.
        var isPatient = false
        /// The task run that asked for it: it begins only while that one waits for it.
        var asker: Asker?

        struct Asker: Sendable {
            var execution: ExecutionID
            var taskRun: Int
            var attempt: Int
        }
    }

    /// Where an execution stands below the one that nobody started as a subflow.
    struct Line: Sendable {
        /// How many executions, each a subflow of the one before, led to it.
        var depth: Int
        var root: ExecutionID
    }
}

/// How many executions each one has started, itself and through those that it started. Counted from the start of the server
/// for as long as any of them runs.
struct Descendants {
    private var counts: [ExecutionID: (started: Int, alive: Int)] = [:]

    func started(by root: ExecutionID) -> Int { counts[root]?.started ?? 0 }

    mutating func begins(below root: ExecutionID) {
        let count = counts[root] ?? (0, 0)
        counts[root] = (count.started + 1, count.alive + 1)
    }

    /// - Parameter rootIsActive: the count is kept while the root may start more.
    mutating func ends(below root: ExecutionID, rootIsActive: Bool) {
        guard let count = counts[root] else { return }
        counts[root] = count.alive <= 1 && !rootIsActive ? nil : (count.started, count.alive - 1)
    }

    mutating func rootEnds(_ root: ExecutionID) {
        if let count = counts[root], count.alive <= 0 { counts[root] = nil }
    }
}
