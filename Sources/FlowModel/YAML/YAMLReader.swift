import CYAML

/// What a document may cost its reader.
public struct YAMLLimits: Sendable {
    /// Bytes of one document.
    public var bytes = 1 << 20
    /// Levels of nesting.
    public var depth = 100
    /// Elements that aliases (`*name`) may add: what makes an alias bomb harmless.
    public var aliasedNodes = 10_000

    public init() {}
}

/// Reads YAML text into nodes that know their places, over libyaml's events.
///
/// Refused, each with its place: text over the limits, a key twice in one map, an unknown anchor, keys that are no scalars.
public struct YAMLReader {
    private let file: String?
    private let limits: YAMLLimits

    public init(file: String? = nil, limits: YAMLLimits = YAMLLimits()) {
        self.file = file
        self.limits = limits
    }

    /// The documents of a text in order; none for an empty text.
    /// - Throws: a problem with code `yaml.…` at the place of the fault.
    public func documents(_ text: String) throws(Problem) -> [Node] {
        var copy = text
        var documents: [Node] = []
        var problem: Problem?
        copy.withUTF8 { bytes in
            do throws(Problem) {
                documents = try read(bytes)
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
        return documents
    }

    /// The one document of a text.
    /// - Throws: also `yaml.empty` and `yaml.several-documents`.
    public func document(_ text: String) throws(Problem) -> Node {
        let all = try documents(text)
        guard let first = all.first else {
            throw Problem(
                "yaml.empty", at: Place(file: file, line: 1, column: 1), what: "the document is empty",
                fix: "a flow needs at least id, namespace and tasks")
        }
        if all.count > 1 {
            throw Problem(
                "yaml.several-documents", at: all[1].mark.place(in: file),
                what: "a second document begins here, after `---`", fix: "put each flow into a file of its own")
        }
        return first
    }

    private func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(Problem) -> [Node] {
        if bytes.count > limits.bytes {
            throw Problem(
                "yaml.too-large", at: Place(file: file, line: 1, column: 1),
                what: "the document has \(bytes.count) bytes, more than the \(limits.bytes) that are allowed",
                fix: "move large contents into namespace files or inputs")
        }
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { preconditionFailure("libyaml has no memory") }
        defer { yaml_parser_delete(&parser) }
        yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        var builder = TreeBuilder(file: file, limits: limits)
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else { throw syntaxProblem(parser) }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT { return builder.documents }
            try builder.take(event)
        }
    }

    private func syntaxProblem(_ parser: yaml_parser_t) -> Problem {
        let mark = parser.problem_mark
        var what = parser.problem.map { String(cString: $0) } ?? "the text is not valid YAML"
        if let context = parser.context {
            what += " (\(String(cString: context)), line \(parser.context_mark.line + 1))"
        }
        let place = Place(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        if parser.error == YAML_READER_ERROR {
            return Problem(
                "yaml.encoding", at: place, what: "the text is not UTF-8, or has control characters: \(what)",
                fix: "save the file as UTF-8 text")
        }
        return Problem(
            "yaml.syntax", at: place, what: "YAML: \(what)",
            fix: "check the indentation, the colons and the quotes at this place and on the line above")
    }
}
