import FlowModel
import TaskKit

/// Commits the flows of a namespace to a Git branch. Source: git-tasks spec §7.
public struct PushFlows: RunnableTask, CautiousTask {
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

    let remote = ConnectionProperties()

    @Property("The branch to push to; it is made when it does not exist.") var branch = "main"
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

    public static func cautions(about task: FlowTask) -> [Caution] { LiteralCredentials.cautions(about: task) }

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
        let connection = try remote.connection(context)
        let source = sourceNamespace?.nonBlank ?? context.identity.namespace
        if let target = targetNamespace?.nonBlank, !NamespaceName.isValid(target) {
            throw .property("targetNamespace", "is `\(target)`, no namespace", fix: "use \(NamespaceName.rule)")
        }
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
        let configured = remote.configuredIdentity(context)
        let name = authorName?.nonBlank ?? remote.username?.nonBlank
        if let name, let email = authorEmail?.nonBlank { return GitIdentity(name: name, email: email) }
        if let name = configured.name, let email = configured.email { return GitIdentity(name: name, email: email) }
        return settings.identity
    }
}
