import FlowModel
import TaskKit

/// Files that a task wants in its working directory before it begins. Source: engine spec §6.8, since-0.20 §3.
struct InputFiles: Sendable {
    /// Rendered: names and contents, or a text with such a JSON object. A content that is a stored file's URI stands for
    /// that file.
    let files: Value

    func write(to folder: WorkingDirectory, for context: RunContext) async throws(TaskFailure) {
        guard let members = files.mapOrJSON else {
            throw .property("inputFiles", "is not a map of names and contents", fix: nil)
        }
        for (name, content) in members where !content.isNull {
            let path = try folder.path(of: name)
            let text = content.printed()
            try await attempting {
                guard let uri = Self.storedFile(text, context) else { return try LocalFile.write(text.utf8, to: path) }
                FileTree.makeFolder(above: path)
                try await context.services.files.copy(uri, to: path)
            }
        }
    }

    /// The URI of the stored file that a content names; nil for contents of their own.
    private static func storedFile(_ text: String, _ context: RunContext) -> String? {
        if text.hasPrefix(StoredFileURI.scheme) { return text.trimmingBlanks }
        guard text.hasPrefix("nsfile://") else { return nil }
        let rest = text.trimmingBlanks.dropFirst(9)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        let namespace = slash == rest.startIndex ? context.identity.namespace : String(rest[..<slash])
        return "kestra://" + StoragePath.namespaceFile(String(rest[slash...]), namespace: namespace)
    }
}

/// URIs of stored files within other text.
enum StoredFileURI {
    static let scheme = "kestra://"

    enum Part: Equatable {
        case text(String)
        case uri(String)
    }

    /// Cuts a text into URIs and what stands between them. A URI goes as far as its characters do: letters, digits and
    /// `-._+~#=/%`.
    static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let start = rest.range(of: scheme) {
            if start.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<start.lowerBound]))) }
            let end = rest[start.upperBound...].firstIndex { !isPartOfURI($0) } ?? rest.endIndex
            parts.append(.uri(String(rest[start.lowerBound..<end])))
            rest = rest[end...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }

    private static func isPartOfURI(_ character: Character) -> Bool {
        guard character.isASCII else { return false }
        return character.isLetter || character.isNumber || "-._+~#=/%".contains(character)
    }
}

extension String {
    var trimmingBlanks: String {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest.drop { $0.isWhitespace })
    }
}
