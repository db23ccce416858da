import FlowModel
import Storage
import TaskKit

/// Given values that no declared input takes: they are dropped, and whoever gave them is told so. Source: engine spec §2.3.
public struct UndeclaredInputs: Sendable {
    /// Lines told at most; the last one counts the rest.
    private static let most = 20

    /// The ids, in the order in which they were given; below a map that holds declared inputs, with the way to them.
    public private(set) var ids: [String] = []
    private let declared: [String]
    /// What the inputs are declared by: `flow`, or the `onResume` of a task.
    private let owner: String

    public init(_ given: ValueMap, declared: [FlowInput], by owner: String = "flow") {
        self.declared = declared.map(\.id)
        self.owner = owner
        if !given.isEmpty { look(through: given, below: "") }
    }

    private mutating func look(through given: ValueMap, below path: String) {
        for (name, value) in given {
            let id = path + name
            if declared.contains(id) { continue }
            // A declared id with dots may come as maps inside one another.
            if case .map(let members) = value, declared.contains(where: { $0.hasPrefix(id + ".") }) {
                look(through: members, below: id + ".")
            } else {
                ids.append(id)
            }
        }
    }

    /// One sentence for each: `input 'nmae' is not declared by this flow; did you mean 'name'? It was ignored`.
    public var remarks: [String] {
        var lines = ids.prefix(Self.most).map { id in
            let near = declared.closest(to: id).map { "; did you mean '\($0)'? It was ignored" } ?? "; it was ignored"
            return "input '\(id.prefix(100))' is not declared by this \(owner)\(near)"
        }
        if ids.count > lines.count { lines.append("\(ids.count - lines.count) more undeclared inputs were ignored") }
        return lines
    }

    /// The remarks as WARN lines of the execution's log.
    func lines(at now: Timestamp) -> [LogEntry] {
        remarks.map { LogEntry(at: now, level: .warn, message: "The \($0)") }
    }
}
