import FlowModel

/// A name of the scope and what is read from it: `outputs.extract.rows[3].name`.
final class PathNode: ExpressionNode {
    enum Step: Sendable {
        /// `.name` or `['name']`
        case key(String)
        /// `[3]`
        case index(Int)
        /// `[expression]`
        case dynamic(any ExpressionNode)
    }

    let root: String
    let steps: [Step]
    let offset: Int
    /// Where the path ends in the template, to see what follows it when a part is missing.
    let end: Int

    init(root: String, steps: [Step], offset: Int, end: Int) {
        self.root = root
        self.steps = steps
        self.offset = offset
        self.end = end
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        guard var value = run.variable(root) else { throw missing(root, among: run.variableNames, run) }
        var isRoot = true
        for step in steps {
            let next: Value?
            switch step {
            case .key(let key):
                if case .map(let members) = value, let member = members[key] {
                    next = member
                } else {
                    next = try Members.property(key, of: value, at: offset, run)
                }
            case .index(let index):
                if case .list(let items) = value {
                    next = items.item(at: index)
                } else {
                    next = try Members.subscripted(value, by: .int(Int64(index)), at: offset, run)
                }
            case .dynamic(let node):
                let key = try node.evaluate(run)
                next = try Members.subscripted(value, by: key, at: offset, run)
            }
            guard let next else { throw try missingStep(step, of: value, isRoot: isRoot, run) }
            value = next
            isRoot = false
        }
        return value
    }

    /// For an attribute of a root variable that is null the root is named, else the missing part.
    private func missingStep(
        _ step: Step, of value: Value, isRoot: Bool, _ run: Rendering
    ) throws(ExpressionError) -> ExpressionError {
        if isRoot, value == .null { return missing(root, among: [], run) }
        var name: String
        switch step {
        case .key(let key): name = key
        case .index(let index): name = String(index)
        case .dynamic(let node): name = try run.plainText(of: try node.evaluate(run))
        }
        if name.isEmpty { name = "''" }
        return missing(name, among: value.map.map { Array($0.keys) } ?? [], run)
    }

    private func missing(_ name: String, among known: [String], _ run: Rendering) -> ExpressionError {
        let hint = run.hintForHyphen(start: offset, end: end) ?? ExpressionError.hint(nearest: name, among: known)
        return ExpressionError.undefined(name, hint: hint).at(offset, in: run.source)
    }
}

/// `.name` or `[key]` of anything but a plain name: `f(x).name`, `'text'.length`.
final class AttributeNode: ExpressionNode {
    let object: any ExpressionNode
    let key: any ExpressionNode
    let offset: Int

    init(_ object: any ExpressionNode, _ key: any ExpressionNode, offset: Int) {
        self.object = object
        self.key = key
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let value = try object.evaluate(run)
        let key = try key.evaluate(run)
        if let found = try Members.subscripted(value, by: key, at: offset, run) { return found }
        let name = try run.plainText(of: key)
        let hint = ExpressionError.hint(nearest: name, among: value.map.map { Array($0.keys) } ?? [])
        throw ExpressionError.undefined(name, hint: hint).at(offset, in: run.source)
    }
}

/// `object.method(arguments)`
final class MethodNode: ExpressionNode {
    let object: any ExpressionNode
    let name: String
    let arguments: [any ExpressionNode]
    let offset: Int

    init(_ object: any ExpressionNode, _ name: String, _ arguments: [any ExpressionNode], offset: Int) {
        self.object = object
        self.name = name
        self.arguments = arguments
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let value = try object.evaluate(run)
        var values: [Value] = []
        for argument in arguments { values.append(try argument.evaluate(run)) }
        try run.step(at: offset)
        if case .string(let text) = value { try run.read(bytes: text.utf8.count) }
        if let result = try Members.call(name, of: value, values, at: offset, run) {
            try run.allocate(for: result, at: offset)
            return result
        }
        var missing = name
        if value == .null, let path = object as? PathNode, path.steps.isEmpty { missing = path.root }
        throw ExpressionError.undefined(missing).at(offset, in: run.source)
    }
}
