import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A started server on a free port, and the requests that tests make.
struct Server: Sendable {
    let child: Child
    let address: String
    let greeting: String
    /// They stay as long as the server is of use.
    private let folders: [Folder]

    /// Starts a server over these folders and waits until it is ready.
    init(data: Folder, flows: Folder? = nil, secrets: Folder? = nil, options: [String] = []) async throws {
        folders = [data, flows, secrets].compactMap { $0 }
        var arguments = ["server", "--port", "0", "--data", data.path] + options
        if let flows { arguments += ["--flows", flows.path] }
        if let secrets { arguments += ["--secrets", secrets.path] }
        child = try Child(Sluice.path, arguments, at: data.path)
        greeting = await child.output(until: "ready in")
        address = String(greeting.firstMatch(of: /http:\/\/[^\/ ]+/)?.0 ?? "")
        if address.isEmpty { Issue.record("the server did not start: \(child.errors)") }
    }

    /// Starts a server on these flows, and gives their folder too.
    static func with(_ flows: [String: String]) async throws -> (Server, Folder) {
        let folder = try Folder(flows)
        return (try await Server(data: try Folder(), flows: folder), folder)
    }

    struct Answer: Sendable {
        var status: Int
        var text: String
        var json: JSON { (try? JSON(text)) ?? .null }
    }

    func get(_ path: String) async throws -> Answer { try await ask("GET", path) }

    func post(_ path: String, _ body: String = "", type: String = "application/json") async throws -> Answer {
        try await ask("POST", path, Data(body.utf8), type: type)
    }

    func ask(_ method: String, _ path: String, _ body: Data? = nil, type: String? = nil) async throws -> Answer {
        var request = URLRequest(
            url: try #require(URL(string: address + (path == "/health" ? path : "/api/v1" + path))))
        request.httpMethod = method
        request.timeoutInterval = 120
        request.httpBody = body
        if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
        let (data, response) = try await URLSession.shared.data(for: request)
        return Answer(
            status: (response as? HTTPURLResponse)?.statusCode ?? 0, text: String(decoding: data, as: UTF8.self))
    }

    /// Starts a flow with inputs as a form.
    func start(_ flow: String, _ inputs: [String: String] = [:], wait: Bool = false) async throws -> Answer {
        let boundary = "test-boundary"
        var body = ""
        for (name, value) in inputs.sorted(by: { $0.key < $1.key }) {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        body += "--\(boundary)--\r\n"
        return try await ask(
            "POST", "/executions/\(flow)\(wait ? "?wait=true" : "")", inputs.isEmpty ? nil : Data(body.utf8),
            type: inputs.isEmpty ? nil : "multipart/form-data; boundary=\(boundary)")
    }

    /// Runs a flow to its end and gives the execution.
    func run(_ flow: String, _ inputs: [String: String] = [:]) async throws -> JSON {
        try await start(flow, inputs, wait: true).json
    }

    /// The execution at its end: the stream of its events ends then.
    func end(of id: String) async throws -> JSON {
        _ = try await get("/executions/\(id)/follow")
        return try await get("/executions/\(id)").json
    }

    /// The messages of an execution.
    func log(of execution: JSON) async throws -> String {
        try await get("/logs/\(execution["id"].text)").json.all.map { $0["message"].text }.joined(separator: "\n")
    }

    /// Asks again and again until the answer is as wanted, for half a minute at most.
    func ask(_ path: String, until wanted: (Answer) -> Bool) async throws -> Answer {
        let start = ContinuousClock.now
        var answer = try await get(path)
        while !wanted(answer), start.duration(to: .now) < .seconds(90) { answer = try await get(path) }
        return answer
    }

    func stop() async -> Int32 {
        child.signal(SIGTERM)
        return await child.status()
    }

    func kill() async {
        child.signal(SIGKILL)
        _ = await child.status()
    }
}

extension JSON {
    /// The current state of an execution or a task run.
    var state: String { self["state"]["current"].text }
}
