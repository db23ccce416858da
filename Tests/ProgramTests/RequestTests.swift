import Foundation
import Testing

/// Flows started over HTTP: inputs, webhooks, and what is refused.
@Suite struct RequestTests {
    private static let hook = """
        id: hook
        namespace: git
        DISABLED
        triggers:
          - id: call
            type: io.kestra.plugin.core.trigger.Webhook
            key: right-key
        tasks:
          - id: say
            type: io.kestra.plugin.core.log.Log
            message: "{{ trigger.body.item }} {{ trigger.parameters.size[0] }} {{ trigger.headers['X-From'] ?? 'nobody' }}"
        """

    @Test func `a webhook with the right key starts its flow with body and parameters`() async throws {
        let (server, _) = try await Server.with(["hook.yaml": Self.hook.replacing("DISABLED", with: "")])
        for method in ["POST", "PUT"] {
            let answer = try await server.ask(
                method, "/executions/webhook/git/hook/right-key?size=large", Data(#"{"item":"tea"}"#.utf8),
                type: "application/json")
            #expect(answer.status == 200)
            let execution = try await server.end(of: answer.json["id"].text)
            #expect(execution.state == "SUCCESS")
            #expect(execution["trigger"]["id"] == "call")
            #expect(try await server.log(of: execution) == "tea large nobody")
        }
        #expect(try await server.get("/executions/webhook/git/hook/right-key").status == 200)
    }

    @Test func `a wrong key is 404, a disabled flow 409`() async throws {
        let (server, _) = try await Server.with([
            "hook.yaml": Self.hook.replacing("DISABLED", with: ""),
            "off.yaml": Self.hook.replacing("DISABLED", with: "disabled: true").replacing("id: hook", with: "id: off"),
        ])
        #expect(try await server.post("/executions/webhook/git/hook/wrong-key").status == 404)
        #expect(try await server.post("/executions/webhook/git/nothing/right-key").status == 404)
        #expect(try await server.post("/executions/webhook/git/off/right-key").status == 409)
        let found = try await server.get("/executions/search?namespace=git")
        #expect(found.json["total"] == 0)
    }

    @Test func `inputs come as a form, files among them, and a wrong one is named`() async throws {
        let flow = """
            id: form
            namespace: git
            inputs:
              - { id: count, type: INT, max: 9 }
              - { id: doc, type: FILE }
            tasks:
              - id: say
                type: io.kestra.plugin.core.log.Log
                message: "{{ inputs.count + 1 }} {{ read(inputs.doc) }}"
            """
        let (server, _) = try await Server.with(["form.yaml": flow])
        func form(_ count: String) -> Data {
            Data(
                """
                --b\r\nContent-Disposition: form-data; name="count"\r\n\r\n\(count)\r\n--b\r\nContent-Disposition: form-data; \
                name="files"; filename="doc"\r\nContent-Type: text/plain\r\n\r\nthe content\r\n--b--\r\n
                """.utf8)
        }
        let type = "multipart/form-data; boundary=b"
        let good = try await server.ask("POST", "/executions/git/form?wait=true", form("4"), type: type)
        #expect(good.status == 200)
        #expect(try await server.log(of: good.json) == "5 the content", "\(good.text)")
        let wrong = try await server.ask("POST", "/executions/git/form", form("10"), type: type)
        #expect(wrong.status == 422)
        #expect(wrong.text.contains("`count`"), "\(wrong.text)")
    }

    @Test func `a body above the limit is refused with 413`() async throws {
        let data = try Folder(["config.yaml": "sluice:\n  server:\n    max-body-bytes: 2000\n"])
        let server = try await Server(data: data, options: ["--config", data.path + "/config.yaml"])
        let flow = logFlow("large", String(repeating: "x", count: 10_000))
        #expect(try await server.post("/flows", flow, type: "application/x-yaml").status == 413)
        #expect(try await server.post("/flows", logFlow("small"), type: "application/x-yaml").status == 200)
    }

    @Test func `a flow that is not valid is refused with every place`() async throws {
        let (server, _) = try await Server.with([:])
        let answer = try await server.post(
            "/flows", "id: a\nnamespace: git\ntasks:\n  - id: l\n    type: io.kestra.plugin.core.log.Lg\n",
            type: "application/x-yaml")
        #expect(answer.status == 422)
        #expect(answer.json["errors"][0]["line"] == 5 && answer.json["errors"][0]["column"] == 11, "\(answer.text)")
    }

    @Test func `the command line talks to the server`() async throws {
        let (server, folder) = try await Server.with(["hello.yaml": logFlow("hello")])
        func sluice(_ arguments: String...) async throws -> Ended {
            try await Child(
                Sluice.path, arguments, at: folder.path, environment: ["KESTRA_HOSTNAME": server.address]
            ).ended()
        }
        #expect(try await sluice("exec", "start", "git/hello", "--wait").status == 0)
        let id = try await sluice("exec", "list", "-o", "name").output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await sluice("exec", "logs", id).output.contains("hello"))
        #expect(try JSON(try await sluice("exec", "get", id, "-o", "json").output).state == "SUCCESS")
        try folder.write("../" + "second-\(id).yaml", logFlow("second"))
        #expect(try await sluice("flow", "apply", "../second-\(id).yaml").status == 0)
        #expect(try await sluice("flow", "get", "git/second").output == logFlow("second"))
        #expect(try await sluice("flow", "delete", "git/second", "--yes").status == 0)
        #expect(try await sluice("flow", "get", "git/second").status == 5)
        try FileManager.default.removeItem(atPath: folder.path + "/../second-\(id).yaml")
    }
}
