import FlowModel

/// How paths of the internal storage are made. Source: engine spec §6 and App. B.
public enum StoragePath {
    /// `/<ns path>/<flow slug>/executions/<id>`
    public static func execution(_ id: ExecutionID, namespace: String, flowID: String) -> String {
        "/\(namespace.replacing(".", with: "/"))/\(slug(flowID))/executions/\(id)"
    }

    /// `/<ns path>/_files/<path>`
    public static func namespaceFile(_ path: String, namespace: String) -> String {
        "/\(namespace.replacing(".", with: "/"))/_files/\(path.drop { $0 == "/" })"
    }

    /// White space and `_` become `-`, other characters outside `[A-Za-z0-9-]` go, dashes collapse, all lower case.
    public static func slug(_ text: String) -> String {
        var slug = ""
        for character in text {
            if character.isWhitespace || character == "_" || character == "-" {
                if !slug.isEmpty, slug.last != "-" { slug.append("-") }
            } else if character.isASCII, character.isLetter || character.isNumber {
                slug.append(contentsOf: character.lowercased())
            }
        }
        while slug.last == "-" { slug.removeLast() }
        return slug
    }
}
