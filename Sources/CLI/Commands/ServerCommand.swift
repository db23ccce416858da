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
            Needs nothing but a folder for its data. Ready when GET /health answers 200. \
            SIGTERM and Ctrl-C stop it: running tasks get the grace period, what is left is taken up at the next start.
            """)

    @Option(help: "The address to listen on; 127.0.0.1 unless the configuration says otherwise.") var host: String?
    @Option(help: "The port, 0 for any free one; 8080 unless the configuration says otherwise.") var port: Int?
    @Option(help: "Folder for the database, stored files and caches; made when missing.") var data = "./data"
    @Option(help: "Folder of flow files, loaded at start and followed while the server runs.") var flows: String?
    @Option(help: "Folder with a file for each secret; hidden files and README.md are none.") var secrets: String?
    @Option(name: [.customShort("c"), .long], help: "Configuration file (YAML).") var config: String?
    @Option(help: "Attempts at tasks that run at the same time; 8 for each core when left out.") var workerThreads: Int?
    @Option(help: "How long a stop waits for running tasks, PT60S when left out.") var grace: String?
    @Option(help: "How the server's own log is written.") var logFormat: LogFormat = .text
    @Option(help: "How much the server's own log tells.") var logLevel: LogLevelOption = .info
    /// Nothing is loaded that nobody asked for; the flag is taken from those who say so.
    @Flag(name: .customLong("no-examples"), help: .hidden) var noExamples = false
    @Flag(help: "Listen on an address other than loopback although nobody has to sign in.") var insecureHttp = false

    func run() async throws {
        let started = ContinuousClock.now
        var configuration = try Program.configuration(config)
        if let workerThreads { configuration.workers = workerThreads }
        if let grace {
            guard let duration = try? ISODuration(grace) else {
                throw Exit.told("--grace \(grace) is not an ISO 8601 duration", fix: "write PT60S for a minute")
            }
            configuration.grace = duration
        }
        let host = self.host ?? configuration.host ?? "127.0.0.1"
        let port = self.port ?? configuration.port ?? 8080
        guard (0...65_535).contains(port) else {
            throw Exit.told("\(port) is no port", fix: "choose one from 1 to 65535, or 0 for any free one")
        }
        if let workers = configuration.workers, workers < 1 {
            throw Exit.told("\(workers) workers would never run a task", fix: "say --worker-threads 1 or more")
        }
        let isLoopback = ["127.0.0.1", "localhost", "::1"].contains(host)
        if !isLoopback, !insecureHttp {
            throw Exit.told(
                "\(host) can be reached by others, and this server asks nobody to sign in",
                fix: "put a proxy that authenticates in front of --host 127.0.0.1, or say --insecure-http")
        }
        if let flows, (try? FileManager.default.contentsOfDirectory(atPath: flows)) == nil {
            throw Exit.told("the folder \(flows) cannot be read", fix: "make it, or name another one with --flows")
        }
        let secretNames = try secrets.map(Program.secrets)
        LoggingSystem.bootstrap(logFormat.handler(level: logLevel.level))
        let log = Logger(label: "sluice")
        let opened = try Program.open(
            Program.Place(data: data, secrets: secrets, configuration: configuration, url: configuration.url), log: log)
        let engine = opened.engine
        var loaded: [String] = []
        if let flows {
            let report = try await engine.loadFlows(from: flows)
            for problem in report.problems where problem.severity == .error {
                Console.note(ProblemText(problem: problem, source: Self.source(problem)).text)
            }
            loaded.append("flows: \(report.loaded) loaded from \(flows)")
        }
        if let secrets, let secretNames { loaded.append("secrets: \(secretNames.count) in \(secrets)") }
        var settings = WebSettings(host: host, port: port, url: configuration.url, version: Program.version)
        if let limit = configuration.maxBodyBytes { settings.maxBodyBytes = limit }
        settings.instanceID = engine.newExecutionID().description
        let web = WebServer(engine: engine, settings: settings, logger: log)
        let greeting = Greeting(
            web: web, engine: engine, data: data, isNew: opened.isNew, loaded: loaded, isLoopback: isLoopback,
            started: started)
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
    let loaded: [String]
    let isLoopback: Bool
    let started: ContinuousClock.Instant

    func run() async throws {
        let address = await web.address()
        guard !Task.isCancelled else { return }  // the server ends before it was ready
        let time = started.duration(to: .now).components
        let milliseconds = time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000
        let parts = ["sluice \(Program.version)", "data \(data) (SQLite\(isNew ? ", new" : ""))"] + loaded
        Console.out(parts.joined(separator: "  "))
        Console.out("  API   \(address)/api/v1        health  \(address)/health")
        Console.out(
            "  auth  off: \(isLoopback ? "only this machine reaches it" : "whoever reaches it may do everything")")
        for line in (try? await engine.nextSchedules(5)) ?? [] { Console.out("  next  \(line)") }
        Console.out("ready in \(Double(milliseconds) / 1000) s")
        try await gracefulShutdown()
    }
}

/// How much the server's own log tells.
enum LogLevelOption: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, warning, error

    init?(argument: String) { self.init(rawValue: argument.lowercased() == "warn" ? "warning" : argument.lowercased()) }

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
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
