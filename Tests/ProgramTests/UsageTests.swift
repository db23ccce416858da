import Foundation
import Testing

/// What is wrong with a command line is told in one form, with exit code 2, before anything happens.
@Suite struct UsageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var words: [String]
        var says: [String]
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(arguments: [
        Case(words: ["serve"], says: ["error: sluice has no command \"serve\"", "did you mean \"server\"?"]),
        Case(words: ["frob"], says: ["error: sluice has no command \"frob\"", "use one of: server, run"]),
        Case(words: ["exec", "strat"], says: ["sluice exec has no command \"strat\"", "did you mean \"start\"?"]),
        Case(words: ["help", "serve"], says: ["did you mean \"server\"?"]),
        Case(words: ["run"], says: ["error: missing expected argument '<file>'", "see `sluice run --help`"]),
        Case(words: ["validate", "--strct", "x"], says: ["error: unknown option '--strct'", "'--strict'"]),
        Case(words: ["flow", "list", "--limit", "-5"], says: ["'-5' is invalid for '--limit", "from 1 to 10000"]),
        Case(words: ["flow", "list", "--limit", "abc"], says: ["'abc' is invalid for '--limit", "from 1 to 10000"]),
        Case(words: ["exec", "list", "--limit", "0"], says: ["'0' is invalid for '--limit", "from 1 to 10000"]),
        Case(words: ["exec", "list", "-o", "xml"], says: ["'xml' is invalid for '-o", "'jsonl'"]),
        Case(
            words: ["exec", "list", "--server", "notaurl"],
            says: ["error: --server is no address of a server: notaurl", "did you mean http://notaurl?"]),
        Case(words: ["flow", "get", "hello"], says: ["error: hello names no flow", "NAMESPACE/ID"]),
        Case(words: ["exec", "get", ""], says: ["error: \"\" is no execution's id"]),
        Case(words: ["run", "flows/hello.yaml", "--store", "/proc/x"], says: ["name another folder with --store"]),
        Case(words: ["render"], says: ["--jsonl"]),
        Case(words: ["cron", "* *"], says: ["invalid cron expression"]),
        Case(words: ["server", "--secrets", "/nowhere/at/all"], says: ["the folder /nowhere/at/all", "--secrets"]),
        Case(words: ["run", "flows/hello.yaml", "--secrets", "/nowhere/at/all"], says: ["--secrets"]),
        Case(
            words: ["run", "flows/hello.yaml", "--with", "/nowhere/at/all"], says: ["/nowhere/at/all does not exist"]),
        Case(
            words: ["run", "flows/hello.yaml", "-i", "nmae=x"],
            says: ["error: flow company.team/hello has no input \"nmae\"", "did you mean \"name\"?"]),
        Case(words: ["run", "flows/hello.yaml", "-i", "name"], says: ["name=value"]),
    ])
    func `a mistake of use is told`(_ one: Case) async throws {
        let ended = try await Child(Sluice.path, one.words, at: Sluice.home).ended()
        #expect(ended.status == 2 && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.hasPrefix("error: ") && ended.errors.contains("\n   fix: "), "\(ended.errors)")
        for text in one.says { #expect(ended.errors.contains(text), "\(ended.errors)") }
        #expect(!ended.errors.contains("Hello"), "the flow ran")
    }

    @Test(arguments: ["SLUICE_SERVER", "KESTRA_HOSTNAME"])
    func `a variable that names no server is told by its name`(_ name: String) async throws {
        let ended = try await Child(
            Sluice.path, ["exec", "list"], at: Sluice.home, environment: [name: "localhost:8080"]
        ).ended()
        #expect(ended.status == 2)
        #expect(
            ended.errors.contains("\(name) is no address")
                && ended.errors.contains("did you mean http://localhost:8080?"))
    }

    @Test func `a name that is near nothing is not taken for another`() async throws {
        let ended = try await Sluice.run("type", "show", "nope")
        #expect(ended.status == 5 && ended.errors.contains("`sluice type list`"), "\(ended.errors)")
    }

    @Test func `a run without the flows that it calls says how to give them`() async throws {
        let ended = try await Sluice.run("run", "flows/subflow.yaml")
        #expect(ended.status == 1)
        #expect(
            ended.errors.hasPrefix(
                "warning: task add calls the flow company.team/subflow_child, which is not here\n"
                    + "   fix: name its file or folder, such as --with flows\n"), "\(ended.errors)")
        #expect(try await !Sluice.run("run", "flows/subflow.yaml", "--with", "flows").errors.contains("warning"))
    }

    @Test func `a server that is not there is exit code 3, in few words`() async throws {
        let ended = try await Sluice.run("exec", "list", "--server", "http://127.0.0.1:1")
        #expect(ended.status == 3 && ended.errors.contains("nobody listens there"), "\(ended.errors)")
    }

    @Test func `a folder without flows is told`() async throws {
        let folder = try Folder(["note.txt": "no flow"])
        for command in [["validate"], ["flow", "apply"], ["validate", "-o", "json"]] {
            let ended = try await Child(Sluice.path, command + ["."], at: folder.path).ended()
            #expect(ended.status == 2 && ended.output.isEmpty)
            #expect(ended.errors.hasPrefix("error: no flow files found in ."), "\(ended.errors)")
        }
    }

    @Test func `one flow is one flow`() async throws {
        let folder = try Folder(["a.yaml": logFlow("a")])
        #expect(try await Sluice.run("validate", ".", at: folder.path).errors == "1 flow is valid\n")
        try folder.write("b.yaml", "id: b\n")
        #expect(try await Sluice.run("validate", ".", at: folder.path).errors == "1 of 2 flows is not valid\n")
    }

    @Test func `the version, and what is in it`() async throws {
        let short = try await Sluice.run("--version")
        #expect(short.status == 0 && short.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        let long = try await Sluice.run("version", "-o", "json")
        let parts = try JSON(long.output)
        #expect(parts["sluice"].text + "\n" == short.output)
        for name in ["Swift", "libgit2", "SQLite", "libyaml"] {
            #expect(parts[name].text.contains(/^\d+\.\d+/), "\(name): \(long.output)")
        }
        #expect(try await Sluice.run("version").output.contains("libgit2"))
    }

    @Test func `a date that never comes is said to`() async throws {
        let ended = try await Sluice.run("cron", "0 0 30 2 *")
        #expect(ended.status == 0 && ended.output.contains("never"))
        #expect(try await Sluice.run("cron", "0 8 * * 1-5", "-n", "2").output.split(separator: "\n").count == 3)
    }

    @Test(arguments: [["bash"], ["zsh"], ["fish"]])
    func `shells get completions`(_ shell: [String]) async throws {
        let ended = try await Child(Sluice.path, ["--generate-completion-script"] + shell, at: Sluice.home).ended()
        #expect(ended.status == 0 && ended.output.contains("validate"))
    }

    @Test func `help may stand anywhere`() async throws {
        for words in [["help", "exec", "start"], ["exec", "help", "start"], ["exec", "start", "--help"]] {
            let ended = try await Child(Sluice.path, words, at: Sluice.home).ended()
            #expect(ended.status == 0 && ended.output.contains("OVERVIEW: Start a flow."), "\(words)")
        }
    }
}

