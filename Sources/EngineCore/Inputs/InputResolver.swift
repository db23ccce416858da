import Expressions
import FlowModel
import TaskKit

/// Resolves the inputs of a new execution, a subflow, a schedule or a resumed pause: given values and defaults in, typed
/// values or everything that is wrong out.
///
/// An input's condition, `expression` and default are rendered with the scope's variables and, as `inputs`, the inputs it
/// depends on. Values for inputs that are not declared are dropped. Source: engine spec §2.3; since-0.20 §5.
public struct InputResolver: Sendable {
    private let inputs: [FlowInput]
    private let scope: Scope
    private let cipher: (any SecretCipher)?
    private let flow: Flow?

    /// - Parameters:
    ///   - scope: the variables of the execution to be (`flow`, `execution`, `labels`, `vars`, …) without `inputs`.
    ///   - cipher: nil when the server has no encryption key; then SECRET inputs are refused.
    ///   - flow: the flow that declares the inputs, so that a template that fails is told with its place.
    public init(_ inputs: [FlowInput], in scope: Scope, cipher: (any SecretCipher)?, of flow: Flow? = nil) {
        self.inputs = inputs
        self.scope = scope
        self.cipher = cipher
        self.flow = flow
    }

    /// - Parameter given: raw values by id, texts of a form or typed ones; files as URIs of stored files.
    public func resolve(_ given: ValueMap) -> ResolvedInputs {
        var run = ResolutionRun(resolver: self, given: given)
        for input in inputs { run.resolve(input) }
        return run.result()
    }

    /// The typed values, nested by the dots of their ids.
    /// - Throws: the first problem.
    public func values(_ given: ValueMap) throws(InputProblem) -> ValueMap {
        let resolved = resolve(given)
        if let problem = resolved.problems.first { throw problem }
        return resolved.values
    }

    /// One call of `resolve`.
    private struct ResolutionRun {
        let resolver: InputResolver
        let given: ValueMap
        let byID: [String: FlowInput]
        var done: [String: ResolvedInput] = [:]
        /// Secrets in the clear, for inputs that depend on them.
        var clear: [String: Value] = [:]
        var underway: Set<String> = []

