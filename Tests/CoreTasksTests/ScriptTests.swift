import FlowModel
import TaskKit
import TestSupport
import Testing

@testable import CoreTasks

typealias ShellCommands = CommandsTask<Shell>
typealias ShellScript = ScriptTask<Shell>

/// Runs shell commands and gives the outputs, whether they succeed or not.
func shell(
    _ commands: String..., in world: TestWorld, properties: ValueMap = [:], variables: ValueMap = [:]
) async throws -> (outputs: ValueMap, failure: String?) {
    var all = properties
    all["commands"] = .list(commands.map(Value.string))
    do throws(TaskFailure) {
        let outputs = try await ShellCommands.make(all).run(world.context(variables: variables))
        return (outputs.values, nil)
    } catch {
        return (error.outputs ?? [:], error.message)
    }
}

extension ShellCommands {
    fileprivate static func make(_ properties: ValueMap) throws(TaskFailure) -> Self {
        do { return try make(properties, variables: [:]) } catch { throw .of(error) }
    }
}

@Test func `Echo is logged and the exit code is 0`() async throws {
    let world = TestWorld()
    let (outputs, failure) = try await shell("echo hello", "echo wrong >&2", in: world)
    #expect(failure == nil)
    #expect(outputs["exitCode"] == 0)
    #expect(outputs["vars"] == [:])
    #expect(outputs["outputFiles"] == [:])
    #expect(world.messages(.info) == ["hello"])
    #expect(world.messages(.error) == ["wrong"])
}

@Test(arguments: [("exit 7", Int64(7)), ("kill -9 $$", 137), ("nosuchprogram", 127), ("false; echo on", 1)])
func `An exit code other than 0 fails the task and is kept`(_ command: String, _ code: Int64) async throws {
    let (outputs, failure) = try await shell("echo '::{\"outputs\":{\"a\":1}}::'", command, in: TestWorld())
    #expect(failure == "Command failed with exit code \(code)")
    #expect(outputs["exitCode"] == .int(code))
    #expect(outputs["vars"] == ["a": 1])
}

@Test func `Metrics that a script prints are told, timers in milliseconds`() async throws {
    let world = TestWorld()
    let task = try ShellCommands.make(
        [
            "commands": [
                #"echo '::{"metrics":[{"name":"rows","type":"counter","value":3,"tags":{"table":"a"}}]}::'"#,
                #"echo '::{"metrics":[{"name":"took","type":"timer","value":1.5},{"name":"load","type":"gauge","value":-2}]}::' >&2"#,
                #"echo '::{"metrics":[{"name":"odd","type":"what","value":1}]}::'"#, "exit 3",
            ]
        ], variables: [:])
    let context = world.context()
    await #expect(throws: TaskFailure.self) { _ = try await task.run(context) }
    let told = context.metrics.all
    #expect(Set(told.map(\.name)) == ["rows", "took", "load"])
    #expect(told.first { $0.name == "rows" } == RunMetric(.counter, "rows", 3, tags: [Label(key: "table", value: "a")]))
    #expect(told.first { $0.name == "took" } == RunMetric(.timer, "took", 1500))
    #expect(world.messages(.warn).contains { $0.hasPrefix("Invalid metric") })
}

@Test func `Without failFast the last command decides`() async throws {
    let (outputs, failure) = try await shell("false", "true", in: TestWorld(), properties: ["failFast": false])
    #expect(failure == nil)
    #expect(outputs["exitCode"] == 0)
}

@Test func `Messages of both outputs give values and log entries`() async throws {
    let world = TestWorld()
    let long = String(repeating: "x", count: 100_000)
    let (outputs, _) = try await shell(
        "printf '::{\"outputs\":{\"k\":\"%0100000d\"}}::\\n' 0 | tr 0 x",
        "echo '::{\"outputs\":{\"n\":[1,null]}}::' >&2",
        "echo '::{\"logs\":[{\"level\":\"WARN\",\"message\":\"careful\"}]}::'", "echo '::{wrong}::'", "echo done",
        in: world)
    #expect(outputs["vars"]?["k"] == .string(long))
    #expect(outputs["vars"]?["n"] == [1, nil])
    let warnings = world.messages(.warn)
    #expect(warnings.count == 2 && warnings[0] == "careful")
    #expect(warnings.last?.hasPrefix("Invalid outputs '{wrong}' at character 2 of the JSON: ") == true)
    #expect(world.messages(.info) == ["done"])
}

/// A line that gives the output `name` with as many letters.
private func output(_ name: String, letters: Int) -> String {
    "printf '::{\"outputs\":{\"\(name)\":\"'; head -c \(letters) /dev/zero | tr '\\0' y; echo '\"}}::'"
}

@Test(arguments: [1_000_000, 1_100_000, 8_000_000])
func `Large outputs are taken`(_ letters: Int) async throws {
    let world = TestWorld()
    let (outputs, failure) = try await shell(output("x", letters: letters), "echo done", in: world)
    #expect(failure == nil)
    #expect(outputs["vars"]?["x"]?.string?.utf8.count == letters)
    #expect(world.messages(.info) == ["done"])
}

@Test func `Outputs that are too large fail the task and say what to do`() async throws {
    let world = TestWorld()
    let (outputs, refused) = try await shell(
        output("x", letters: 10_000_000), "echo '::{\"outputs\":{\"y\":1}}::'", in: world)
    #expect(
        refused
            == "The script printed a line `::{…}::` of 10000024 bytes; at most 8388608 bytes are taken: "
            + "write large values to a file and name it in `outputFiles`")
    #expect(outputs["vars"] == ["y": 1])
    #expect(world.log.isEmpty)
    var (_, failure) = try await shell(output("x", letters: 5_000_000), output("y", letters: 5_000_000), in: world)
    #expect(failure?.hasPrefix("The script printed outputs of more than ") == true)
    (_, failure) = try await shell(output("x", letters: 10_000_000), "exit 3", in: world)
    #expect(failure == "Command failed with exit code 3")
    #expect(world.messages(.error).count == 1)
}

