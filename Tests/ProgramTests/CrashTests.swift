import Foundation
import Testing

/// What was answered outlives the server, however it ends.
@Suite struct CrashTests {
    private static let slow = """
        id: slow
        namespace: git
        tasks:
          - id: before
            type: io.kestra.plugin.core.log.Log
            message: before
          - id: pause
            type: io.kestra.plugin.core.flow.Sleep
            duration: PT1S
          - id: after
            type: io.kestra.plugin.core.log.Log
            message: after
        """

    private static let script = """
        id: script
        namespace: git
        tasks:
          - id: once
            type: io.kestra.plugin.scripts.shell.Script
            env: { MARK: "MARKFILE" }
            script: if test -e "$MARK"; then echo again; else touch "$MARK"; exec sleep 600; fi
        """

    @Test func `500 running executions end after kill -9 and a restart, each task once`() async throws {
        let (data, flows) = (try Folder(), try Folder(["slow.yaml": Self.slow]))
        let first = try await Server(data: data, flows: flows)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 1...500 {
                group.addTask { try await first.start("git/slow").json["id"].text }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ids).count == 500)
        await first.kill()

        let second = try await Server(data: data, flows: flows)
        for id in ids {
            let execution = try await second.end(of: id)
            guard execution.state == "SUCCESS" else {
                Issue.record("\(id) ended as \(execution.state)")
                continue
            }
            let tasks = execution["taskRunList"].all.filter { $0.state == "SUCCESS" }.map { $0["taskId"].text }
            #expect(tasks.sorted() == ["after", "before", "pause"], "\(id)")
        }
        let found = try await second.get("/executions/search?namespace=git&state=SUCCESS&size=1")
        #expect(found.json["total"] == 500)
        #expect(await second.stop() == 0)
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a script that was running is taken up again after a restart`(_ signal: Int32) async throws {
        let (data, flows) = (try Folder(), try Folder())
        let mark = data.path + "/mark"
        try flows.write("script.yaml", Self.script.replacing("MARKFILE", with: mark))
        let first = try await Server(data: data, flows: flows, options: ["--grace", "PT1S"])
        let id = try await first.start("git/script").json["id"].text
        _ = try await first.ask("/executions/\(id)") { _ in FileManager.default.fileExists(atPath: mark) }
        let start = ContinuousClock.now
        first.child.signal(signal)
        let status = await first.child.status()
        #expect(status == (signal == SIGTERM ? 0 : signal))
        #expect(start.duration(to: .now) < .seconds(90))

        let second = try await Server(data: data, flows: flows)
        let execution = try await second.end(of: id)
        #expect(execution.state == "SUCCESS", "\(execution)")
        #expect(try await second.log(of: execution).contains("again"))
    }
}
