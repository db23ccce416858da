import Foundation
import Testing

/// Every flow in flows/ does what its comments say.
@Suite struct ExampleFlowTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var inputs: [String] = []
        var says: String = ""
        var outputs: String
        var status: Int32 = 0
        var testDescription: String { ([file] + inputs).joined(separator: " ") }
    }

    @Test(arguments: [
        Case(file: "hello", inputs: ["name=Ada"], says: "Hello, Ada!", outputs: "greeting  Hello, Ada!\n"),
        Case(
            file: "inputs-and-outputs", inputs: ["customer=ada", "quantity=3", "size=large", "express=true"],
            says: "ada orders 3 large", outputs: "total  34\n"),
        Case(file: "parallel", says: "12 orders and 1 refund", outputs: "report  12 orders and 1 refund\n"),
        Case(
            file: "foreach", inputs: ["cities=[\"Oslo\",\"Rome\"]"],
            outputs: "greetings  [\"Hello, Oslo!\",\"Hello, Rome!\"]\n"),
        Case(file: "retry-and-errors", says: "attempt 2", outputs: ""),
        Case(
            file: "retry-and-errors", inputs: ["attempts=9"], says: "somebody should have a look", outputs: "",
            status: 1),
        Case(file: "shell-script", says: "9 words", outputs: "words  9\n"),
        Case(file: "subflow", says: "the sum is 42", outputs: "sum  42\n"),
        Case(file: "subflow-child", inputs: ["left=1", "right=2"], outputs: "sum  3\n"),
        Case(file: "webhook", says: "ordered: nothing", outputs: "item  nothing\n"),
    ])
    func `an example runs without a server`(_ example: Case) async throws {
        var arguments = ["run", "flows/\(example.file).yaml", "--with", "flows"]
        for input in example.inputs { arguments += ["-i", input] }
        let ended = try await Child(Sluice.path, arguments, at: Sluice.home).ended()
        #expect(ended.status == example.status, "\(ended.errors)")
        #expect(ended.output.hasPrefix(example.outputs), "\(ended.output)")
        #expect(example.says.isEmpty || ended.errors.contains(example.says), "\(ended.errors)")
    }

    @Test func `all examples are valid, and each is named by a test`() async throws {
        let ended = try await Sluice.run("validate", "flows")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: Sluice.home + "/flows").sorted()
        #expect(
            files == [
                "foreach.yaml", "hello.yaml", "hourly-git-sync.yaml", "inputs-and-outputs.yaml", "parallel.yaml",
                "push-to-git.yaml", "retry-and-errors.yaml", "shell-script.yaml", "subflow-child.yaml", "subflow.yaml",
                "webhook.yaml",
            ])
    }

    @Test func `the examples of the server start by hand, by webhook and by Git`() async throws {
        // hourly-git-sync and push-to-git run in SyncTests and DemonstrationTests.
        let data = try Folder()
        let flows = try Folder()
        for name in ["hello", "webhook"] {
            try flows.write(
                name + ".yaml", String(contentsOfFile: Sluice.home + "/flows/\(name).yaml", encoding: .utf8))
        }
        let server = try await Server(data: data, flows: flows)
        #expect(try await server.run("company.team/hello")["outputs"]["greeting"] == "Hello, world!")
        let answer = try await server.post(
            "/executions/webhook/company.team/webhook/a-long-random-key", #"{"item":"tea"}"#)
        #expect(answer.status == 200)
        #expect(answer.json["item"] == "tea")
        let got = try await server.get("/executions/webhook/company.team/webhook/a-long-random-key?item=coffee")
        #expect(got.status == 200 && got.json["item"] == "coffee", "\(got.text)")
    }

    /// The whole of `make demo`, which checks each of its steps itself.
    @Test func `the demonstration goes through`() async throws {
        let ended = try await Child(Sluice.home + "/scripts/demo", [Sluice.path], at: Sluice.home).ended()
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("That was Sluice"))
    }
}
