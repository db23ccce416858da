import FlowModel

/// Everything that a rendering sees: the variables, the outside world, the limits.
public struct Scope: Sendable {
    public var variables: any Variables
    public var world: any World
    public var limits: Limits
    /// Whether results are rendered again until they no longer change (off unless the server says otherwise).
    /// Source: expressions spec §1.5.
    public var recursive: Bool

    public init(
        variables: any Variables, world: any World = NoWorld(), limits: Limits = .standard, recursive: Bool = false
    ) {
        self.variables = variables
        self.world = world
        self.limits = limits
        self.recursive = recursive
    }

    /// The same scope with more variables, which hide those of the same name.
    public func adding(_ more: ValueMap) -> Scope {
        var wider = self
        wider.variables = LayeredVariables(more, over: variables)
        return wider
    }
}
