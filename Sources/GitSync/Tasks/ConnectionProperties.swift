import FlowModel
import FoundationEssentials
import TaskKit

/// What every Git task says about its connection. Source: git-tasks spec §1.
struct ConnectionProperties: PropertyBundle {
    @Property("The address of the repository: https://host/path.git, or for ssh git@host:path.git.")
    var url: String

    @Property("User or organisation for HTTP; also the author's name of commits unless that is given.")
    var username: String?

    @Property("Password or access token for HTTP: an expression such as {{ secret('GIT_PASSWORD') }}.")
    var password: Unrendered?

    @Property("A private key for SSH, its content: an expression.")
    var privateKey: Unrendered?

    @Property("The passphrase of the private key: an expression.")
    var passphrase: Unrendered?

    @Property("Has no effect here: submodules are not read.")
    var cloneSubmodules = false

    @Property("A PEM file on the server with certificate authorities to trust besides the system's.")
    var trustedCaPemPath: String?

    @Property("Whether configured proxies are ignored.")
    var noProxy = false

    @Property("How long to wait for a connection, milliseconds.")
    var connectTimeout = 10_000

    @Property("How long to wait for an answer to go on, milliseconds.")
    var readTimeout = 60_000

    @Property("Git settings: user.name and user.email name the author of commits unless the task does.")
    var gitConfig: Value?

    @Property("The address of the instance to act on: this one.")
    var kestraUrl: String?

    @Property("Credentials for that instance; not needed for this one.")
    var auth: Value?

    /// The connection, with secrets rendered.
    /// - Throws: for secrets that are written into the flow, before anything else is looked at; for a wrong url.
    func connection(_ context: RunContext) throws(TaskFailure) -> Connection {
        for (name, value) in zip(LiteralCredentials.properties, [password, privateKey, passphrase]) {
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
    static let properties = ["password", "privateKey", "passphrase"]

    /// - Parameter value: As the flow has it, not rendered; nil when it is absent.
    static func refuse(_ property: String, _ value: Value?) throws(TaskFailure) {
        guard isLiteral(value) else { return }
        var failure = TaskFailure(
            "It looks like you have hard-coded Git credentials: the property `\(property)` must be an expression; write"
                + " \(property): \"{{ secret('\(secretName(property))') }}\" and keep the value as a secret"
        )
        failure.property = property
        throw failure
    }

    /// The warnings about a task that has such credentials, also in its `url` and in `auth`, when its flow is checked.
    static func cautions(about task: FlowTask) -> [Caution] {
        var cautions = properties.filter { isLiteral(task.properties[$0]) }.map { property in
            Caution.literalSecret(
                at: [property], secret: secretName(property),
                what: "hard-coded Git credentials: `\(property)` must be an expression, or the task refuses to run")
        }
        let fix = "give it as `username` and `password: \"{{ secret('GIT_PASSWORD') }}\"` instead"
        for caution in [
            Caution.ifSecretInURL("url", of: task, fix: fix),
            .ifLiteral(["auth", "password"], of: task, secret: "KESTRA_PASSWORD"),
            .ifLiteral(["auth", "apiToken"], of: task, secret: "KESTRA_TOKEN"),
        ] {
            if let caution { cautions.append(caution) }
        }
        return cautions
    }

    private static func isLiteral(_ value: Value?) -> Bool {
        guard let value, !value.isNull else { return false }
        if case .string(let text) = value { return !text.drop(while: \.isWhitespace).hasPrefix("{{") }
        return true
    }

    private static func secretName(_ property: String) -> String {
        switch property {
        case "privateKey": "GIT_PRIVATE_KEY"
        default: "GIT_\(property.uppercased())"
        }
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
