import FlowModel
import Hummingbird

/// An answer that says no: its status, what is wrong and how to put it right. Source: engine spec §11.1, ux spec §4.
struct Refusal: Error, Sendable {
    /// One thing that is wrong.
    struct Field: Sendable {
        var path: String?
        var message: String
        var place: Place?
        var fix: String?
    }

    var status: HTTPResponse.Status
    var message: String
    /// A stable word for programs.
    var code: String
    var fields: [Field] = []
    var headers = HTTPFields()
    /// Further members of the answer.
    var more: ValueMap = [:]

    init(_ status: HTTPResponse.Status, _ message: String, code: String, fields: [Field] = []) {
        self.status = status
        self.message = message
        self.code = code
        self.fields = fields
    }

    static func notFound(_ what: String, code: String = "not-found") -> Refusal {
        Refusal(.notFound, "Not Found: \(what)", code: code)
    }

    static func illegalArgument(_ what: String, code: String = "illegal-argument") -> Refusal {
        Refusal(.unprocessableContent, "Illegal argument: \(what)", code: code)
    }

    static func illegalState(_ what: String, code: String = "illegal-state") -> Refusal {
        Refusal(.conflict, "Illegal state: \(what)", code: code)
    }

    /// Something that is given does not hold: `Invalid entity: flow.id: Flow id already exists`.
    static func invalidEntity(_ fields: [Field], code: String = "invalid-entity") -> Refusal {
        let lines = fields.map { field in (field.path.map { "\($0): " } ?? "") + field.message }
        return Refusal(
            .unprocessableContent, "Invalid entity: " + lines.joined(separator: "\n"), code: code, fields: fields)
    }

    static func missingQuery(_ name: String) -> Refusal {
        Refusal(.badRequest, "Required query parameter [\(name)] is missing", code: "missing-parameter")
    }

    static func malformed(_ problem: Problem) -> Refusal {
        let place = problem.place.map { " (\($0.line):\($0.column))" } ?? ""
        return Refusal(
            .unprocessableContent, "Invalid entity: the body is no JSON: \(problem.what)\(place)", code: problem.code,
            fields: [Field(path: problem.path, message: problem.what, place: problem.place, fix: problem.fix)])
    }

    static func tooLarge(limit: Int) -> Refusal {
        Refusal(
            .contentTooLarge, "The body is larger than \(limit) bytes, the limit of this server", code: "body-too-large"
        )
    }

    /// - Parameters:
    ///   - what: why the body is not read.
    ///   - advice: how to send it instead.
    static func wrongMediaType(_ what: String, _ advice: String) -> Refusal {
        Refusal(.unsupportedMediaType, "\(what): \(advice)", code: "unsupported-media-type")
    }

    static func stopping(_ what: String) -> Refusal {
        var refusal = Refusal(.serviceUnavailable, "The server is stopping: \(what)", code: "stopping")
        refusal.headers[.retryAfter] = "5"
        return refusal
    }
}
