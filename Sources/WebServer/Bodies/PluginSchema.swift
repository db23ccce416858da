import FlowModel
import TaskKit

/// JSON Schemas (draft-07) of documents, made from what the catalogue knows of each type. Source: engine spec §11.7, ux spec §7.
struct PluginSchema {
    let catalogue: Catalogue

    static let kinds = ["flow", "task", "trigger", "plugindefault"]

    /// The schema of one kind of document; nil for a kind that does not exist.
    func document(_ kind: String, isList: Bool) -> Value? {
        var root: ValueMap
        switch kind {
        case "flow": root = flow
        case "task": root = ["$ref": "#/definitions/task"]
        case "trigger": root = ["$ref": "#/definitions/trigger"]
        case "plugindefault": root = pluginDefault
        default: return nil
        }
        if isList { root = ["type": "array", "items": .map(root)] }
        root.updateValue("http://json-schema.org/draft-07/schema#", forKey: "$schema", insertingAt: 0)
        root["definitions"] = .map(definitions)
        return .map(root)
    }

    // MARK: documents

    private var flow: ValueMap {
        let tasks: Value = ["type": "array", "items": ["$ref": "#/definitions/task"]]
        let some: Value = ["type": "array", "minItems": 1, "items": ["$ref": "#/definitions/task"]]
        let members: ValueMap = [
            "id": Self.text("The flow's name within its namespace.", pattern: "^[a-zA-Z0-9][a-zA-Z0-9._-]*$"),
            "namespace": Self.text("Where the flow belongs: words joined by dots.", pattern: "^[a-z0-9][a-z0-9._-]*$"),
            "description": Self.text("What the flow is for; Markdown."),
            "labels": [
                "description": "Keys and values that executions of the flow bear.", "type": ["object", "array"],
            ],
            "inputs": ["type": "array", "items": ["$ref": "#/definitions/input"]],
            "variables": ["description": "Values that expressions see as vars.…", "type": "object"],
            "tasks": some, "errors": tasks, "finally": tasks, "afterExecution": tasks,
            "triggers": ["type": "array", "items": ["$ref": "#/definitions/trigger"]],
            "outputs": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["id", "type", "value"],
                    "properties": ["id": ["type": "string"], "type": ["type": "string"]],
                ],
            ],
            "pluginDefaults": ["type": "array", "items": .map(pluginDefault)],
            "concurrency": [
                "type": "object", "required": ["limit"],
                "properties": [
                    "limit": ["type": "integer", "minimum": 1], "behavior": ["enum": ["QUEUE", "CANCEL", "FAIL"]],
                ],
            ],
            "retry": ["type": "object"], "sla": ["type": "array"], "checks": ["type": "array"],
            "disabled": ["description": "A disabled flow cannot be executed by any means.", "type": "boolean"],
            "revision": ["type": "integer"],
        ]
        return ["type": "object", "required": ["id", "namespace", "tasks"], "properties": .map(members)]
    }

    private var pluginDefault: ValueMap {
        [
            "type": "object", "required": ["type", "values"],
            "properties": ["type": ["type": "string"], "forced": ["type": "boolean"], "values": ["type": "object"]],
        ]
    }

    // MARK: types

    private var definitions: ValueMap {
        var all: ValueMap = [
            "task": choice(catalogue.tasks.values.map { ($0.about, "task") }, common: Self.taskMembers),
            "trigger": choice(catalogue.triggers.values.map { ($0.about, "trigger") }, common: Self.triggerMembers),
            "condition": choice(catalogue.conditions.values.map { ($0.about, "condition") }, common: [:]),
            "input": Self.input,
        ]
        for kind in catalogue.tasks.values { all[kind.about.type] = task(kind) }
        for kind in catalogue.triggers.values { all[kind.about.type] = own(kind.about, kind.properties) }
        for kind in catalogue.conditions.values { all[kind.about.type] = own(kind.about, kind.properties) }
        return all
    }

    /// Any of these types: which one follows from `type`.
    private func choice(_ abouts: [(about: TaskAbout, kind: String)], common: ValueMap) -> Value {
        var members = common
        let names = abouts.flatMap { [$0.about.type] + $0.about.aliases }
        members["type"] = ["type": "string", "examples": .list(names.map { .string($0) })]
        let rules = abouts.map { entry -> Value in
            let types: Value = .list(([entry.about.type] + entry.about.aliases).map { .string($0) })
            return [
                "if": ["properties": ["type": ["enum": types]]],
                "then": ["$ref": .string("#/definitions/\(entry.about.type)")],
            ]
        }
        let required: Value = common.isEmpty ? ["type"] : ["id", "type"]
        return ["type": "object", "required": required, "properties": .map(members), "allOf": .list(rules)]
    }

    private func task(_ kind: TaskKind) -> Value {
        guard case .map(var schema) = own(kind.about, kind.properties), case .map(var members)? = schema["properties"]
        else {
            return own(kind.about, kind.properties)
        }
        var required = schema["required"]?.list ?? []
        for list in kind.lists {
            let tasks: Value = ["type": "array", "items": ["$ref": "#/definitions/task"]]
            let shape: Value =
                switch list.shape {
                case .list: tasks
                case .map: ["type": "object", "additionalProperties": tasks]
                case .graph:
                    [
                        "type": "array",
                        "items": [
                            "type": "object", "required": ["task"],
                            "properties": ["task": ["$ref": "#/definitions/task"]],
                        ],
                    ]
                case .single: ["$ref": "#/definitions/task"]
                }
            members[list.name] = shape
            if list.isRequired { required.append(.string(list.name)) }
        }
        schema["properties"] = .map(members)
        if !required.isEmpty { schema["required"] = .list(required) }
        return .map(schema)
    }

    private func own(_ about: TaskAbout, _ properties: [PropertyAbout]) -> Value {
        guard case .map(var schema) = Schema.object(properties).json else { return ["type": "object"] }
        schema["additionalProperties"] = nil  // what all types have in common stands elsewhere
        schema["title"] = .string(about.title)
        if let details = about.details { schema["description"] = .string(details) }
        if about.isDeprecated { schema["deprecated"] = true }
        schema["examples"] = [.string(about.example)]
        return .map(schema)
    }

    /// What the page of one type shows. Source: engine spec §11.7.
    func page(of type: String) -> Value? {
        if let kind = catalogue.task(type) {
            let outputs = kind.outputs.map { output -> (String, Value) in
                guard case .map(var schema) = output.schema.json else { return (output.name, [:]) }
                schema["description"] = .string(output.about)
                return (output.name, .map(schema))
            }
            return page(kind.about, task(kind), outputs: ValueMap(outputs, uniquingKeysWith: { $1 }))
        }
        if let kind = catalogue.trigger(type) {
            return page(kind.about, own(kind.about, kind.properties), outputs: [:])
        }
        if let kind = catalogue.condition(type) {
            return page(kind.about, own(kind.about, kind.properties), outputs: [:])
        }
        return nil
    }

    private func page(_ about: TaskAbout, _ schema: Value, outputs: ValueMap) -> Value {
        var text = "# \(about.type)\n\n\(about.title)\n"
        if let details = about.details { text += "\n\(details)\n" }
        text += "\n```yaml\n\(about.example)\n```\n"
        return [
            "markdown": .string(text),
            "schema": [
                "properties": schema, "outputs": ["type": "object", "properties": .map(outputs)], "definitions": [:],
            ],
        ]
    }

    // MARK: what types have in common

    private static func text(_ about: String, pattern: String? = nil) -> Value {
        var members: ValueMap = ["description": .string(about), "type": "string"]
        if let pattern { members["pattern"] = .string(pattern) }
        return .map(members)
    }

    private static let taskMembers: ValueMap = [
        "id": text("The task's name within the flow.", pattern: "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"),
        "description": text("What the task is for."),
        "retry": ["description": "How a failed run is tried again.", "type": "object"],
        "timeout": text("An ISO 8601 duration after which a run fails, such as PT5M."),
        "disabled": ["description": "A disabled task is passed over.", "type": "boolean"],
        "runIf": text("Runs the task only if this expression is true."),
        "allowFailure": ["description": "A failure counts as a warning.", "type": "boolean"],
        "allowWarning": ["description": "A warning counts as success.", "type": "boolean"],
        "logLevel": ["enum": .list(LogLevel.allCases.map { .string($0.name) })],
        "logToFile": ["description": "Keeps the log as a file too.", "type": "boolean"],
    ]

    private static let triggerMembers: ValueMap = [
        "id": text("The trigger's name within the flow.", pattern: "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"),
        "description": text("What the trigger is for."),
        "disabled": ["description": "A disabled trigger starts nothing.", "type": "boolean"],
        "conditions": ["type": "array", "items": ["$ref": "#/definitions/condition"]],
        "labels": ["description": "Labels that its executions get.", "type": ["object", "array"]],
        "stopAfter": ["description": "States of an execution after which the trigger is disabled.", "type": "array"],
        "logLevel": ["enum": .list(LogLevel.allCases.map { .string($0.name) })],
    ]

    private static let input: Value = [
        "type": "object", "required": ["id", "type"],
        "properties": [
            "id": text("The input's name.", pattern: "^[a-zA-Z0-9][.a-zA-Z0-9_-]*$"),
            "type": ["enum": .list(FlowInput.Kind.allCases.map { .string($0.rawValue) })],
            "description": text("What the input is for."), "displayName": text("What forms call it."),
            "required": [
                "description": "Whether a value must be given; true unless said otherwise.", "type": "boolean",
            ],
            "defaults": ["description": "The value where none is given."],
            "dependsOn": ["type": "object"],
        ],
    ]
}
