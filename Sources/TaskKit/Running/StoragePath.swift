import Expressions
import FlowModel

/// How paths of the internal storage are made. Source: engine spec §6 and App. B.
public enum StoragePath {
    /// `/<ns path>/<flow slug>/executions/<id>`
    public static func execution(_ id: ExecutionID, namespace: String, flowID: String) -> String {
        "/\(namespace.replacing(".", with: "/"))/\(Slug.of(flowID))/executions/\(id)"
    }

    /// `/<ns path>/_files/<path>`
    public static func namespaceFile(_ path: String, namespace: String) -> String {
        "/\(namespace.replacing(".", with: "/"))/_files/\(path.drop { $0 == "/" })"
    }
}
