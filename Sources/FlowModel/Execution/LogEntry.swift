/// How much a log line matters, least first. Source: engine spec §5.6.
public enum LogLevel: Int, Sendable, Hashable, CaseIterable, Comparable {
    case trace, debug, info, warn, error

    public var name: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        }
    }

    /// By its name, in any case; nil for an unknown one.
    public init?(name: some StringProtocol) {
        guard let level = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
        self = level
    }

    public static func < (one: LogLevel, other: LogLevel) -> Bool { one.rawValue < other.rawValue }
}

/// One line of an execution's log. Source: engine spec §5.6.
public struct LogEntry: Sendable, Hashable {
    public var at: Timestamp
    public var level: LogLevel
    public var message: String
    /// The task run that wrote it; nil for the execution itself.
    public var taskRun: Int?
    /// The number of attempts that were recorded when it was written.
    public var attempt: Int?

    public init(at: Timestamp, level: LogLevel, message: String, taskRun: Int? = nil, attempt: Int? = nil) {
        self.at = at
        self.level = level
        self.message = message
        self.taskRun = taskRun
        self.attempt = attempt
    }
}
