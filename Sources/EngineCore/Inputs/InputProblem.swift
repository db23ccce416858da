import FlowModel

/// Why a value does not do for an input, as the middle part of the message that users get.
struct InputFault: Error, Sendable {
    var message: String

    init(_ message: String) { self.message = message }

    /// ``Expected `INT` but received `x` with errors: …``
    static func unreadable(_ value: Value, as kind: FlowInput.Kind, because reason: String? = nil) -> InputFault {
        let because = reason.map { " with errors: \($0)" } ?? ""
        return InputFault("Expected `\(kind.rawValue)` but received `\(value.plain())`\(because)")
    }
}

/// What is wrong with the value given for an input. Source: engine spec §2.2.
public struct InputProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public var inputID: String
    /// ``Invalid input for `count`, it must be more than `10`, but received `9` ``
    public var message: String

    public init(inputID: String, message: String) {
        self.inputID = inputID
        self.message = message
    }

    init(_ inputID: String, _ fault: InputFault, received: Value) {
        self.inputID = inputID
        message = "Invalid input for `\(inputID)`, \(fault.message), but received `\(received.plain())`"
    }

    /// The message with the id in front, as it stands in joined texts: `count: Invalid input for …`.
    public var description: String { "\(inputID): \(message)" }
}
