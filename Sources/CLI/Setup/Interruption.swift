import Logging
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ctrl-C and SIGTERM while an execution is waited for: the first kills the execution, so that its processes and folders go too; a second one
/// leaves at once.
final class Interruption: Service {
    private let happened = Mutex(false)
    private let note: String?
    private let kill: @Sendable () async -> Void

    /// - Parameter note: what is told when the first signal comes.
    init(
        note: String? = "interrupted: the execution is being killed; Ctrl-C again leaves at once",
        kill: @escaping @Sendable () async -> Void
    ) {
        (self.note, self.kill) = (note, kill)
    }

    var hasHappened: Bool { happened.withLock { $0 } }

    /// Waits for a signal, or for being cancelled.
    func watch(_ log: Logger) async throws {
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
        ).run()
    }

    func run() async throws {
        try await gracefulShutdown()
        happened.withLock { $0 = true }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        if let note { Console.note(note) }
        await kill()
    }
}
