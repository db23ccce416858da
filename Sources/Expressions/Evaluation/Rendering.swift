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
    private var depth = 0
    private var steps = 0
    private var nextCheck = 256
    private var deadline: ContinuousClock.Instant?
    private var nestings = 0
    private var assignments = 0

    init(_ program: Program, in scope: Scope, form: Form = .printed) {
        self.program = program
        self.scope = scope
        self.form = form
    }

    var source: String { program.source }
    var world: any World { scope.world }

    // MARK: - Output

    func emit(_ text: String) throws(ExpressionError) {
        if form == .kept { return pieces.append(.string(text)) }
        output += text
        if output.utf8.count > scope.limits.outputBytes { throw outputLimit() }
    }

    func emit(_ value: Value, at offset: Int) throws(ExpressionError) {
        switch form {
        case .kept:
            if value != .null { pieces.append(value) }
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
        (output, self.form) = ("", form)
        defer { (output, self.form) = outer }
        for statement in statements { try statement.render(self) }
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

    // MARK: - Limits

    /// Counts a step of work and looks at the clock now and then.
    func step(at offset: Int, weight: Int = 1) throws(ExpressionError) {
        steps &+= weight
        if steps >= nextCheck { try checkTime(at: offset) }
    }

    /// Counts a text that was made, which must not grow beyond the limit of the output.
    func charge(_ text: String, at offset: Int) throws(ExpressionError) {
        let bytes = text.utf8.count
        if bytes < 4096 { return }
        if bytes > scope.limits.outputBytes { throw outputLimit().at(offset, in: source) }
        try step(at: offset, weight: bytes >> 12)
    }

    private func checkTime(at offset: Int) throws(ExpressionError) {
        nextCheck = steps + 256
        let now = ContinuousClock.now
        guard let deadline else {
            deadline = now.advanced(by: .milliseconds(scope.limits.milliseconds))
            return
        }
        if now > deadline {
            throw ExpressionError.evaluation(
                "The expression took longer than \(scope.limits.milliseconds) ms.",
                hint: "do the heavy part in a script task"
            ).at(offset, in: source)
        }
    }

    func outputLimit() -> ExpressionError {
        .evaluation(
            "The expression made a text of more than \(scope.limits.outputBytes) bytes.",
            hint: "keep large data in files and pass their URIs")
    }

    /// Enters something nested: a macro, a `render()`; every call is followed by `ascend`.
    func descend(_ what: String) throws(ExpressionError) {
        depth += 1
        guard depth <= scope.limits.depth else {
            throw .evaluation("Maximum \(what) nesting depth of \(scope.limits.depth) reached.")
        }
    }

    func ascend() { depth -= 1 }

    /// Refuses containers nested so deeply that handling them would need too much stack, which only templates that
    /// nest in a loop can make; so most calls return at once.
    func checkNesting(of value: Value, at offset: Int) throws(ExpressionError) {
        nestings += 1
        guard nestings & 0xF == 0 else { return }
        try step(at: offset)
        guard Nesting.isWithin(2 * scope.limits.depth, value) else {
            throw ExpressionError.evaluation("Lists and maps are nested too deeply.").at(offset, in: source)
        }
    }

    /// Refuses variables that together hold more than four outputs; looked at now and then.
    func checkHeld(at offset: Int) throws(ExpressionError) {
        assignments += 1
        guard assignments & 0x7 == 0 else { return }
        let limit = 4 * scope.limits.outputBytes
        if locals.weight(upTo: limit) > limit {
            throw ExpressionError.evaluation("The variables of the template hold more than \(limit) bytes.")
                .at(offset, in: source)
        }
    }

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
