import Expressions
import FlowModel
import Synchronization

/// Where in a flow's document something stands that went wrong while the flow ran.
public struct FlowPlace: Sendable, Hashable {
    public var mark: Mark
    /// Whether this is the very place in the expression; else it is that of the property or the task around it.
    public var isExact: Bool
}

/// An element of a flow that has templates: where it begins, and in which of its members they are, if that is known.
public struct FlowElement: Sendable {
    /// Where the task, trigger or input begins; nil for the flow itself.
    public var mark: Mark?
    public var property: String?

    public init(at mark: Mark?, property: String? = nil) {
        self.mark = mark
        self.property = property
    }

    public static func task(_ task: FlowTask) -> FlowElement { FlowElement(at: task.mark) }
    public static func trigger(_ trigger: FlowTrigger) -> FlowElement { FlowElement(at: trigger.mark) }
    /// A member of the flow itself, such as `outputs`.
    public static func member(_ name: String) -> FlowElement { FlowElement(at: nil, property: name) }
}

extension Flow {
    /// Finds a template's error again in the document. The places of templates are not kept: the document is read once
    /// more, which costs microseconds, and only when something has gone wrong.
    /// - Returns: the place of the expression; else that of the property or the element; nil when the document has neither.
    public func place(of error: ExpressionError, in element: FlowElement) -> FlowPlace? {
        guard let search = TemplateSearch(self, element) else { return nil }
        return search.place(of: error) ?? search.elementPlace
    }

    /// `flows/hello.yaml:12:21`, or `company.team.hello revision 3, line 12, column 21`.
    public func told(_ mark: Mark) -> String {
        if let file { return mark.place(in: file).description }
        let saved = revision > 0 ? " revision \(revision)" : ""
        return "\(namespace).\(id)\(saved), line \(mark.line), column \(mark.column)"
    }

    /// The error in one line: what it says, where the template stands, and how to mend it where that is known.
    public func told(_ error: ExpressionError, in element: FlowElement) -> String {
        let place = place(of: error, in: element).map { " at \(told($0.mark))" } ?? ""
        return error.description + place + (error.hint.map { "; \($0)" } ?? "")
    }

    /// What a log says of a failure: its message and, for one that a template or a property caused, the place in the
    /// document with the line itself, and how to mend it.
    /// ```
    /// Unable to find `laod` used in the expression `{{ outputs.laod.value }}` at line 1
    ///   at flows/hello.yaml:12:18
    ///   12 |     message: "{{ outputs.laod.value }}"
    ///      |                  ^
    ///   fix: did you mean `load`?
    /// ```
    public func told(_ failure: TaskFailure, in element: FlowElement) -> String {
        guard failure.cause != nil || failure.property != nil else { return failure.message }
        var element = element
        element.property = failure.property ?? element.property
        var lines = [failure.message]
        if let search = TemplateSearch(self, element),
            let place = failure.cause.flatMap(search.place) ?? search.elementPlace
        {
            lines.append("  at \(told(place.mark))")
            let excerpt = SourceExcerpt(search.source).lines(at: place.mark.place(in: nil))
            lines += place.isExact ? excerpt : excerpt.dropLast()
        }
        if let hint = failure.cause?.hint { lines.append("  fix: \(hint)") }
        return lines.joined(separator: "\n")
    }
}

/// A document that is searched. The last one is kept: what fails often fails again, such as in each iteration of a loop.
private struct Document: Sendable {
    private static let last = Mutex<Document?>(nil)

    let source: SourceText
    let root: Node

    static func of(_ source: String) -> Document? {
        if let known = last.withLock({ $0 }), known.source.text == source { return known }
        guard let root = try? YAMLReader().document(source) else { return nil }
        let document = Document(source: SourceText(source), root: root)
        last.withLock { $0 = document }
        return document
    }
}

/// The search for one template in one document.
private struct TemplateSearch {
    let source: SourceText
    private let root: Node
    private let element: Node?
    private let property: Node?

    init?(_ flow: Flow, _ element: FlowElement) {
        guard let document = Document.of(flow.source) else { return nil }
        source = document.source
        let root = document.root
        self.root = root
        let owner = element.mark.flatMap { Self.map(at: $0, in: root) }
        self.element = owner
        property = element.property.flatMap { (owner ?? root)[$0] }
    }

    /// Of the property, else of the element; of the flow as a whole nothing is told.
    var elementPlace: FlowPlace? {
        if let property { return FlowPlace(mark: property.mark, isExact: false) }
        return element.map { FlowPlace(mark: $0.mark, isExact: false) }
    }

    /// The scalar that is the template: first in the property, then in the element, then anywhere, as for one that a
    /// variable or a plugin default gave. Next best is a scalar that became a part of the template.
    func place(of error: ExpressionError) -> FlowPlace? {
        found(error.origin) ?? found(error)
    }

    private func found(_ error: ExpressionError) -> FlowPlace? {
        guard let template = error.template, let offset = error.offset else { return nil }
        for area in [property, element, root].compactMap(\.self) {
            var templates: [Node] = []
            area.collectTemplates(&templates)
            if let whole = templates.first(where: { $0.text == template }) { return place(of: offset, in: whole) }
            for part in templates {
                guard let text = part.text, let range = template.firstRange(of: text) else { continue }
                let begin = template.utf8.distance(from: template.startIndex, to: range.lowerBound)
                if offset >= begin, offset < begin + text.utf8.count { return place(of: offset - begin, in: part) }
            }
        }
        return nil
    }

    private func place(of offset: Int, in scalar: Node) -> FlowPlace {
        source.mark(of: offset, in: scalar).map { FlowPlace(mark: $0, isExact: true) }
            ?? FlowPlace(mark: scalar.mark, isExact: false)
    }

    /// The map that begins at a mark.
    private static func map(at mark: Mark, in node: Node) -> Node? {
        switch node.content {
        case .scalar: return nil
        case .list(let items):
            for item in items { if let found = map(at: mark, in: item) { return found } }
        case .map(let members):
            if node.mark == mark { return node }
            for member in members { if let found = map(at: mark, in: member.value) { return found } }
        }
        return nil
    }
}

extension Node {
    /// The scalars at and below this one that could be templates, keys included, in document order.
    fileprivate func collectTemplates(_ found: inout [Node]) {
        switch content {
        case .scalar(let scalar): if scalar.text.utf8.contains(UInt8(ascii: "{")) { found.append(self) }
        case .list(let items): for item in items { item.collectTemplates(&found) }
        case .map(let members):
            for member in members {
                if member.key.utf8.contains(UInt8(ascii: "{")) {
                    found.append(Node(.scalar(Scalar(text: member.key, style: .quoted)), at: member.keyMark))
                }
                member.value.collectTemplates(&found)
            }
        }
    }
}
