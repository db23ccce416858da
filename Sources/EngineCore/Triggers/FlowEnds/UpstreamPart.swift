import Expressions
import FlowModel
import TaskKit

/// One of the things that a Flow trigger waits for: true or not for one execution.
struct UpstreamPart: Sendable {
    enum Kind: Sendable {
        /// Of `preconditions.flows` and `dependsOn`.
        case flow(namespace: String?, flowID: String?, states: [State]?, labels: [Label], when: String?)
        /// Of `preconditions.where`.
        case filters([UpstreamFilter], any: Bool)
        /// Of a MultipleCondition.
        case condition(CompiledCondition)
    }

    var name: String
    var kind: Kind

    func holds(_ context: ConditionContext) throws(TaskFailure) -> Bool {
        guard let execution = context.execution else { return false }
        switch kind {
        case .flow(let namespace, let flowID, let states, let labels, let when):
            guard namespace ?? execution.namespace == execution.namespace,
                flowID ?? execution.flowID == execution.flowID,
                states?.contains(execution.state.current) ?? true, labels.allSatisfy(execution.labels.contains)
            else { return false }
            guard let when else { return true }
            do throws(ExpressionError) {
                return Truth.isTruthyText(String(try Renderer.text(when, in: context.scope).trimmedSpace))
            } catch {
                throw TaskFailure(error)
            }
        case .filters(let filters, let any):
            for filter in filters where try filter.holds(execution, context.scope) == any { return any }
            return !any
        case .condition(let condition):
            return try condition.holds(context)
        }
    }

    static func flow(_ value: Value, name: String) -> UpstreamPart {
        let states = (value["states"]?.list).map { $0.compactMap { $0.string.flatMap(State.init(rawValue:)) } }
        return UpstreamPart(
            name: name,
            kind: .flow(
                namespace: value["namespace"]?.string, flowID: value["flowId"]?.string,
                states: states, labels: LabelRules.read(value["labels"]), when: value["when"].map { $0.plain() }))
    }
}

/// One filter of `preconditions.where`.
struct UpstreamFilter: Sendable {
    var field: String
    var type: String
    var value: String
    var values: [String]

    init(_ filter: Value) {
        field = filter["field"]?.string ?? ""
        type = filter["type"]?.string ?? ""
        value = filter["value"]?.plain() ?? ""
        values = (filter["values"]?.list ?? []).map { $0.plain() }
    }

    func holds(_ execution: Execution, _ scope: Scope) throws(TaskFailure) -> Bool {
        let actual: String
        switch field {
        case "FLOW_ID": actual = execution.flowID
        case "NAMESPACE": actual = execution.namespace
        case "STATE": actual = execution.state.current.rawValue
        case "EXPRESSION": return try judgesExpression(scope)
        default: throw TaskFailure("`\(field)` is no field of a filter, use FLOW_ID, NAMESPACE, STATE or EXPRESSION")
        }
        switch type {
        case "EQUAL_TO": return actual == value
        case "NOT_EQUAL_TO": return actual != value
        case "IN": return values.contains(actual)
        case "NOT_IN": return !values.contains(actual)
        case "IS_TRUE": return actual == "true"
        case "IS_FALSE": return actual == "false"
        case "IS_NULL": return false
        case "IS_NOT_NULL": return true
        case "STARTS_WITH": return actual.hasPrefix(value)
        case "ENDS_WITH": return actual.hasSuffix(value)
        case "CONTAINS": return actual.contains(value)
        case "REGEX":
            do throws(ExpressionError) {
                return try TextPattern(value).matchesWhole(actual)
            } catch {
                throw TaskFailure(error)
            }
        default: throw TaskFailure("`\(type)` is no type of a filter")
        }
    }

    private func judgesExpression(_ scope: Scope) throws(TaskFailure) -> Bool {
        let text: String
        do throws(ExpressionError) {
            text = try Renderer.text(value, in: scope)
        } catch {
            throw TaskFailure(error)
        }
        switch type {
        case "IS_TRUE": return text == "true"
        case "IS_FALSE": return text == "false"
        case "IS_NULL": return text.isEmpty
        case "IS_NOT_NULL": return !text.isEmpty
        default: throw TaskFailure("a filter on EXPRESSION must be IS_TRUE, IS_FALSE, IS_NULL or IS_NOT_NULL")
        }
    }

    /// What is wrong with a filter. Source: engine spec §1.5.
    static func faults(in filter: Value) -> [String] {
        guard let type = filter["type"]?.string else { return ["`type` cannot be null"] }
        let hasValue = !(filter["value"]?.isNull ?? true)
        let hasValues = !(filter["values"]?.isNull ?? true)
        let wantsValues = type == "IN" || type == "NOT_IN"
        var faults: [String] = []
        if wantsValues {
            if hasValue { faults.append("`value` must be null for type \(type)") }
            if !hasValues { faults.append("`values` cannot be null for type \(type)") }
        } else {
            if !hasValue { faults.append("`value` cannot be null for type \(type)") }
            if hasValues { faults.append("`values` must be null for type \(type)") }
        }
        return faults
    }
}
