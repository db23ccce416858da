/// The state of an execution, a task run or an attempt. Source: engine spec §3.2.
public enum State: String, Sendable, Hashable, CaseIterable {
    case created = "CREATED", running = "RUNNING", paused = "PAUSED", restarted = "RESTARTED", killing = "KILLING"
    case success = "SUCCESS", warning = "WARNING", failed = "FAILED", killed = "KILLED", cancelled = "CANCELLED"
    case queued = "QUEUED", retrying = "RETRYING", retried = "RETRIED", skipped = "SKIPPED"
    case submitted = "SUBMITTED", breakpoint = "BREAKPOINT", resubmitted = "RESUBMITTED"

    public var isTerminated: Bool {
        switch self {
        case .success, .warning, .failed, .killed, .cancelled, .retried, .skipped, .resubmitted: true
        case .created, .running, .paused, .restarted, .killing, .queued, .retrying, .submitted, .breakpoint: false
        }
    }
    public var isCreated: Bool { self == .created || self == .restarted }
    public var isRunning: Bool { self == .running || self == .killing || self == .submitted }
    public var isPaused: Bool { self == .paused }

    /// A small number that never changes, for rows.
    public var code: Int { Self.allCases.firstIndex(of: self)! }
    public init?(code: Int) {
        guard Self.allCases.indices.contains(code) else { return nil }
        self = Self.allCases[code]
    }
}

/// The states something has had, each with its moment; never empty.
public struct StateHistory: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var state: State
        public var at: Timestamp

        public init(_ state: State, at: Timestamp) {
            self.state = state
            self.at = at
        }
    }

    public private(set) var entries: [Entry]

    public init(_ state: State, at: Timestamp) { entries = [Entry(state, at: at)] }

    /// - Precondition: there is at least one entry.
    public init(entries: [Entry]) {
        precondition(!entries.isEmpty, "a history has at least one state")
        self.entries = entries
    }

    public var current: State { entries[entries.count - 1].state }
    public var startDate: Timestamp { entries[0].at }
    /// The last change, when terminated or paused.
    public var endDate: Timestamp? {
        current.isTerminated || current.isPaused ? entries[entries.count - 1].at : nil
    }
    public var lastChange: Timestamp { entries[entries.count - 1].at }

    /// Setting the state that is there already changes nothing.
    public mutating func set(_ state: State, at now: Timestamp) {
        if state != current { entries.append(Entry(state, at: now)) }
    }
}
