import Hummingbird

/// One route of the API: what it is asked by, what it is for, and what answers it.
struct Route: Sendable {
    typealias Handler = @Sendable (Call) async throws -> Response

    /// Who may come in before any gate is asked.
    enum Access: Sendable, Hashable {
        /// Those whom the gate lets in.
        case guarded
        /// Everybody: health, and webhooks, whose key is their protection.
        case open
    }

    var method: HTTPRequest.Method
    /// `/executions/{id}/file`: names in braces take one part of the path, `{path...}` all that is left.
    var pattern: String
    /// One sentence for the API's description.
    var about: String
    var access: Access = .guarded
    /// Whether the pattern stands below `/api/v1` (and the tenant) or at the root.
    var isBelowAPI = true
    /// Whether asking changes something though the method is GET, so that HEAD must not ask.
    var acts = false
    var handler: Handler

    init(
        _ method: HTTPRequest.Method, _ pattern: String, _ about: String, access: Access = .guarded,
        isBelowAPI: Bool = true, acts: Bool = false, handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.about = about
        self.access = access
        self.isBelowAPI = isBelowAPI
        self.acts = acts
        self.handler = handler
    }

    static func get(_ pattern: String, _ about: String, handler: @escaping Handler) -> Route {
        Route(.get, pattern, about, handler: handler)
    }
    static func post(_ pattern: String, _ about: String, handler: @escaping Handler) -> Route {
        Route(.post, pattern, about, handler: handler)
    }
    static func put(_ pattern: String, _ about: String, handler: @escaping Handler) -> Route {
        Route(.put, pattern, about, handler: handler)
    }
    static func patch(_ pattern: String, _ about: String, handler: @escaping Handler) -> Route {
        Route(.patch, pattern, about, handler: handler)
    }
    static func delete(_ pattern: String, _ about: String, handler: @escaping Handler) -> Route {
        Route(.delete, pattern, about, handler: handler)
    }
}

/// The parts of a path that a pattern's names stand for.
struct Captures: Sendable {
    fileprivate var names: [String]
    fileprivate var values: [String]

    static let none = Captures(names: [], values: [])

    subscript(name: String) -> String {
        guard let index = names.firstIndex(of: name) else {
            preconditionFailure("the route's pattern has no part {\(name)}")
        }
        return values[index]
    }
}

/// Finds the route of a request: parts of the path that are written out win over names, names over the rest.
struct RouteTable: Sendable {
    /// Where the API is mounted. Source: since-0.20 §11.
    static let bases = ["/api/v1", "/api/v1/main"]

    private struct Node {
        var literals: [String: Int] = [:]
        var capture: Int?
        var rest: Int?
        var routes: [(method: String, route: Int)] = []
    }
    private struct Target {
        var route: Route
        var names: [String]
    }

    private var nodes: [Node] = [Node()]
    private var targets: [Target] = []
    let routes: [Route]

    init(_ routes: [Route]) {
        self.routes = routes
        for route in routes {
            for base in route.isBelowAPI ? Self.bases : [""] { insert(route, at: base + route.pattern) }
        }
    }

    private mutating func insert(_ route: Route, at path: String) {
        var node = 0
        var names: [String] = []
        for part in Self.parts(of: path) {
            if part.hasPrefix("{"), part.hasSuffix("...}") {
                names.append(String(part.dropFirst().dropLast(4)))
                node = child(of: node, \.rest)
            } else if part.hasPrefix("{") {
                names.append(String(part.dropFirst().dropLast()))
                node = child(of: node, \.capture)
            } else if let next = nodes[node].literals[String(part)] {
                node = next
            } else {
                nodes.append(Node())
                nodes[node].literals[String(part)] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        let method = route.method.rawValue
        precondition(!nodes[node].routes.contains { $0.method == method }, "two routes for \(method) \(path)")
        targets.append(Target(route: route, names: names))
        nodes[node].routes.append((method, targets.count - 1))
    }

    private mutating func child(of node: Int, _ kind: WritableKeyPath<Node, Int?>) -> Int {
        if let next = nodes[node][keyPath: kind] { return next }
        nodes.append(Node())
        nodes[node][keyPath: kind] = nodes.count - 1
        return nodes.count - 1
    }

    /// `/a/b` has the parts a and b; `/a/b/` has an empty third one, so it is another path.
    private static func parts(of path: some StringProtocol) -> [Substring] {
        Substring(path).dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// - Parameter path: as it was asked for, percent-encoded.
    func find(_ method: HTTPRequest.Method, _ path: String) -> (route: Route, captured: Captures)? {
        let parts = Self.parts(of: path)
        var taken: [String] = []
        guard let index = find(method.rawValue, parts[...], from: 0, &taken) else { return nil }
        let target = targets[index]
        return (target.route, Captures(names: target.names, values: taken))
    }

    private func find(_ method: String, _ parts: ArraySlice<Substring>, from node: Int, _ taken: inout [String]) -> Int?
    {
        guard let part = parts.first else {
            return nodes[node].routes.first { $0.method == method }?.route
        }
        let rest = parts.dropFirst()
        if let next = nodes[node].literals[String(part)], let found = find(method, rest, from: next, &taken) {
            return found
        }
        let count = taken.count
        if let next = nodes[node].capture, !part.isEmpty {
            taken.append(PercentText.decode(part))
            if let found = find(method, rest, from: next, &taken) { return found }
            taken.removeSubrange(count...)
        }
        if let next = nodes[node].rest, let found = nodes[next].routes.first(where: { $0.method == method }) {
            taken.append(PercentText.decode(parts.joined(separator: "/")))
            return found.route
        }
        return nil
    }
}