        init(resolver: InputResolver, given: ValueMap) {
            self.resolver = resolver
            self.given = given
            byID = Dictionary(resolver.inputs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        }

        mutating func resolve(_ input: FlowInput) {
            guard done[input.id] == nil, underway.insert(input.id).inserted else { return }
            var dependencies: [String] = []
            for id in input.dependsOn where id != input.id {
                guard let dependency = byID[id] else { continue }
                resolve(dependency)
                dependencies.append(id)
            }
            var resolved = ResolvedInput(id: input.id, isEnabled: false)
            let scope = self.scope(seeing: dependencies)
            do throws(InputProblem) {
                resolved.isEnabled = try isEnabled(input, dependencies, scope)
                if resolved.isEnabled { try fill(&resolved, input, scope) }
            } catch {
                resolved.problem = error
            }
            done[input.id] = resolved
        }

        func result() -> ResolvedInputs {
            var result = ResolvedInputs()
            for id in resolver.inputs.map(\.id) {
                guard var input = done[id], !result.inputs.contains(where: { $0.id == id }) else { continue }
                if input.isEnabled, input.problem == nil, !result.values.set(input.value ?? .null, at: id) {
                    input.problem = InputProblem(
                        inputID: id,
                        message: "Invalid input for `\(id)`, its id and that of another input lie on one path")
                }
                result.inputs.append(input)
            }
            return result
        }

        private func scope(seeing dependencies: [String]) -> Scope {
            if dependencies.isEmpty { return resolver.scope }
            var visible: ValueMap = [:]
            for id in dependencies where done[id]?.isEnabled == true {
                _ = visible.set(clear[id] ?? done[id]?.value ?? .null, at: id)
            }
            var scope = resolver.scope
            scope.variables = LayeredVariables(["inputs": .map(visible)] as ValueMap, over: scope.variables)
            return scope
        }

        private func isEnabled(_ input: FlowInput, _ dependencies: [String], _ scope: Scope) throws(InputProblem)
            -> Bool
        {
            if dependencies.contains(where: { done[$0]?.isEnabled == false }) { return false }
            guard let condition = input.condition, !condition.isEmpty else { return true }
            do throws(ExpressionError) {
                return try Template.cached(condition).value(in: scope) == .bool(true)
            } catch {
                throw InputProblem(
                    inputID: input.id, message: "Invalid condition: \(resolver.told(error, input, "dependsOn"))")
            }
        }

        /// Finds the raw value and turns it into the typed one.
        private mutating func fill(_ resolved: inout ResolvedInput, _ input: FlowInput, _ scope: Scope)
            throws(InputProblem)
        {
            var raw = given.value(at: input.id) ?? .null
            do throws(InputFault) {
                let choices = try choices(of: input, scope)
                resolved.choices = choices
                if raw.isNull {
                    raw = try defaultValue(of: input, choices, scope)
                    resolved.isDefault = !raw.isNull
                }
                if raw.isNull {
                    if input.required { throw InputFault("missing required input") }
                    resolved.value = .null
                    return
                }
                let limits = input.properties["allowCustomValue"] == .bool(true) ? nil : choices
                resolved.value = try resolver.conversion.convert(raw, for: input, choices: limits)
                if input.kind == .secret { clear[input.id] = .string(raw.plain()) }
            } catch {
                let received: Value = input.kind == .secret && !raw.isNull ? "********" : raw
                throw InputProblem(input.id, error, received: received)
            }
        }

        /// The values that may be chosen: listed, or given by `expression`.
        private func choices(of input: FlowInput, _ scope: Scope) throws(InputFault) -> [String]? {
            switch input.kind {
            case .enum, .select, .multiselect: break
            default: return nil
            }
            guard case .string(let expression)? = input.properties["expression"], !expression.isEmpty else {
                return ChoiceInputs.listed(input)
            }
            let found: Value
            do throws(ExpressionError) {
                found = try Template.cached(expression).value(in: scope)
            } catch {
                throw InputFault("its expression cannot be rendered: \(resolver.told(error, input, "expression"))")
            }
            guard case .list(let items) = found else {
                throw InputFault(
                    "Invalid expression result. Expected a list of strings, but received \(found.plain())")
            }
            return items.compactMap(ChoiceInputs.text)
        }

        private func defaultValue(of input: FlowInput, _ choices: [String]?, _ scope: Scope) throws(InputFault) -> Value
        {
            guard let written = input.defaults else {
                guard input.properties["autoSelectFirst"] == .bool(true), let first = choices?.first else {
                    return .null
                }
                return input.kind == .multiselect ? [.string(first)] : .string(first)
            }
            do throws(ExpressionError) {
                return try InputDefaults.rendered(written, of: input, in: scope)
            } catch {
                throw InputFault("its default cannot be rendered: \(resolver.told(error, input, "defaults"))")
            }
        }
    }

    private func told(_ error: ExpressionError, _ input: FlowInput, _ property: String) -> String {
        flow?.told(error, in: FlowElement(at: input.mark, property: property)) ?? error.description
    }

    private var conversion: InputConversion {
        let world = scope.world
        return InputConversion(cipher: cipher) { (world.random(), world.random()) }
    }
}

/// What became of each declared input, in their order.
public struct ResolvedInputs: Sendable {
    public var inputs: [ResolvedInput] = []
    /// The values of the inputs that are enabled and right, nested by the dots of their ids; secrets encrypted.
    public var values: ValueMap = [:]

    public var problems: [InputProblem] { inputs.compactMap(\.problem) }
}

public struct ResolvedInput: Sendable {
    public var id: String
    /// False when a condition, its own or that of an input it depends on, does not hold: then it has no value.
    public var isEnabled: Bool
    /// Nil when it is disabled or wrong, `.null` when it is optional and nothing was given.
    public var value: Value?
    /// Whether the value is the default.
    public var isDefault = false
    /// The values that may be chosen, of inputs that offer a choice.
    public var choices: [String]?
    public var problem: InputProblem?

    init(id: String, isEnabled: Bool) {
        self.id = id
        self.isEnabled = isEnabled
    }
}
