import FlowModel
import FoundationEssentials
import TaskKit

/// What a task says about its connection, before it is checked. Source: git-tasks spec §1.
struct ConnectionInput: Sendable {
    var url: String
    var username: String?
    var password: Unrendered?
    var privateKey: Unrendered?
    var passphrase: Unrendered?
    var cloneSubmodules: Bool
    var trustedCaPemPath: String?
    var noProxy: Bool
    var connectTimeout: Int
    var readTimeout: Int
    var gitConfig: Value?
    var kestraUrl: String?
    var auth: Value?

    /// The connection, with secrets rendered.
    /// - Throws: for secrets that are written into the flow, before anything else is looked at; for a wrong url.
    func connection(_ context: RunContext) throws(TaskFailure) -> Connection {
        for (name, value) in [("password", password), ("privateKey", privateKey), ("passphrase", passphrase)] {
            try LiteralCredentials.refuse(name, value?.value)
        }
        try checkInstance(context)
        if cloneSubmodules { context.log.warn("`cloneSubmodules` has no effect here: submodules are not read") }
        let credentials = GitCredentials(
            username: username?.nonBlank, password: try secret(password, context),
            privateKey: try secret(privateKey, context),
            passphrase: try secret(passphrase, context)
        )
        do throws(GitError) {
            return Connection(
                url: try RemoteURL(url), credentials: credentials, trustedAuthorities: trustedCaPemPath?.nonBlank,
                noProxy: noProxy, connectTimeout: .milliseconds(max(1, connectTimeout)),
                readTimeout: .milliseconds(max(1, readTimeout))
            )
        } catch {
            throw TaskFailure(error)
        }
    }

    private func secret(_ property: Unrendered?, _ context: RunContext) throws(TaskFailure) -> Secret? {
        guard case .string(let text)? = property?.value else { return nil }
        // Secrets kept in files often end with a newline that is no part of them.
        return Secret(try context.render(text).trimmedMessage)
    }

    /// Acting on another instance is not this task's way: only ourselves. Source: git-tasks spec §2.11.
    private func checkInstance(_ context: RunContext) throws(TaskFailure) {
        let fields = auth?.map ?? [:]
        func has(_ name: String) -> Bool { fields[name].flatMap(\.string)?.nonBlank != nil }
        if has("apiToken"), has("username") || has("password") {
            throw TaskFailure("Cannot use both API Token and username/password in `auth`; remove one of them")
        }
        if has("username") != has("password") {
            throw TaskFailure("Both username and password are required in `auth`")
        }
        guard let other = kestraUrl?.nonBlank else { return }
        let own = [context.services.settings.url, "http://localhost:8080"].compactMap { $0?.withoutSlash }
        guard own.contains(other.withoutSlash) else {
            throw .property(
                "kestraUrl", "names another instance, \(other)",
                fix: "run the task on that instance, or remove the property"
            )
        }
    }

    /// Who `gitConfig` says commits. Source: git-tasks spec §2.5.
    func configuredIdentity(_ context: RunContext) -> (name: String?, email: String?) {
        var found: (name: String?, email: String?)
        for (key, value) in gitConfig?.map ?? [:] {
            switch key.lowercased() {
            case "user.name": found.name = value.string?.nonBlank
            case "user.email": found.email = value.string?.nonBlank
            default:
                if !key.contains(".") { context.log.warn("gitConfig: \"\(key)\" is no section.name and is skipped") }
            }
        }
        return found
    }
}

/// Secrets written into a flow are refused: they would be stored, shown and versioned with it.
/// Source: git-tasks spec §1.2, OUR RULE D1.
enum LiteralCredentials {
    /// - Parameter value: As the flow has it, not rendered; nil when it is absent.
    static func refuse(_ property: String, _ value: Value?) throws(TaskFailure) {
        guard let value, !value.isNull else { return }
        if case .string(let text) = value, text.drop(while: \.isWhitespace).hasPrefix("{{") { return }
        throw TaskFailure(
            "It looks like you have hard-coded Git credentials: the property `\(property)` must be an expression; write"
                + " \(property): \"{{ secret('GIT_\(property.uppercased())') }}\" and keep the value as a secret"
        )
    }
}

extension TaskFailure {
    init(_ error: GitError) { self.init(error.description) }

    /// What a run that ended with any error says of it.
    static func from(_ error: any Error) -> TaskFailure {
        switch error {
        case let failure as TaskFailure: failure
        case let error as GitError: TaskFailure(error)
        default: TaskFailure("\(error)")
        }
    }
}

extension GitSettings {
    /// What the server's settings say. Addresses of files are for tests and for machines with one owner:
    /// `SLUICE_GIT_ALLOW_FILES=true`.
    init(_ settings: ServerSettings) {
        let allows = ProcessInfo.processInfo.environment["SLUICE_GIT_ALLOW_FILES"]?.lowercased() == "true"
        self.init(
            dataDirectory: settings.dataFolder, allowsFiles: allows,
            identity: GitIdentity(name: settings.gitIdentity.name, email: settings.gitIdentity.email),
            executable: settings.executable
        )
    }
}

extension String {
    /// Nil when there is nothing but white space.
    var nonBlank: String? { allSatisfy(\.isWhitespace) ? nil : self }

    fileprivate var withoutSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
