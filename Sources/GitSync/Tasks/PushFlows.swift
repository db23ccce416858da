import FlowModel
import TaskKit

/// Commits the flows of a namespace to a Git branch. Source: git-tasks spec §7.
public struct PushFlows: RunnableTask {
    public static let about = TaskAbout(
        type: "io.kestra.plugin.git.PushFlows",
        title: "Push the flows of a namespace to a Git branch.",
        details: """
            Each flow becomes `<gitDirectory>/<id>.yml`, flows of child namespaces lie in folders of their names. Only what
            changed is committed, on top of the branch; without a change nothing is committed. A branch that does not exist is
            made from the default branch.
            """,
        example: """
            - id: push
              type: io.kestra.plugin.git.PushFlows
              url: https://github.com/acme/flows
              branch: from-sluice
              username: acme
              password: "{{ secret('GITHUB_TOKEN') }}"
              sourceNamespace: dev
              targetNamespace: prod
              flows: "etl-*"
              includeChildNamespaces: true
              gitDirectory: flows
              commitMessage: "Changes of {{ now() }}"
              dryRun: true
            """
    )

    @Property("The address of the repository: https://host/path.git, or for ssh git@host:path.git.") var url: String
    @Property("The branch to push to; it is made when it does not exist.") var branch = "main"
    @Property("User or organisation for HTTP; also the author's name unless that is given.") var username: String?
    @Property("Password or access token for HTTP: an expression such as {{ secret('GIT_TOKEN') }}.") var password:
        Unrendered?
    @Property("A private key for SSH, its content: an expression.") var privateKey: Unrendered?
    @Property("The passphrase of the private key: an expression.") var passphrase: Unrendered?
    @Property("Has no effect here: submodules are not read.") var cloneSubmodules = false
    @Property("A PEM file on the server with certificate authorities to trust besides the system's.")
    var trustedCaPemPath: String?
    @Property("Whether configured proxies are ignored.") var noProxy = false
    @Property("How long to wait for a connection, milliseconds.") var connectTimeout = 10_000
    @Property("How long to wait for an answer to go on, milliseconds.") var readTimeout = 60_000
    @Property("Git settings: user.name and user.email name the author unless the task does.") var gitConfig: Value?
    @Property("The address of the instance to act on: this one.") var kestraUrl: String?
    @Property("Credentials for that instance; not needed for this one.") var auth: Value?
    @Property("The folder of the repository that holds the flows.") var gitDirectory = "_flows"
    @Property("The namespace whose flows are pushed; without it the flow's own.") var sourceNamespace: String?
    @Property("The namespace that the files name instead of the source's; without it they stay as they are.")
    var targetNamespace: String?
    @Property("Which flows: a glob on their ids, or several; without it all.") var flows: OneOrMany?
    @Property("Whether flows of child namespaces are pushed too, into folders.") var includeChildNamespaces = false
    @Property("The commit's message; without it `Add flows from <sourceNamespace> namespace`.") var commitMessage:
        String?
    @Property("Whether only to tell what would change.") var dryRun = false
    @Property("Whether files of flows that are gone are removed.") var delete = true
    @Property("The author's e-mail address.") var authorEmail: String?
    @Property("The author's name; without it `username`.") var authorName: String?

    public init() {}

    public struct Outputs: TaskOutputs {
        public static let about = [
            OutputAbout("commitId", "The commit that was pushed; null when nothing changed.", .string),
            OutputAbout("commitURL", "The page of that commit.", .string),
            OutputAbout(
                "flows", "A file with a row for each changed file: file, additions, deletions, changes.", .string),
        ]
        public var commitID: String?
        public var commitURL: String?
        public var flows: String?
        public var values: ValueMap {
            func value(_ text: String?) -> Value { text.map(Value.string) ?? .null }
            return ["commitId": value(commitID), "commitURL": value(commitURL), "flows": value(flows)]
        }
    }

    public func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let connection = try input.connection(context)
        let source = sourceNamespace?.nonBlank ?? context.identity.namespace
        let settings = GitSettings(context.services.settings)
        do {
            let options = PushFlowsOptions(
                branch: branch.nonBlank ?? "main", directory: try GitDirectory(gitDirectory), sourceNamespace: source,
                targetNamespace: targetNamespace?.nonBlank, globs: try globs(), children: includeChildNamespaces,
                delete: delete
            )
            let run = PushFlowsRun(
                options: options, connection: connection,
                message: commitMessage?.nonBlank ?? "Add flows from \(source) namespace",
                author: author(settings, context),
                dryRun: dryRun, service: GitService.shared(settings), library: context.services.flows,
                clock: context.services.clock, log: context.log
            )
            let outcome = try await run.run()
            var outputs = Outputs()
            outputs.commitID = outcome.commit?.description
            outputs.commitURL = outcome.commit.map { connection.url.commitPage($0, branch: options.branch) }
            if let rows = outcome.rows {
                outputs.flows = try await context.services.files.store(rows, at: context.filePrefix + "flows.ion")
            }
            return outputs
        } catch {
            throw .from(error)
        }
    }

    /// The globs; a text that is a JSON list stands for the list. Source: git-tasks spec §2.7.
    private func globs() throws(GitError) -> [JavaGlob]? {
        guard let flows else { return nil }
        var texts = flows.texts
        if texts.count == 1, texts[0].hasPrefix("["), let list = (try? JSON.parse(texts[0]))?.list {
            let strings = list.compactMap(\.string)
            if strings.count == list.count { texts = strings }
        }
        var globs: [JavaGlob] = []
        for text in texts { globs.append(try JavaGlob(text)) }
        return globs
    }

    /// The task's author, else the one of `gitConfig`, else the server's own identity.
    private func author(_ settings: GitSettings, _ context: RunContext) -> GitIdentity {
        let configured = input.configuredIdentity(context)
        let name = authorName?.nonBlank ?? username?.nonBlank
        if let name, let email = authorEmail?.nonBlank { return GitIdentity(name: name, email: email) }
        if let name = configured.name, let email = configured.email { return GitIdentity(name: name, email: email) }
        return settings.identity
    }

    private var input: ConnectionInput {
        ConnectionInput(
            url: url, username: username, password: password, privateKey: privateKey, passphrase: passphrase,
            cloneSubmodules: cloneSubmodules, trustedCaPemPath: trustedCaPemPath, noProxy: noProxy,
            connectTimeout: connectTimeout, readTimeout: readTimeout, gitConfig: gitConfig, kestraUrl: kestraUrl,
            auth: auth
        )
    }
}
