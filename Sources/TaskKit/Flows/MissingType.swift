import FlowModel

extension Findings {
    /// Tells that an element has no `type`: at the key that was probably meant to be it, else with the types that fit what
    /// the element holds.
    /// - Parameters:
    ///   - element: `task`, `trigger` or `condition`.
    ///   - common: keys that every type takes.
    ///   - kinds: the types there are, with their own keys.
    func missingType(
        _ node: Node, of element: String, common: Set<String>, kinds: [(type: String, keys: [String])]
    ) {
        var members: [Node.Member] = []
        if case .map(let found) = node.content { members = found }
        let wrong = members.first { $0.key != "type" && ["type"].closest(to: $0.key) != nil }
        let keys = members.map(\.key).filter { $0 != "type" && !common.contains($0) }
        let fitting = kinds.filter { kind in !keys.isEmpty && keys.allSatisfy(kind.keys.contains) }
            .sorted { ($0.keys.count, $0.type) < ($1.keys.count, $1.type) }.prefix(3).map(\.type)
        let fix =
            if let wrong {
                "did you mean `type` where `\(wrong.key)` stands?"
            } else if let first = fitting.first {
                "add `type: \(first)`"
                    + (fitting.count > 1 ? ", or \(fitting.dropFirst().joined(separator: " or "))" : "")
            } else {
                "add `type: ` and one of the types that `sluice type list --kind \(element)` names"
            }
        add(
            "\(element).missing-type", at: wrong?.keyMark ?? node.mark, member: "type", "Invalid type: null", fix: fix)
    }
}
