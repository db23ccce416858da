import EngineRuntime
import FlowModel
import Hummingbird
import Logging
import NIOCore
import Storage

/// The one place where errors become answers. Source: engine spec §11.1, ux spec §4.
struct ErrorAnswer {
    let path: String
    let id: String
    let logger: Logger

    func response(to error: any Error) -> Response {
        let refusal = refusal(for: error)
        var response = Response.json(bodyValue(of: refusal), status: refusal.status)
        for header in refusal.headers { response.headers.append(header) }
        return response
    }

    func refusal(for error: any Error) -> Refusal {
        switch error {
        case let refusal as Refusal: refusal
        case let problems as Problems: Refusal.invalidEntity(problems)
        case let problem as Problem: Refusal.invalidEntity(Problems(problem))
        case let refusal as EngineRefusal: Refusal(refusal)
        case let error as StorageError: self.refusal(for: error)
        case is NIOTooManyBytesError:
            Refusal(.contentTooLarge, "The body is larger than this server takes", code: "body-too-large")
        default: unexpected(error)
        }
    }

    private func refusal(for error: StorageError) -> Refusal {
        switch error.kind {
        case .notFound: return .notFound(error.what)
        case .conflict, .duplicate: return .illegalState(error.what)
        case .invalid: return .illegalArgument(error.what)
        case .corrupt, .newerSchema:
            return Refusal(.init(code: 423, reasonPhrase: "Locked"), error.what, code: "storage.\(error.kind.rawValue)")
        case .diskFull, .io, .inUse, .closed:
            logger.error("The store refused a request: \(error)", metadata: ["request": "\(id)"])
            var refusal = Refusal(.serviceUnavailable, error.what, code: "storage.\(error.kind.rawValue)")
            refusal.headers[.retryAfter] = "5"
            return refusal
        }
    }

    private func unexpected(_ error: any Error) -> Refusal {
        logger.error("A request failed: \(error)", metadata: ["request": "\(id)", "path": "\(path)"])
        return Refusal(
            .internalServerError, "Internal server error: \(error); the server's log has it under request \(id)",
            code: "internal")
    }

    /// `{"message", "code", "_links", "_embedded": {"errors": […]}, "errors": […]}`.
    func bodyValue(of refusal: Refusal) -> Value {
        var members: ValueMap = ["message": .string(refusal.message), "code": .string(refusal.code)]
        members["_links"] = ["self": [["href": .string(path), "templated": false]]]
        let fields = refusal.fields.isEmpty ? [Refusal.Field(message: refusal.message)] : refusal.fields
        let embedded = fields.map { field in
            var member: ValueMap = ["message": .string(field.message)]
            if let path = field.path { member["path"] = .string(path) }
            return Value.map(member)
        }
        members["_embedded"] = ["errors": .list(embedded)]
        if !refusal.fields.isEmpty { members["errors"] = .list(refusal.fields.map(Self.detail)) }
        members.merge(refusal.more) { own, _ in own }
        return .map(members)
    }

    static func detail(_ field: Refusal.Field) -> Value {
        var member: ValueMap = ["message": .string(field.message)]
        if let path = field.path { member["path"] = .string(path) }
        if let place = field.place {
            member["line"] = .int(Int64(place.line))
            member["column"] = .int(Int64(place.column))
        }
        if let fix = field.fix { member["suggestions"] = [.string(fix)] }
        return .map(member)
    }
}

extension Refusal {
    init(_ refusal: EngineRefusal) {
        switch refusal {
        case .notFound(let what): self = .notFound(what)
        case .conflict(let what): self = .illegalState(what)
        case .invalid(let what): self = .illegalArgument(what)
        case .inputs(let problems):
            self = .invalidEntity(
                problems.map { Field(path: $0.inputID, message: $0.message) }, code: "invalid-input")
        case .gone(let what): self.init(.gone, "Resource has expired: \(what)", code: "expired")
        case .unavailable(let what): self = .stopping(what)
        }
    }

    /// A document with mistakes: all of them are told, warnings only beside errors.
    static func invalidEntity(_ problems: Problems) -> Refusal {
        let told = problems.hasErrors ? problems.violations : problems.all
        return invalidEntity(
            told.map { Field(path: $0.path, message: $0.what, place: $0.place, fix: $0.fix) },
            code: told.first?.code ?? "invalid-entity")
    }
}
