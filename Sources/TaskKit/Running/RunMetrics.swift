import FlowModel
import Synchronization

/// A number that a run of a task tells.
public struct RunMetric: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case counter, timer, gauge }

    public var kind: Kind
    public var name: String
    /// Timers in milliseconds.
    public var value: Double
    public var tags: [Label]

    public init(_ kind: Kind, _ name: String, _ value: Double, tags: [Label] = []) {
        self.kind = kind
        self.name = name
        self.value = value
        self.tags = tags
    }
}

/// The numbers of one run. They are stored with the end of its attempt, whichever that is; beyond ``most`` they are dropped.
public final class RunMetrics: Sendable {
    public static let most = 10_000

    private let told = Mutex<[RunMetric]>([])

    public init() {}

    /// - Returns: false when it is one too many.
    @discardableResult
    public func add(_ metric: RunMetric) -> Bool {
        told.withLock { told in
            if told.count >= Self.most { return false }
            told.append(metric)
            return true
        }
    }

    public var all: [RunMetric] { told.withLock { $0 } }
}
