import ArgumentParser
import CoreTasks
import EngineRuntime
import FlowModel
import Logging
import ServiceLifecycle
import Storage
import TaskKit
import WebServer

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `sluice server`
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Run the server: REST API, webhooks, schedules and workers.",
        discussion: """
            Needs nothing but a folder for its data. Ready when GET /health answers 200.
            SIGTERM and Ctrl-C stop it: running tasks get the grace period, what is left is taken up at the next start.
            """)

    @Option(help: "The address to listen on.") var host: String?
    @Option(help: "The port; 0 for any free one.") var port: Int?
    @Option(help: "Folder for the database, stored files and caches; made when missing.") var data = "./data"
    @Option(help: "Folder of flow files, loaded at start and followed while the server runs.") var flows: String?
    @Option(help: "Folder with a file for each secret.") var secrets: String?
    @Option(name: [.customShort("c"), .long], help: "Configuration file (YAML).") var config: String?
    @Option(help: "Attempts at tasks that run at the same time.") var workerThreads: Int?
    @Option(help: "How long a stop waits for running tasks, such as PT60S.") var grace: String?
    @Option(help: "text or json.") var logFormat: LogFormat = .text
    @Option(help: "trace, debug, info, warning or error.") var logLevel: String = "info"
    @Flag(name: .customLong("no-examples"), help: "Load no example flows (none are loaded now).") var noExamples = false
    @Flag(help: "Listen on an address other than loopback although nobody has to sign in.") var insecureHttp = false

    func run() async throws {
        let started = ContinuousClock.now
        var configuration = try Program.configuration(config)
        if let workerThreads { configuration.workers = workerThreads }
        if let grace {
            guard let duration = try? ISODuration(grace) else {
                Console.note("error: --grace \(grace) is not an ISO 8601 duration\n   fix: write PT60S for a minute")
                throw Exit.usage
            }
            configuration.grace = duration
        }
        let host = self.host ?? configuration.host ?? "127.0.0.1"
        let port = self.port ?? configuration.port ?? 8080
        guard (0...65_535).contains(port) else {
            Console.note("error: \(port) is no port\n   fix: choose one from 1 to 65535, or 0 for any free one")
            throw Exit.usage
        }
        if let workers = configuration.workers, workers < 1 {
            Console.note("error: \(workers) workers would never run a task\n   fix: say --worker-threads 1 or more")
            throw Exit.usage
        }
        if !["127.0.0.1", "localhost", "::1"].contains(host), !insecureHttp {
            Console.note(
                "error: \(host) can be reached by others, and this server asks nobody to sign in\n   fix: put a proxy that authenticates in front of --host 127.0.0.1, or say --insecure-http"
            )
            throw Exit.usage
        }
        if let flows, (try? FileManager.default.contentsOfDirectory(atPath: flows)) == nil {
            Console.note("error: the folder \(flows) cannot be read\n   fix: make it, or name another one with --flows")
            throw Exit.usage
        }
        LoggingSystem.bootstrap(logFormat.handler(level: Logger.Level(rawValue: logLevel) ?? .info))
        let log = Logger(label: "sluice")
        let opened = try Program.open(
            Program.Place(data: data, secrets: secrets, configuration: configuration, url: configuration.url), log: log)
        let engine = opened.engine
        var loaded = ""
        if let flows {
            let report = try await engine.loadFlows(from: flows)
            for problem in report.problems where problem.severity == .error {
                Console.note(ProblemText(problem: problem, source: Self.source(problem)).text)
            }
            loaded = "  flows: \(report.loaded) loaded from \(flows)"
        }
        var settings = WebSettings(host: host, port: port, url: configuration.url, version: Program.version)
        if let limit = configuration.maxBodyBytes { settings.maxBodyBytes = limit }
        settings.instanceID = engine.newExecutionID().description
        let web = WebServer(engine: engine, settings: settings, logger: log)
        let greeting = Greeting(
            web: web, engine: engine, data: data, isNew: opened.isNew, loaded: loaded, started: started)
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: Self.services(engine, web, greeting, flows: flows),
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "sluice.services")))
        do {
            try await services.run()
        } catch {
            try await Self.end(error, data: data)
        }
        await BuiltInTasks.close()
        try? await opened.store.close()
    }

    private static func services(
        _ engine: Engine, _ web: WebServer, _ greeting: Greeting, flows: String?
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        // In order of start; stopped in the reverse order, so that no request finds the engine gone.
        var services = [ServiceGroupConfiguration.ServiceConfiguration(service: engine)]
        if let flows { services.append(.init(service: FollowFlows(engine: engine, folder: flows))) }
        services.append(.init(service: web))
        services.append(.init(service: greeting))
        return services
    }

    /// One message, and exit code 2, for what the place of the server refuses.
    private static func end(_ error: any Error, data: String) async throws {
        switch error {
        case let error as StorageError:
            Console.note(
                "error: \(error.what)\n   fix: \(Program.advice(error.kind, data))\n   code: storage.\(error.kind.rawValue)"
            )
            throw Exit.usage
        case let error as WebServerError:
            Console.note("error: \(error)")
            throw Exit.usage
        default: throw error
        }
    }

    private static func source(_ problem: Problem) -> String? {
        problem.place?.file.flatMap { FileManager.default.contents(atPath: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}

/// Follows the flow folder until the server stops.
private struct FollowFlows: Service {
    let engine: Engine
    let folder: String

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await engine.followFlows(in: folder) }
    }
}

/// Tells on standard output where the server is, once it is ready.
private struct Greeting: Service {
    let web: WebServer
    let engine: Engine
    let data: String
    let isNew: Bool
    let loaded: String
    let started: ContinuousClock.Instant

    func run() async throws {
        let address = await web.address()
        guard !Task.isCancelled else { return }  // the server ends before it was ready
        let time = started.duration(to: .now).components
        let milliseconds = time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000
        Console.out("sluice \(Program.version)  data \(data) (SQLite\(isNew ? ", new" : ""))\(loaded)")
        Console.out("  API  \(address)/api/v1        health  \(address)/health")
        for line in (try? await engine.nextSchedules(5)) ?? [] { Console.out("  next \(line)") }
        Console.out("ready in \(Double(milliseconds) / 1000) s")
        try await gracefulShutdown()
    }
}

enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json

    func handler(level: Logger.Level) -> @Sendable (String) -> any LogHandler {
        { label in
            switch self {
            case .text:
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            case .json: return JSONLogHandler(label: label, level: level)
            }
        }
    }
}

/// Log lines as JSON objects, for machines.
private struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members: ValueMap = [
            "timestamp": .string(SystemClock().now.iso), "level": .string(event.level.rawValue),
            "logger": .string(label),
            "message": .string("\(event.message)"),
        ]
        for (key, value) in metadata { members[key] = .string("\(value)") }
        for (key, value) in event.metadata ?? [:] { members[key] = .string("\(value)") }
        Console.note(Value.map(members).jsonText())
    }
}
