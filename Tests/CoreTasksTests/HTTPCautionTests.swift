import FlowModel
import TaskKit
import Testing

@testable import CoreTasks

@Suite struct HTTPCautionTests {
    private func remarks(_ properties: String) throws -> [String] {
        let reader = FlowReader(
            catalogue: Catalogue(
                tasks: [.runnable(HTTPRequestTask.self), .runnable(HTTPDownloadTask.self)], triggers: []))
        return try ["Request", "Download"].flatMap { name in
            let source = """
                id: f
                namespace: a.b
                tasks:
                  - id: t
                    type: io.kestra.plugin.core.http.\(name)

                """
            return try reader.read(source + properties, file: "f.yaml").remarks.filter { $0.severity == .warning }
                .map { "\($0.place!) \($0.path ?? "")" }
        }
    }

    @Test func `secrets written into a request are warned of at their places`() throws {
        let found = try remarks(
            """
                uri: https://ann:pw@api.example/x
                headers:
                  X-API-Key: abcdef
                  Authorization: "Bearer {{ secret('T') }}"
                  Accept: text/plain
                options:
                  auth: { type: BASIC, username: ann, password: hunter22 }
            """)
        let one = [
            "f.yaml:6:10 tasks[0].uri", "f.yaml:8:18 tasks[0].headers.X-API-Key",
            "f.yaml:12:53 tasks[0].options.auth.password",
        ]
        #expect(found == one + one)
    }

    @Test func `what is taken from secrets passes`() throws {
        let found = try remarks(
            """
                uri: "https://api.example/x?token={{ secret('T') }}&page=2"
                options: { auth: { type: BEARER, token: "{{ secret('T') }}" }, proxy: { address: p, port: 1, password: "" } }
            """)
        #expect(found.isEmpty)
    }
}
