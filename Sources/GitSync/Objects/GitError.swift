import CGit2

/// Why something about a repository did not work: what was tried, what came of it, and whether trying again may help.
///
/// Texts never hold a secret. Source: git-tasks spec §18.
public struct GitError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, Codable {
        /// The remote refused the credentials or wants some.
        case notAuthorized
        /// No answer in time, a broken connection, a server's passing trouble.
        case unreachable
        /// The remote's certificate or host key is not trusted.
        case untrusted
        /// The remote says there is no such repository.
        case noRepository
        /// The branch moved since its tip was read.
        case moved
        /// The remote refused the push: its own words are in `what`.
        case refused
        /// The remote does not speak as Git servers do, or lacks what is needed.
        case protocolTrouble
        /// This way of talking to the remote cannot do it; another may.
        case unsupported
        /// An object that should be there is not, or a cache cannot be read.
        case corrupt
        /// More than the limits allow.
        case tooMuch
        /// What the user asked for cannot be: a wrong URL, folder or branch.
        case invalid
        /// The machine: disk, processes, permissions.
        case local
    }

    public var kind: Kind
    public var what: String
    public var fix: String?

    public init(_ kind: Kind, _ what: String, fix: String? = nil) {
        self.kind = kind
        self.what = what
        self.fix = fix
    }

    public var description: String { what + (fix.map { "; fix: \($0)" } ?? "") }

    /// Whether the same attempt may work a little later.
    public var mayPass: Bool { kind == .unreachable || kind == .moved }

    /// What libgit2 says about its last failure on this thread: call it right after the failing call.
    static func library(_ code: Int32, _ doing: String) -> GitError {
        let text = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "code \(code)"
        let kind: Kind =
            switch code {
            case GIT_ENOTFOUND.rawValue, GIT_EMISMATCH.rawValue: .corrupt
            case GIT_ERROR.rawValue where isDamage(git_error_last()?.pointee.klass): .corrupt
            case GIT_EAUTH.rawValue: .notAuthorized
            case GIT_ECERTIFICATE.rawValue: .untrusted
            case GIT_ENONFASTFORWARD.rawValue: .moved
            default: .local
            }
        return GitError(kind, "\(doing): \(text)")
    }

    /// Whether a failure is about what a repository holds: after the machine went down its files may be empty.
    private static func isDamage(_ kind: Int32?) -> Bool {
        let ours = [
            GIT_ERROR_REFERENCE, GIT_ERROR_ZLIB, GIT_ERROR_REPOSITORY, GIT_ERROR_CONFIG, GIT_ERROR_ODB,
            GIT_ERROR_OBJECT, GIT_ERROR_TREE,
        ]
        return ours.contains { Int32($0.rawValue) == kind }
    }
}

/// Throws what libgit2 reports unless `code` says that all went well.
@discardableResult
func check(_ code: Int32, _ doing: @autoclosure () -> String) throws(GitError) -> Int32 {
    guard code >= 0 else { throw GitError.library(code, doing()) }
    return code
}
