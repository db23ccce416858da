import FlowModel
import Storage

/// Which namespaces a search is about: all tests must hold.
struct NamespaceChoice: Sendable {
    enum Test: Sendable, Hashable {
        case exactly([String])
        case not([String])
        case within(String)
        case startsWith(String)
        case endsWith(String)
        case contains(String)

        func holds(for name: String) -> Bool {
            switch self {
            case .exactly(let names): names.contains(name)
            case .not(let names): !names.contains(name)
            case .within(let root): name == root || name.hasPrefix(root + ".")
            case .startsWith(let text): name.hasPrefix(text)
            case .endsWith(let text): name.hasSuffix(text)
            case .contains(let text): name.lowercased().contains(text.lowercased())
            }
        }
    }

    /// The namespace of the engine's own flows. Source: engine spec §11.1.
    static let system = "system"

    var tests: [Test] = []

    mutating func add(_ filter: Filter) throws(Refusal) {
        switch filter.operation {
        case .equals: tests.append(.exactly([filter.value]))
        case .isIn: tests.append(.exactly(filter.values))
        case .notEquals: tests.append(.not([filter.value]))
        case .isNotIn: tests.append(.not(filter.values))
        case .prefix: tests.append(.within(filter.value))
        case .startsWith: tests.append(.startsWith(filter.value))
        case .endsWith: tests.append(.endsWith(filter.value))
        case .contains: tests.append(.contains(filter.value))
        case .regex, .greaterThan, .lessThan, .atLeast, .atMost: throw filter.unsupported
        }
    }

    /// USER: all but the system's own; SYSTEM: only that; both: no limit.
    mutating func limit(toScopes scopes: [String]) throws(Refusal) {
        let names = Set(scopes.map { $0.trimmed.uppercased() })
        guard names.isSubset(of: ["USER", "SYSTEM"]) else {
            throw .illegalArgument("`scope` is USER or SYSTEM, not `\(scopes.joined(separator: ","))`")
        }
        if names == ["USER"] { tests.append(.not([Self.system])) }
        if names == ["SYSTEM"] { tests.append(.exactly([Self.system])) }
    }

    /// As the store asks it; several tests are worked out against the namespaces there are. Nil when none matches.
    func filter(among known: () async throws -> [String]) async throws -> NamespaceFilter? {
        if tests.isEmpty { return .any }
        if tests.count == 1 {
            switch tests[0] {
            case .exactly(let names): return names.count == 1 ? .exactly(names[0]) : .oneOf(names)
            case .not(let names): return .noneOf(names)
            case .within(let root): return .within(root)
            case .startsWith, .endsWith, .contains: break
            }
        }
        let matching = try await known().filter { name in tests.allSatisfy { $0.holds(for: name) } }
        return matching.isEmpty ? nil : .oneOf(matching)
    }
}
