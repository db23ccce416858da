import FlowModel

/// Where the parser sees the keys of a document's root: for sources whose lines alone do not tell.
enum RootKeys {
    /// Nil when the root is no block of lines, has no such key, or cannot be parsed.
    static func find(_ key: String, in source: String) -> FlowText.RootKey? {
        guard let root = try? YAMLReader().document(source), case .map(let members) = root.content,
            let index = members.firstIndex(where: { $0.key == key })
        else { return nil }
        let start = Int(members[index].keyMark.line)
        // The value ends before the next key, or before what follows it in its own line.
        guard members[index].keyMark.column == 1 else { return nil }
        guard case .scalar = members[index].value.content else { return nil }
        let valueLine = Int(members[index].value.mark.line)
        var end = max(start, valueLine)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let limit = index + 1 < members.count ? Int(members[index + 1].keyMark.line) - 1 : lines.count
        guard limit >= end else { return nil }
        // A value of several lines is indented below its key.
        while end < limit, let first = lines[end].first, first == " " || first == "\t" { end += 1 }
        return FlowText.RootKey(line: start - 1, lastLine: end - 1)
    }
}
