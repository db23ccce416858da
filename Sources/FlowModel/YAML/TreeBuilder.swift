import CYAML

/// Builds nodes from libyaml's events, one document after the other.
struct TreeBuilder {
    private struct Open {
        var mark: Mark
        var anchor: String?
        var items: [Node] = []
        var members: [Node.Member] = []
        var isMap: Bool
        var key: (text: String, mark: Mark)?
        /// The keys so far, once there are too many to search one by one.
        var keys: Set<String> = []

        mutating func hasKey(_ text: String) -> Bool {
            if members.count < 16 { return members.contains { $0.key == text } }
            if keys.isEmpty { keys = Set(members.map(\.key)) }
            return !keys.insert(text).inserted
        }
    }

    private let file: String?
    private let limits: YAMLLimits
    private var open: [Open] = []
    private var anchors: [String: Node] = [:]
    private var aliasedNodes = 0
    private(set) var documents: [Node] = []

    init(file: String?, limits: YAMLLimits) {
        self.file = file
        self.limits = limits
    }

    mutating func take(_ event: yaml_event_t) throws(Problem) {
        let mark = Mark(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT:
            anchors.removeAll(keepingCapacity: true)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let style: Node.Scalar.Style =
                switch scalar.style {
                case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
                case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
                default: isStringTag(scalar.tag) ? .quoted : .plain
                }
            try add(Node(.scalar(Node.Scalar(text: text, style: style)), at: mark), anchor: name(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            try start(Open(mark: mark, anchor: name(event.data.sequence_start.anchor), isMap: false))
        case YAML_MAPPING_START_EVENT:
            try start(Open(mark: mark, anchor: name(event.data.mapping_start.anchor), isMap: true))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            let done = open.removeLast()
            let node = Node(done.isMap ? .map(done.members) : .list(done.items), at: done.mark)
            try add(node, anchor: done.anchor)
        case YAML_ALIAS_EVENT:
            try add(resolve(alias: name(event.data.alias.anchor) ?? "", at: mark), anchor: nil)
        default:
            break
        }
    }

    private mutating func start(_ element: Open) throws(Problem) {
        if open.count >= limits.depth {
            throw Problem(
                "yaml.too-deep", at: element.mark.place(in: file),
                what: "more than \(limits.depth) levels of nesting", fix: "flatten the document")
        }
        if let last = open.last, last.isMap, last.key == nil { throw keyProblem(element.mark) }
        open.append(element)
    }

    private mutating func add(_ node: Node, anchor: String?) throws(Problem) {
        if let anchor { anchors[anchor] = node }
        guard let top = open.indices.last else {
            documents.append(node)
            return
        }
        if !open[top].isMap {
            open[top].items.append(node)
        } else if let key = open[top].key {
            open[top].key = nil
            open[top].members.append(Node.Member(key: key.text, keyMark: key.mark, value: node))
        } else {
            guard let text = node.text else { throw keyProblem(node.mark) }
            if open[top].hasKey(text) {
                throw Problem(
                    "yaml.duplicate-key", at: node.mark.place(in: file), what: "Duplicate field '\(text)'",
                    fix: "remove one of the two, or rename it")
            }
            open[top].key = (text, node.mark)
        }
    }

    private mutating func resolve(alias: String, at mark: Mark) throws(Problem) -> Node {
        guard var node = anchors[alias] else {
            throw Problem(
                "yaml.unknown-anchor", at: mark.place(in: file), what: "no anchor `&\(alias)` stands before this alias",
                fix: anchors.keys.closest(to: alias).map { "did you mean `*\($0)`?" })
        }
        aliasedNodes += node.count(upTo: limits.aliasedNodes - aliasedNodes + 1)
        if aliasedNodes > limits.aliasedNodes {
            throw Problem(
                "yaml.alias-limit", at: mark.place(in: file),
                what: "aliases add more than \(limits.aliasedNodes) elements to the document",
                fix: "write the values out, or keep them in variables")
        }
        node.mark = mark
        return node
    }

    private func keyProblem(_ mark: Mark) -> Problem {
        Problem(
            "yaml.key", at: mark.place(in: file), what: "a key must be a plain text",
            fix: "quote a value that begins with `{`, such as \"{{ … }}\"")
    }

    private func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }

    private func isStringTag(_ tag: UnsafeMutablePointer<yaml_char_t>?) -> Bool {
        guard let tag else { return false }
        return String(cString: tag) == YAML_STR_TAG
    }
}

extension Node {
    /// The number of elements at and below this one, counted no further than `limit`.
    func count(upTo limit: Int) -> Int {
        var total = 1
        switch content {
        case .scalar: break
        case .list(let items):
            for item in items where total < limit { total += item.count(upTo: limit - total) }
        case .map(let members):
            for member in members where total < limit { total += member.value.count(upTo: limit - total) }
        }
        return total
    }
}
