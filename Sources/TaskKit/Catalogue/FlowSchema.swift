import FlowModel
import OrderedCollections

/// JSON Schema (draft-07) of flow documents, made from what each type declares.
public struct FlowSchema: Sendable {
    private let catalogue: Catalogue

    public init(catalogue: Catalogue) { self.catalogue = catalogue }

    /// The schema of `flow`, or of the task, trigger or condition type with this name; nil for an unknown one.
    public func schema(of type: String) -> Value? {
        if type == "flow" { return flow }
        if let kind = catalogue.task(type) { return task(kind) }
        if let kind = catalogue.trigger(type) { return element(kind.about, kind.properties, Self.triggerMembers) }
        return catalogue.condition(type).map { element($0.about, $0.properties, [:]) }
    }

    private static let tasks: Value = ["type": "array", "items": ["$ref": "#/definitions/task"]]
    private static let text: Value = ["type": "string"]
    private static let flag: Value = ["type": "boolean"]
    private static let taskMembers: ValueMap = [
        "id": ["type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"], "description": text,
        "retry": ["type": "object"],
        "timeout": text, "disabled": flag, "runIf": text, "allowFailure": flag, "allowWarning": flag, "logLevel": text,
        "logToFile": flag,
    ]
    private static let triggerMembers: ValueMap = [
        "id": ["type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"], "description": text, "disabled": flag,
        "labels": [:], "conditions": ["type": "array"], "stopAfter": ["type": "array", "items": text], "logLevel": text,
    ]

    private var flow: Value {
        let choices = catalogue.tasks.values.map { kind -> Value in
            ["if": ["properties": ["type": ["const": .string(kind.about.type)]]], "then": task(kind)]
        }
        let triggers = catalogue.triggers.values.map { kind -> Value in
            [
                "if": ["properties": ["type": ["const": .string(kind.about.type)]]],
                "then": element(kind.about, kind.properties, Self.triggerMembers),
            ]
        }
        let names = catalogue.tasks.keys.map(Value.string)
        let triggerNames = catalogue.triggers.keys.map(Value.string)
        return [
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "required": ["id", "namespace", "tasks"],
            "properties": [
                "id": ["type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9._-]*$"],
                "namespace": ["type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"], "description": Self.text,
                "labels": [:], "inputs": ["type": "array", "items": Self.input], "variables": ["type": "object"],
                "tasks": Self.tasks, "errors": Self.tasks, "finally": Self.tasks, "afterExecution": Self.tasks,
                "triggers": ["type": "array", "items": ["$ref": "#/definitions/trigger"]],
                "outputs": ["type": "array"], "pluginDefaults": ["type": "array"], "concurrency": ["type": "object"],
                "retry": ["type": "object"], "sla": ["type": "array"], "checks": ["type": "array"],
                "listeners": ["type": "array"], "disabled": Self.flag, "revision": ["type": "integer"],
            ],
            "additionalProperties": false,
            // For editors that complete expressions; validators pass it over.
            "x-expressions": Language.schema,
            "definitions": [
                "task": [
                    "type": "object", "required": ["id", "type"],
                    "properties": ["type": ["type": "string", "enum": .list(names)]], "allOf": .list(choices),
                ],
                "trigger": [
                    "type": "object", "required": ["id", "type"],
                    "properties": ["type": ["type": "string", "enum": .list(triggerNames)]], "allOf": .list(triggers),
                ],
            ],
        ]
    }

    private static let input: Value = [
        "type": "object", "required": ["id", "type"],
        "properties": ["type": ["enum": .list(FlowInput.Kind.allCases.map { .string($0.rawValue) })]],
    ]

    private func task(_ kind: TaskKind) -> Value {
        var lists: ValueMap = Self.taskMembers
        for list in kind.lists {
            lists[list.name] =
                switch list.shape {
                case .list: Self.tasks
                case .map: ["type": "object", "additionalProperties": Self.tasks]
                case .graph: ["type": "array", "items": ["type": "object", "required": ["task"]]]
                case .single: ["$ref": "#/definitions/task"]
                }
        }
        return element(kind.about, kind.properties, lists)
    }

    private func element(_ about: TaskAbout, _ properties: [PropertyAbout], _ common: ValueMap) -> Value {
        guard case .map(var schema) = Schema.object(properties, closed: true),
            case .map(let own)? = schema["properties"]
        else {
            return [:]
        }
        var members: ValueMap = ["type": ["type": "string", "const": .string(about.type)]]
        for (name, value) in common { members[name] = value }
        for (name, value) in own { members[name] = value }
        schema["title"] = .string(about.title)
        schema["properties"] = .map(members)
        return .map(schema)
    }
}
