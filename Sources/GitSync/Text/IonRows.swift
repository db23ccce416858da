/// What a sync says of one flow. Source: git-tasks spec §2.9 E1, §3.
public struct SyncRow: Sendable, Hashable {
    public enum State: String, Sendable {
        case added = "ADDED", updated = "UPDATED", unchanged = "UNCHANGED", deleted = "DELETED"
    }

    /// From the root of the repository; nil for a deletion.
    public var gitPath: String?
    public var state: State
    public var flowID: String
    public var namespace: String
    public var revision: Int

    public init(gitPath: String?, state: State, flowID: String, namespace: String, revision: Int) {
        self.gitPath = gitPath
        self.state = state
        self.flowID = flowID
        self.namespace = namespace
        self.revision = revision
    }

    /// One struct of Ion text, without a newline.
    public var ion: String {
        var ion = IonLine()
        write(to: &ion)
        return ion.text
    }

    fileprivate func write(to ion: inout IonLine) {
        ion.open()
        ion.field("gitPath", gitPath)
        ion.field("syncState", state.rawValue)
        ion.field("flowId", flowID)
        ion.field("namespace", namespace)
        ion.field("revision", revision)
        ion.close()
    }

    /// Deletions first, then by path, bytewise.
    public static func inOrder(_ one: SyncRow, _ other: SyncRow) -> Bool {
        switch (one.gitPath, other.gitPath) {
        case (nil, nil): (one.namespace, one.flowID) < (other.namespace, other.flowID)
        case (nil, _): true
        case (_, nil): false
        case (let left?, let right?): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }

    /// The rows as a file: text Ion, one struct a line.
    public static func file(_ rows: [SyncRow]) -> [UInt8] {
        var ion = IonLine()
        ion.reserve(rows.count * 120)
        for row in rows {
            row.write(to: &ion)
            ion.newLine()
        }
        return ion.bytes
    }
}

/// What a push says of one file. Source: git-tasks spec §2.9 E2.
struct PushRow: Sendable, Hashable {
    var file: String
    var counts: LineCounts

    static func file(_ rows: [PushRow]) -> [UInt8] {
        var ion = IonLine()
        for row in rows.sorted(by: { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }) {
            ion.open()
            ion.field("changes", "\(row.counts.changes)")
            ion.field("file", row.file)
            ion.field("deletions", "-\(row.counts.deletions)")
            ion.field("additions", "+\(row.counts.additions)")
            ion.close()
            ion.newLine()
        }
        return ion.bytes
    }
}

/// Writes structs of Ion text.
private struct IonLine {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func open() {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
    }

    mutating func close() { bytes.append(UInt8(ascii: "}")) }
    mutating func newLine() { bytes.append(10) }

    mutating func field(_ name: String, _ value: String?) {
        key(name)
        guard let value else { return bytes.append(contentsOf: "null".utf8) }
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 10: bytes.append(contentsOf: "\\n".utf8)
            case 13: bytes.append(contentsOf: "\\r".utf8)
            case 9: bytes.append(contentsOf: "\\t".utf8)
            case 0..<32, 127: bytes.append(contentsOf: "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func field(_ name: String, _ value: Int) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }

    private mutating func key(_ name: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: ":"))
    }
}
