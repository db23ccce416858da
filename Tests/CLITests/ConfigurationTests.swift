import FlowModel
import Testing

@testable import CLI

@Suite struct ConfigurationTests {
    private func problems(_ text: String) -> [Problem] {
        do throws(Problems) {
            _ = try Configuration.read(text, file: "c.yaml")
            return []
        } catch {
            return error.all
        }
    }

    @Test func `every key is read, however it is written`() throws {
        let configuration = try Configuration.read(
            """
            sluice:
              url: https://flows.example.com/
              timezone: Europe/Paris
              encryption: { secretKey: abc }
              variables: { globals: { region: eu }, env-vars-prefix: ENV_, recursiveRendering: true }
              server: { host: 0.0.0.0, port: 9000, worker-threads: 3, max-body-bytes: 100, grace: PT5S }
              storage: { synchronous: NORMAL }
              git: { name: Ada, email: ada@example.com }
              limits: { subflow-depth: 7 }
              plugins:
                defaults: []
                configurations:
                  - type: io.kestra.plugin.core.trigger.Schedule
                    values: { recoverMissedSchedules: NONE }
            """, file: "c.yaml")
        #expect(configuration.url == "https://flows.example.com/" && configuration.timeZone == "Europe/Paris")
        #expect(configuration.secretKey == "abc" && configuration.environmentPrefix == "ENV_")
        #expect(configuration.globals == ["region": "eu"] && configuration.recursiveRendering)
        #expect(configuration.host == "0.0.0.0" && configuration.port == 9000 && configuration.workers == 3)
        #expect(configuration.maxBodyBytes == 100 && configuration.grace == .seconds(5))
        #expect(configuration.subflowDepth == 7)
        #expect(configuration.synchronous == "NORMAL" && configuration.gitName == "Ada")
        #expect(configuration.recoverMissedSchedules == "NONE" && configuration.warnings.isEmpty)
    }

    @Test(arguments: [
        ("sluice:\n  server:\n    prt: 1\n", "c.yaml:3:5", "sluice.server.prt", "did you mean \"port\"?"),
        ("sluice:\n  serve: { port: 1 }\n", "c.yaml:2:3", "sluice.serve", "did you mean \"server\"?"),
        ("sluice:\n  git: { nothing: 1 }\n", "c.yaml:2:10", "sluice.git.nothing", "use one of: email, name"),
        ("slucie:\n  server: { port: 1 }\n", "c.yaml:1:1", "slucie", "did you mean \"sluice\"?"),
        ("server: { port: 1 }\n", "c.yaml:1:1", "server", "put it below `sluice:`"),
    ])
    func `an unknown key is told with its place and the nearest one`(
        _ text: String, _ place: String, _ path: String, _ fix: String
    ) {
        let found = problems(text).filter { $0.severity == .error }
        #expect(found.count == 1)
        #expect(found.first?.place?.description == place && found.first?.path == path && found.first?.fix == fix)
    }

    @Test(arguments: [
        ("sluice:\n  server: 8080\n", "config.not-a-map"),
        ("sluice: { server: { port: high } }", "config.not-a-number"),
        ("sluice: { server: { port: 70000 } }", "config.not-a-number"),
        ("sluice: { server: { worker-threads: 0 } }", "config.not-a-number"),
        ("sluice: { server: { grace: 10 } }", "config.not-a-duration"),
        ("sluice: { timezone: Europe/Pari }", "config.no-zone"), ("sluice: { url: notaurl }", "config.no-address"),
        ("sluice: { variables: { recursive-rendering: maybe } }", "config.not-a-flag"), ("- a\n", "config.not-a-map"),
    ])
    func `a value that cannot be used is told`(_ text: String, _ code: String) {
        #expect(problems(text).map(\.code) == [code])
    }

    @Test func `what a file for Kestra holds beside is no mistake`() throws {
        let configuration = try Configuration.read(
            """
            datasources: { postgres: { url: "jdbc:postgresql://db" } }
            micronaut: { server: { port: 1 } }
            kestra:
              server: { basic-auth: { enabled: false }, port: 9000 }
              queue: { type: postgres }
              storage: { type: local, local: { base-path: /data } }
              tutorial-flows: { enabled: false }
            """, file: "c.yaml")
        #expect(configuration.port == 9000)
        let told = configuration.warnings.filter { $0.severity == .warning }.compactMap(\.path)
        #expect(
            told == [
                "kestra.server.basic-auth", "kestra.queue", "kestra.storage.type", "kestra.storage.local",
                "kestra.tutorial-flows",
            ])
        #expect(configuration.warnings.allSatisfy { $0.severity != .error })
    }

    @Test(arguments: ["", "# nothing\n", "sluice:\n", "kestra:\n  server:\n"])
    func `a file that says nothing changes nothing`(_ text: String) throws {
        #expect(try Configuration.read(text, file: "c.yaml").warnings.isEmpty)
    }

    @Test func `variables of the environment are keys too`() throws {
        let configuration = try Configuration.load(
            nil,
            environment: [
                "SLUICE_SERVER__PORT": "9001", "SLUICE_SERVER__WORKER_THREADS": "3", "SLUICE_SERVER": "http://x",
                "SLUICE_STORAGE__SYNCHRONOUS": "NORMAL", "SLUICE_GIT__NAME": "", "SLUICE_COMMIT": "x",
            ])
        #expect(configuration.port == 9001 && configuration.workers == 3 && configuration.synchronous == "NORMAL")
        #expect(configuration.gitName == nil)
    }

    @Test(arguments: [
        ("SLUICE_SERVER__PRT", "1", "config.unknown-key", "did you mean \"port\"?"),
        ("SLUICE_SERVER__PORT", "high", "config.not-a-number", nil),
        (
            "SLUICE_VARIABLES__GLOBALS__REGION", "eu", "config.only-in-file",
            "write it in a file, and name that with --config"
        ),
    ])
    func `a variable that sets nothing is told by its name`(
        _ name: String, _ text: String, _ code: String, _ fix: String?
    ) {
        do throws(Problems) {
            _ = try Configuration.load(nil, environment: [name: text])
            Issue.record("it was taken")
        } catch {
            #expect(error.all.map(\.code) == [code])
            #expect(error.all.first?.path?.hasPrefix("\(name): sluice.") == true && error.all.first?.fix == fix)
        }
    }
}
