import Expressions
import FlowModel

/// Why a task run failed: what its log says, and what it gives out all the same.
public struct TaskFailure: Error, Sendable {
    public var message: String
    /// The outputs that are kept although the run failed, such as a script's exit code.
    public var outputs: ValueMap?
    /// The template that could not be compiled or rendered, when that was it: its place is found by ``Flow/told(_:in:)``.
    public var cause: ExpressionError?
    /// The property of the task, trigger or condition whose value was the matter.
    public var property: String?

    public init(_ message: String, outputs: ValueMap? = nil) {
        self.message = message
        self.outputs = outputs
    }

    public init(_ error: ExpressionError, property: String? = nil) {
        self.init(error.description)
        cause = error
        self.property = property
    }

    /// A property whose rendered value the task cannot use: ``Property `duration` is longer than a day; use …``.
    public static func property(_ name: String, _ what: String, fix: String?) -> TaskFailure {
        var failure = TaskFailure("Property `\(name)` \(what)" + (fix.map { "; \($0)" } ?? ""))
        failure.property = name.split(separator: ".").first.map(String.init)
        return failure
    }
}