@Test func `Background processes are ended and told`() async throws {
    let world = TestWorld()
    let (outputs, failure) = try await shell(
        "setsid sh -c 'exec > ready 2>&1; exec sleep 1000' & while [ ! -e ready ]; do sleep 0.01; done; exit 4",
        in: world)
    #expect(failure == "Command failed with exit code 4")
    #expect(outputs["exitCode"] == 4)
    #expect(world.messages(.warn).first?.hasPrefix("Background processes that the script had left running") == true)
}

@Test func `Carriage returns end lines`() async throws {
    let world = TestWorld()
    _ = try await shell("printf 'one\\rtwo\\r\\nthree\\n\\nfour'", in: world)
    #expect(world.messages(.info) == ["one", "two", "three", "", "four"])
}

@Test func `Input files, stored files, output files and the output folder`() async throws {
    let world = TestWorld()
    let stored = try await world.vault.store(Array("stored text".utf8), at: "/a/b/data.txt")
    let (outputs, failure) = try await shell(
        "cat in.txt sub/copy.txt", "cat \(stored)", "cat \(stored) > {{ outputDir }}/from-out.txt",
        "mkdir nested && echo 1 > nested/file.txt && echo 2 > 'top file.txt' && echo 3 > ignored.log",
        "test \"$OUTPUT_DIR\" = '{{ outputDir }}' && test \"$WORKING_DIR\" = '{{ workingDir }}' && pwd", in: world,
        properties: [
            "inputFiles": ["in.txt": "Hello {{ workingDir }}\n", "sub/copy.txt": .string(stored)],
            "outputFiles": ["**/*.txt", "*.none"], "outputDirectory": true,
        ])
    #expect(failure == nil)
    let files = try #require(outputs["outputFiles"]?.map)
    #expect(Set(files.keys) == ["in.txt", "sub/copy.txt", "nested/file.txt", "top file.txt", "from-out.txt"])
    #expect(world.vault.text(files["from-out.txt"]?.string ?? "") == "stored text")
    #expect(files["top file.txt"]?.string?.hasSuffix("/top+file.txt") == true)
    #expect(world.vault.text(files["nested/file.txt"]?.string ?? "") == "1\n")
    #expect(try FileTree.files(in: world.folder) == [])
}

@Test func `Names that lead out of the working directory are refused`() async throws {
    for name in ["/etc/x", "../x", "a/../../x", "./x"] {
        let (_, failure) = try await shell("true", in: TestWorld(), properties: ["inputFiles": [name: "x"]])
        #expect(failure?.contains("only relative path is supported") == true)
    }
}

@Test func `The environment has the task's own variables and none of the server's secrets`() async throws {
    let world = TestWorld()
    _ = try await shell("echo \"$A $N\"", in: world, properties: ["env": ["A": "{{ 1 + 1 }}", "N": 5]])
    #expect(world.messages(.info) == ["2 5"])
    let visible = ServerEnvironment.visible(of: ["SECRET_A": "x", "SLUICE_DB": "y", "KESTRA_X": "z", "PATH": "/bin"])
    #expect(visible == ["PATH": "/bin"])
}

@Test func `warningOnStdErr turns error output into a warning`() async throws {
    let context = TestWorld().context()
    let quiet = try ShellScript.make(["script": "echo x >&2"], variables: [:])
    #expect(quiet.state(of: try await quiet.run(context)) == .success)
    let warning = try ShellScript.make(["script": "echo x >&2", "warningOnStdErr": true], variables: [:])
    #expect(warning.state(of: try await warning.run(context)) == .warning)
}

@Test func `A long script goes through a file`() async throws {
    let world = TestWorld()
    let script = (0..<20_000).map { "echo line \($0) >/dev/null" }.joined(separator: "\n") + "\necho end"
    let task = try ShellScript.make(["script": .string(script), "beforeCommands": ["A=1"]], variables: [:])
    _ = try await task.run(world.context())
    #expect(world.messages(.info) == ["end"])
}

@Test func `Python scripts find true, false and null`() async throws {
    let world = TestWorld()
    let task = try PythonScriptTask.make(
        ["script": "import json\nprint(json.dumps([true, false, null]))", "outputFiles": ["**"]], variables: [:])
    let outputs = try await task.run(world.context())
    #expect(world.messages(.info) == ["[true, false, null]"])
    #expect(outputs.outputFiles == [:])
}

@Test func `Namespace files are copied`() async throws {
    let world = TestWorld()
    for name in ["a.py", "lib/b.py", "lib/c.txt", "secret.txt"] {
        _ = try await world.vault.store(Array(name.utf8), at: "/company/team/_files/\(name)")
    }
    _ = try await shell(
        "find . -type f | sort", in: world,
        properties: ["namespaceFiles": ["enabled": true, "include": ["*.py", "c.txt"], "exclude": ["lib/b*"]]])
    #expect(world.messages(.info) == ["./a.py", "./lib/c.txt"])
}

@Test func `Runners of other machines are refused, containers only warned about`() async throws {
    let world = TestWorld()
    let docker: Value = ["type": "io.kestra.plugin.scripts.runner.docker.Docker"]
    #expect(try await shell("true", in: world, properties: ["taskRunner": docker]).failure == nil)
    #expect(world.messages(.warn).count == 1)
    let batch: Value = ["type": "io.kestra.plugin.ee.aws.runner.Batch"]
    #expect(try await shell("true", in: world, properties: ["taskRunner": batch]).failure?.contains("Batch") == true)
}
