import EngineCore
import FlowModel

/// Why the engine does not do what it was asked: the caller's matter, said so that the caller can act on it.
public enum EngineRefusal: Error, Sendable, CustomStringConvertible {
    /// What is named does not exist.
    case notFound(String)
    /// The present state does not allow it.
    case conflict(String)
    /// The request itself is wrong.
    case invalid(String)
    /// Inputs that do not fit what the flow declares.
    case inputs([InputProblem])
    /// It was there, but its time is over.
    case gone(String)
    /// The server is stopping.
    case unavailable(String)

    public var description: String {
        switch self {
        case .notFound(let text), .conflict(let text), .invalid(let text), .gone(let text), .unavailable(let text): text
        case .inputs(let problems): problems.map(\.description).joined(separator: ", ")
        }
    }
}
