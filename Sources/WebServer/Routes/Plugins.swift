import FlowModel
import Hummingbird
import TaskKit

/// `/plugins`: the types that flows can use, their documentation and schemas. Source: engine spec §11.7.
struct PluginRoutes: Sendable {
    let engine: any EngineDoor

    var routes: [Route] {
        [
            .get("/plugins", "All types, by the packages they belong to.", handler: list),
            .get("/plugins/groups/subgroups", "All types, by the packages they belong to.", handler: list),
            .get("/plugins/{type}", "One type: documentation and schema.", handler: page),
            .get("/plugins/schemas/{kind}", "A JSON Schema for editors.", handler: schema),
            .get("/plugins/inputs", "The types of inputs.") { _ in
                .json(
                    .list(
                        FlowInput.Kind.allCases.map {
                            [
                                "type": .string($0.rawValue),
                                "cls": .string("io.kestra.core.models.flows.input.\($0.rawValue)"),
                            ]
                        }))
            },
            .get("/plugins/icons", "Which types hold other tasks.", handler: icons),
            .get("/plugins/icons/groups", "There are no pictures of packages.") { _ in Self.cacheable([:]) },
        ]
    }

    /// `io.kestra.plugin.core.log.Log` belongs to `io.kestra.plugin.core.log`.
    private static func package(of type: String) -> String {
        type.lastIndex(of: ".").map { String(type[..<$0]) } ?? type
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        struct Package {
            var tasks: [Value] = [], triggers: [Value] = [], conditions: [Value] = [], aliases: [Value] = []
        }
        var packages: [String: Package] = [:]
        let catalogue = engine.catalogue
        for about in catalogue.tasks.values.map(\.about) {
            packages[Self.package(of: about.type), default: Package()].tasks.append(.string(about.type))
            packages[Self.package(of: about.type)]?.aliases += about.aliases.map { .string($0) }
        }
        for about in catalogue.triggers.values.map(\.about) {
            packages[Self.package(of: about.type), default: Package()].triggers.append(.string(about.type))
        }
        for about in catalogue.conditions.values.map(\.about) {
            packages[Self.package(of: about.type), default: Package()].conditions.append(.string(about.type))
        }
        return Self.cacheable(
            .list(
                packages.sorted { $0.key < $1.key }.map { name, package in
                    [
                        "name": .string(name.split(separator: ".").last.map(String.init) ?? name),
                        "title": .string(name),
                        "group": .string(Self.package(of: name)), "subGroup": .string(name), "version": "",
                        "tasks": .list(package.tasks), "triggers": .list(package.triggers),
                        "conditions": .list(package.conditions), "taskRunners": [], "aliases": .list(package.aliases),
                        "categories": ["CORE"],
                    ]
                }))
    }

    @Sendable private func page(_ call: Call) async throws -> Response {
        guard let page = PluginSchema(catalogue: engine.catalogue).page(of: call["type"]) else {
            let names = Array(engine.catalogue.tasks.keys) + engine.catalogue.triggers.keys
            let hint = names.closest(to: call["type"]).map { "; did you mean \($0)?" } ?? ""
            throw Refusal.notFound("There is no type \(call["type"])\(hint)", code: "unknown-type")
        }
        return Self.cacheable(page)
    }

    @Sendable private func schema(_ call: Call) async throws -> Response {
        let isList = try call.query.flag("arrayOf")
        guard let schema = PluginSchema(catalogue: engine.catalogue).document(call["kind"], isList: isList) else {
            throw Refusal.notFound(
                "There is no schema `\(call["kind"])`; there are \(PluginSchema.kinds.joined(separator: ", "))")
        }
        return Self.cacheable(schema)
    }

    @Sendable private func icons(_ call: Call) async throws -> Response {
        let all = engine.catalogue.tasks.values.map { kind -> (String, Value) in
            let name = kind.about.type.split(separator: ".").last.map(String.init) ?? kind.about.type
            return (kind.about.type, ["name": .string(name), "icon": .null, "flowable": .bool(kind.isFlowable)])
        }
        return Self.cacheable(.map(ValueMap(all, uniquingKeysWith: { $1 })))
    }

    /// Types change with the program only.
    private static func cacheable(_ value: Value) -> Response {
        var response = Response.json(value)
        response.headers[.cacheControl] = "public, max-age=3600"
        return response
    }
}
