import FlowModel

/// `input | filter(arguments)`
final class FilterNode: ExpressionNode {
    let filter: TemplateFilter
    let input: any ExpressionNode
    let arguments: BoundArguments
    let offset: Int

    init(_ filter: TemplateFilter, _ input: any ExpressionNode, _ arguments: BoundArguments, offset: Int) {
        self.filter = filter
        self.input = input
        self.arguments = arguments
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let value: Value
        if filter.acceptsUndefined {
            value = try run.definedValue(of: input) ?? .null
        } else {
            value = try input.evaluate(run)
        }
        do throws(ExpressionError) {
            let values = try arguments.evaluate(run)
            if !filter.acceptsNull, case .null = value { return .null }
            try run.step()
            if case .string(let text) = value { try run.read(bytes: text.utf8.count) }
            if filter.makes == .items { try run.allocate(for: value) }
            let result = try filter.body(value, Arguments(values, of: filter.signature), run)
            if filter.makes == .value { try run.allocate(for: result) }
            return result
        } catch {
            throw error.at(offset, in: run.source)
        }
    }
}

/// `value is test(arguments)`
final class TestNode: ExpressionNode {
    let test: TemplateTest
    let input: any ExpressionNode
    let arguments: BoundArguments
    let isNegated: Bool
    let offset: Int

    init(
        _ test: TemplateTest, _ input: any ExpressionNode, _ arguments: BoundArguments, isNegated: Bool, offset: Int
    ) {
        self.test = test
        self.input = input
        self.arguments = arguments
        self.isNegated = isNegated
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        let value: Value
        if test.acceptsUndefined {
            value = try run.definedValue(of: input) ?? .null
        } else {
            value = try input.evaluate(run)
        }
        do throws(ExpressionError) {
            try run.step()
            if case .string(let text) = value { try run.read(bytes: text.utf8.count) }
            let holds = try test.body(value, Arguments(try arguments.evaluate(run), of: test.signature), run)
            return .bool(holds != isNegated)
        } catch {
            throw error.at(offset, in: run.source)
        }
    }
}

/// `name(arguments)`: a macro of the template or a function.
final class CallNode: ExpressionNode {
    let name: String
    let function: TemplateFunction?
    let arguments: ParsedArguments
    /// The arguments as the function takes them; unused for a macro.
    let bound: BoundArguments
    let offset: Int

    init(_ name: String, _ arguments: ParsedArguments, offset: Int) {
        self.name = name
        self.arguments = arguments
        self.offset = offset
        function = Catalogue.function(named: name)
        bound = function.map { BoundArguments(arguments, to: $0.signature) } ?? BoundArguments(nodes: [])
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        if let macro = run.macro(named: name) { return try macro.call(arguments, run, at: offset) }
        do throws(ExpressionError) {
            guard let function, !(run.scope.recursive && function.onlyWithoutRecursion) else {
                throw unknown(run)
            }
            let values = try bound.evaluate(run)
            try run.step()
            for case .string(let text)? in values { try run.read(bytes: text.utf8.count) }
            let result = try function.body(Arguments(values, of: function.signature), run)
            if case .string = result { try run.allocate(for: result) }
            return result
        } catch {
            throw error.at(offset, in: run.source)
        }
    }

    private func unknown(_ run: Rendering) -> ExpressionError {
        let known = Catalogue.functions.map(\.name) + run.macroNames
        return .evaluation(
            "Function or Macro [\(name)] does not exist.",
            hint: ExpressionError.absent(function: name) ?? ExpressionError.hint(nearest: name, among: known)
                ?? Catalogue.filter(named: name).map { "`\($0.name)` is a filter: write `value | \($0.name)`" }
        )
    }
}

/// Something that is wrong, but only once it is reached.
final class FailingNode: ExpressionNode {
    let error: ExpressionError
    /// Evaluated first: what fails there is told instead.
    let input: (any ExpressionNode)?
    let offset: Int

    init(_ error: ExpressionError, after input: (any ExpressionNode)? = nil, offset: Int) {
        self.error = error
        self.input = input
        self.offset = offset
    }

    func evaluate(_ run: Rendering) throws(ExpressionError) -> Value {
        _ = try input?.evaluate(run)
        throw error.at(offset, in: run.source)
    }
}
