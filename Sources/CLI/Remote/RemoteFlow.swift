import ArgumentParser
import FlowModel

/// A flow as commands name it: `NS/ID` or `NS ID`.
struct FlowName {
    var namespace: String
    var id: String

    init(_ words: [String]) throws {
        let parts = words.count == 1 ? words[0].split(separator: "/", maxSplits: 1).map(String.init) : words
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains("/") }) else {
            throw Exit.told(
                "\(words.joined(separator: " ")) names no flow",
                fix: "write it as NAMESPACE/ID, such as company.team/hello")
        }
        (namespace, id) = (parts[0], parts[1])
    }

    var path: String { "\(RemoteServer.encode(namespace))/\(RemoteServer.encode(id))" }
    var text: String { "\(namespace)/\(id)" }
}

extension RemoteServer {
    /// A flow as the API gives it.
    /// - Throws: exit code 5 after naming the flow, and the nearest one that there is.
    func flow(_ name: FlowName, _ query: [(String, String)] = []) async throws -> Value {
        if let flow = try await find("/flows/\(name.path)", query) { return flow }
        throw try await noFlow(name, query)
    }

    /// Tells that there is no such flow; gives the exit code for that.
    func noFlow(_ name: FlowName, _ query: [(String, String)] = []) async throws -> ExitCode {
        if let revision = query.first(where: { $0.0 == "revision" })?.1,
            try await find("/flows/\(name.path)") != nil
        {
            return Exit.told("flow \(name.text) has no revision \(revision)", Exit.notFound)
        }
        let page = try await get("/flows/search", [("size", String(Limit.most))])
        let known = (page["results"]?.list ?? []).map { "\($0.text("namespace"))/\($0.text("id"))" }
        // The name as a whole first, then the same id elsewhere.
        let near = known.closest(to: name.text) ?? known.first { $0.hasSuffix("/\(name.id)") }
        return Exit.told(
            "there is no flow \(name.text)",
            fix: near.map { "did you mean \($0)?" } ?? "`sluice flow list` lists the flows of \(address)", Exit.notFound
        )
    }
}
