import FlowModel

/// A compiled template: compile once, render as often as wanted, from any thread.
public struct Template: Sendable {
    let program: Program
    /// Whether the template is its own result: no `{` in it.
    public let isConstant: Bool

    /// Compiles.
    /// - Throws: an error of kind `parse`, with its place in the template.
    public init(_ source: String) throws(ExpressionError) {
        isConstant = !source.utf8.contains(UInt8(ascii: "{"))
        program = isConstant ? Program(constant: source) : try Program(compiling: source)
    }

    /// The template from the cache of recently used ones, compiled if it is not there.
    public static func cached(_ source: String) throws(ExpressionError) -> Template {
        try TemplateCache.shared.template(source)
    }

    /// The text from which it was compiled.
    public var source: String { program.source }

    /// The result as text. Source: expressions spec §1.2, with `scope.recursive` §1.5.
    public func text(in scope: Scope) throws(ExpressionError) -> String {
        if isConstant { return source }
        let text = try onceRendered(in: scope)
        return RawBlocks.removed(from: scope.recursive ? try Self.untilStable(text, in: scope) : text)
    }

    /// The result with its type: that of the printed object where the template is one print, else the joined text.
    /// Source: expressions spec §1.4.
    public func value(in scope: Scope) throws(ExpressionError) -> Value {
        if isConstant { return .string(source) }
        if scope.recursive { return .string(try text(in: scope)) }
        let run = Rendering(program, in: scope, form: .kept)
        try program.render(run)
        switch try Self.joined(run.pieces, run) {
        case .string(let text): return .string(RawBlocks.removed(from: text))
        case let value:
            try run.checkSize(ofResult: value)
            return value
        }
    }

    private static func joined(_ pieces: [Value], _ run: Rendering) throws(ExpressionError) -> Value {
        if pieces.count <= 1 { return pieces.first ?? .null }
        run.form = .printed
        var areScalars = true
        for piece in pieces {
            switch piece {
            case .string, .bool, .int, .float, .double, .decimal, .null: break
            case .list, .map, .moment, .duration: areScalars = false
            }
            try run.emit(piece, at: 0)
        }
        let text = run.output
        if areScalars { return .string(text) }
        return (try? JSON.parse(text)) ?? .string(text)
    }

    /// One round, raw blocks kept.
    func onceRendered(in scope: Scope) throws(ExpressionError) -> String {
        let run = Rendering(program, in: scope)
        try program.render(run)
        return run.output
    }

    private static func untilStable(_ text: String, in scope: Scope) throws(ExpressionError) -> String {
        var text = text
        for _ in 0..<scope.limits.rounds {
            let next = try Template.cached(text).onceRendered(in: scope)
            if next == text { return text }
            text = next
        }
        throw .evaluation("Too many rendering attempts")
    }
}
