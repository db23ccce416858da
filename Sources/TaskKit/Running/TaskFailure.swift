import Expressions
import FlowModel

/// Why a task run failed: what its log says, and what it gives out all the same.
public struct TaskFailure: Error, Sendable {
    public var message: String
    /// The outputs that are kept although the run failed, such as a script's exit code.
    public var outputs: ValueMap?

    public init(_ message: String, outputs: ValueMap? = nil) {
        self.message = message
        self.outputs = outputs
    }

    public init(_ error: ExpressionError) { self.init(error.description) }

    /// A property whose rendered value the task cannot use: ``Property `duration` is longer than a day; use …``.
    public static func property(_ name: String, _ what: String, fix: String?) -> TaskFailure {
        TaskFailure("Property `\(name)` \(what)" + (fix.map { "; \($0)" } ?? ""))
    }
}
