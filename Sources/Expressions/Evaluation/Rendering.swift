import FlowModel

/// One rendering of a template: the scopes, the output and what has been used up of the limits. Filters and functions
/// get it to ask for the world and for texts.
///
/// Not shared between threads: it lives for one call and is seen by nobody else.
final class Rendering {
    /// What becomes of a printed value.
    enum Form {
        /// Text, containers as JSON.
        case printed
        /// Text, containers in plain form: inside macros, blocks and filter tags.
        case plain
        /// Kept as it is in `pieces`.
        case kept
    }

    let scope: Scope
    var program: Program
    var output = ""
    var pieces: [Value] = []
    var form: Form
    var locals = Locals()
    /// What was used up of the limits.
    var usage = Usage()
    /// Where the stack stood at the beginning.
    let stackStart = Stack.position()

    init(_ program: Program, in scope: Scope, form: Form = .printed) {
        self.program = program
        self.scope = scope
        self.form = form
    }

    var source: String { program.source }
    var world: any World { scope.world }

    // MARK: - Output

    func emit(_ text: String) throws(ExpressionError) {
        if form == .kept {
            pieces.append(.string(text))
            return try allocate(Weights.item)
        }
        output += text
        if output.utf8.count > scope.limits.outputBytes { throw outputLimit() }
    }

    func emit(_ value: Value, at offset: Int) throws(ExpressionError) {
        switch form {
        case .kept:
            guard value != .null else { return }
            pieces.append(value)
            try allocate(Weights.item)
        case .printed:
            try appendPrinted(value, to: &output, at: offset)
            if output.utf8.count > scope.limits.outputBytes { throw outputLimit().at(offset, in: source) }
        case .plain:
            if value != .null { try appendPlain(value, to: &output, at: offset) }
            if output.utf8.count > scope.limits.outputBytes { throw outputLimit().at(offset, in: source) }
        }
    }

    /// What the statements write, as a text of its own.
    func captured(_ statements: [any StatementNode], _ form: Form) throws(ExpressionError) -> String {
        let outer = (output, self.form)
        let floor = hold()
        (output, self.form) = ("", form)
        defer {
            (output, self.form) = outer
            release(floor)
        }
        for statement in statements { try statement.render(self) }
        try allocate(Weights.text(output.utf8.count))
        return output
    }

    // MARK: - Variables

    func variable(_ name: String) -> Value? {
        if !locals.isEmpty {
            if let local = locals.value(of: name) { return local }
            if locals.hidesRoot { return global(name) }
        }
        return scope.variables.variable(name) ?? global(name)
    }

    private func global(_ name: String) -> Value? {
        switch name {
        case "locale": "en_US"
        case "template": ["name": .string(source)]
        case "_context": context()
        default: nil
        }
    }

    var variableNames: [String] {
        locals.names + (locals.hidesRoot ? [] : scope.variables.variableNames)
    }

    /// All root variables and those that the template made.
    func context() -> Value {
        var members = ValueMap()
        for name in scope.variables.variableNames { members[name] = scope.variables.variable(name) ?? .null }
        for name in locals.names.reversed() { members[name] = locals.value(of: name) ?? .null }
        return .map(members)
    }

    /// Evaluates; nil where something does not exist.
    func definedValue(of node: any ExpressionNode) throws(ExpressionError) -> Value? {
        do throws(ExpressionError) {
            return try node.evaluate(self)
        } catch {
            guard error.kind == .undefined else { throw error }
            return nil
        }
    }

    /// Renders another template with the variables that can be seen here; what it sets is gone afterwards.
    func nested(_ other: Program) throws(ExpressionError) -> String {
        let outer = (program, locals)
        program = other
        defer { (program, locals) = outer }
        return try captured(other.body, .printed)
    }

    // MARK: - Macros

    var macroNames: [String] { program.macros.isEmpty ? [] : Array(program.macros.keys) }

    func macro(named name: String) -> MacroNode? { program.macros.isEmpty ? nil : program.macros[name] }

    // MARK: - Hints

    /// `-` is subtraction, so a name with a hyphen reads as two: says how to write it, if that is what happened.
    func hintForHyphen(start: Int, end: Int) -> String? {
        let bytes = Array(source.utf8)
        var nameEnd = end
        while nameEnd < bytes.count, bytes[nameEnd] == UInt8(ascii: "-"),
            let next = Lexer.endOfName(in: bytes, from: nameEnd + 1)
        {
            nameEnd = next
        }
        guard nameEnd > end else { return nil }
        var pathEnd = nameEnd
        while pathEnd < bytes.count, bytes[pathEnd] == UInt8(ascii: "."),
            let next = Lexer.endOfName(in: bytes, from: pathEnd + 1)
        {
            pathEnd = next
        }
        let text = String(decoding: bytes[start..<nameEnd], as: UTF8.self)
        guard let dot = text.lastIndex(of: ".") else { return nil }
        let rest = String(decoding: bytes[nameEnd..<pathEnd], as: UTF8.self)
        return "`-` is subtraction here: write \(text[..<dot])['\(text[text.index(after: dot)...])']\(rest)"
    }
}
