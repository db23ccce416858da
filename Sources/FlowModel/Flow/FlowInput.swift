/// A declared input of a flow. Source: engine spec §2.1, §2.2; since-0.20 §5.
public struct FlowInput: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case string = "STRING", `enum` = "ENUM", select = "SELECT", int = "INT", float = "FLOAT", boolean = "BOOLEAN"
        case bool = "BOOL", dateTime = "DATETIME", date = "DATE", time = "TIME", duration = "DURATION", file = "FILE"
        case json = "JSON", yaml = "YAML", uri = "URI", secret = "SECRET", array = "ARRAY"
        case multiselect = "MULTISELECT", email = "EMAIL"
    }

    public var id: String
    public var kind: Kind
    public var mark: Mark
    public var description: String?
    public var displayName: String?
    public var required = true
    public var defaults: Value?
    public var dependsOn: [String] = []
    public var condition: String?
    /// The properties of the kind, as written: `min`, `max`, `after`, `before`, `values`, `validator`, `itemType`, ….
    public var properties: ValueMap = [:]

    public init(id: String, kind: Kind, mark: Mark) {
        self.id = id
        self.kind = kind
        self.mark = mark
    }
}
