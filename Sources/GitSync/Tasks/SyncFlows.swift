import FlowModel
import TaskKit

/// Brings the flows of a Git folder into a namespace. Source: git-tasks spec §3.
public struct SyncFlows: RunnableTask, CautiousTask {
    public static let about = TaskAbout(
        type: "io.kestra.plugin.git.SyncFlows",
        title: "Sync flows from a Git branch into a namespace.",
        details: """
            Git is the source of truth: changed files become new revisions, with `delete` flows without a file go. All files
            are checked before anything is stored, and everything is stored at once. The namespace in a file does not matter:
            it is set to `targetNamespace`, followed by the folders below `gitDirectory` when child namespaces are included.
            """,
        example: """
            - id: sync
              type: io.kestra.plugin.git.SyncFlows
              url: https://github.com/acme/flows
              branch: main
              username: acme
              password: "{{ secret('GITHUB_TOKEN') }}"
              targetNamespace: company.team
              gitDirectory: flows
              includeChildNamespaces: true
              dryRun: true
            """
    )

    let remote = ConnectionProperties()

    @Property("The branch to read; it must exist.") var branch = "main"
    @Property("The namespace that the flows go to.") var targetNamespace: String
    @Property("The folder of the repository that holds the flows.") var gitDirectory = "_flows"
    @Property("Whether folders below it become child namespaces; else only its own files are read.")
    var includeChildNamespaces = false
    @Property("Whether flows that have no file are deleted.") var delete = false
    @Property("Whether only to tell what would happen.") var dryRun = false
    @Property("Whether files that are no valid flows are skipped with a warning instead of failing the run.")
    var ignoreInvalidFlows = false
    @Property("Whether a folder that is not there fails the run; it always does with `delete`.")
    var failOnMissingDirectory = true

    public init() {}

    public static func cautions(about task: FlowTask) -> [Caution] { LiteralCredentials.cautions(about: task) }

    public struct Outputs: TaskOutputs {
        public static let about = [
            OutputAbout(
                "flows", "A file with a row for each flow: gitPath, syncState, flowId, namespace, revision.", .string)
        ]
        /// `kestra:///…`, text Ion.
        public var flows: String
        public var values: ValueMap { ["flows": .string(flows)] }
    }

    public func run(_ context: RunContext) async throws(TaskFailure) -> Outputs {
        let connection = try remote.connection(context)
        guard let namespace = targetNamespace.nonBlank else {
            throw .property("targetNamespace", "is blank", fix: "name the namespace that the flows go to")
        }
        guard NamespaceName.isValid(namespace) else {
            throw .property("targetNamespace", "is `\(namespace)`, no namespace", fix: "use \(NamespaceName.rule)")
        }
        do {
            let options = SyncFlowsOptions(
                branch: branch.nonBlank ?? "main", namespace: namespace, directory: try GitDirectory(gitDirectory),
                directoryAsGiven: gitDirectory, children: includeChildNamespaces, delete: delete,
                ignoresInvalid: ignoreInvalidFlows, failsOnMissingDirectory: failOnMissingDirectory,
                ownFlow: FlowKey(namespace: context.identity.namespace, id: context.identity.flowID)
            )
            let run = SyncFlowsRun(
                options: options, connection: connection, dryRun: dryRun,
                service: GitService.shared(GitSettings(context.services.settings)), library: context.services.flows,
                log: context.log
            )
            let rows = try await run.run()
            return Outputs(flows: try await context.services.files.store(rows, at: context.filePrefix + "flows.ion"))
        } catch {
            throw .from(error)
        }
    }
}
