/// How paths of the internal storage are made: whose files are where. Source: engine spec §6 and App. B.
public enum StoragePath {
    /// `/company/team` of `company.team`.
    public static func namespace(_ namespace: String) -> String { "/\(namespace.replacing(".", with: "/"))" }

    /// `/<ns path>/<flow slug>`
    public static func flow(_ flow: FlowKey) -> String { "\(namespace(flow.namespace))/\(Slug.of(flow.id))" }

    /// `/<ns path>/<flow slug>/executions/<id>`
    public static func execution(_ id: ExecutionID, of flow: FlowKey) -> String {
        "\(StoragePath.flow(flow))/executions/\(id)"
    }

    /// `…/tasks/<task slug>/<task run id>`: the folder of one task run's files.
    public static func taskRun(_ number: Int, taskID: String, execution id: ExecutionID, of flow: FlowKey) -> String {
        "\(execution(id, of: flow))/tasks/\(Slug.of(taskID))/\(id.taskRunID(number))"
    }

    /// `/<ns path>/_files/<path>`
    public static func namespaceFile(_ path: String, namespace: String) -> String {
        "\(StoragePath.namespace(namespace))/_files/\(path.drop { $0 == "/" })"
    }
}
