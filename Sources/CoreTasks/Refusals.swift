import TaskKit

extension TaskFailure {
    /// What a door of the server answered, as the failure of a run.
    static func of(_ error: any Error) -> TaskFailure {
        switch error {
        case let failure as TaskFailure: failure
        case is CancellationError: TaskFailure("The task was interrupted.")
        default: TaskFailure(String(describing: error))
        }
    }
}

/// Does what may be refused for reasons of many types; the refusal becomes the run's failure.
func attempting<Result>(_ work: () async throws -> Result) async throws(TaskFailure) -> Result {
    do {
        return try await work()
    } catch {
        throw .of(error)
    }
}