/// `sluice run` and Ctrl-C.
@Suite struct InterruptionTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func `an interrupted run kills its execution and leaves nothing behind`(_ signal: Int32) async throws {
        let folder = try Folder()
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        try folder.write(
            "flow.yaml",
            """
            id: slow
            namespace: a
            tasks:
              - id: wait
                type: io.kestra.plugin.scripts.shell.Script
                script: |
                  exec 3>\(pipe)
                  echo up >&3
                  exec sleep 600
            """)
        let temporary = try Folder()
        let child = try Child(
            Sluice.path, ["run", "flow.yaml"], at: folder.path, environment: ["TMPDIR": temporary.path])
        let said = await blocking {
            // Opens once the script does, and ends when the last process of it has gone.
            guard let file = FileHandle(forReadingAtPath: pipe) else { return "" }
            let first = file.availableData
            child.signal(signal)
            return String(decoding: first + ((try? file.readToEnd()) ?? Data()), as: UTF8.self)
        }
        #expect(said == "up\n")
        let ended = await child.ended()
        #expect(ended.status == 130, "\(ended)")
        #expect(ended.errors.contains("interrupted") && ended.errors.contains("KILLED in"), "\(ended.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty)
    }
}

/// Standard output that takes no more.
@Suite struct OutputTests {
    private func shell(_ script: String) async throws -> Ended {
        try await Child("/bin/bash", ["-c", script, Sluice.path], at: Sluice.home).ended()
    }

    @Test(arguments: ["type list -o json", "--help", "validate flows -o json", "run flows/hello.yaml", "schema"])
    func `a full disk is told, and is no success`(_ words: String) async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let ended = try await shell("\"$0\" \(words) >/dev/full")
        #expect(ended.status == 2, "\(ended.errors)")
        #expect(ended.errors.contains("error: standard output cannot be written: No space left on device"))
    }

    @Test(arguments: ["schema", "run flows/hello.yaml", "type list"])
    func `a reader that leaves early is no matter`(_ words: String) async throws {
        let ended = try await shell("\"$0\" \(words) | true; echo ${PIPESTATUS[0]}")
        #expect(ended.output == "0\n")
        #expect(!ended.errors.contains("error"), "\(ended.errors)")
    }

    @Test func `a pipe that is full and does not wait loses nothing`() async throws {
        let script = """
            import fcntl, os, subprocess, sys, time
            reading, writing = os.pipe()
            fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
            child = subprocess.Popen([sys.argv[1], "schema"], stdout=writing)
            os.close(writing)
            size = 0
            while piece := os.read(reading, 4096):
                size += len(piece)
            print(size, child.wait())
            """
        let whole = try await Sluice.run("schema").output.utf8.count
        let ended = try await Child("/usr/bin/env", ["python3", "-c", script, Sluice.path], at: Sluice.home).ended()
        #expect(whole > 70_000 && ended.output == "\(whole) 0\n", "\(ended)")
    }
}
