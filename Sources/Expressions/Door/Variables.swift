import FlowModel
import OrderedCollections

/// The root variables that an expression can see, looked up by name only when they are asked for: nothing is copied to
/// render a template.
public protocol Variables: Sendable {
    /// The variable's value, `.null` for one that is there and null, nil for one that does not exist.
    func variable(_ name: String) -> Value?

    /// The names of all variables, in the order in which they are shown.
    var variableNames: [String] { get }
}

extension OrderedDictionary: Variables where Key == String, Value == FlowModel.Value {
    public func variable(_ name: String) -> FlowModel.Value? { self[name] }
    public var variableNames: [String] { Array(keys) }
}

/// Variables laid over others: what `upper` has hides what `lower` has under the same name.
public struct LayeredVariables: Variables {
    private let upper: any Variables
    private let lower: any Variables

    public init(_ upper: any Variables, over lower: any Variables) {
        self.upper = upper
        self.lower = lower
    }

    public func variable(_ name: String) -> Value? { upper.variable(name) ?? lower.variable(name) }

    public var variableNames: [String] {
        let above = upper.variableNames
        let known = Set(above)
        return above + lower.variableNames.filter { !known.contains($0) }
    }
}
