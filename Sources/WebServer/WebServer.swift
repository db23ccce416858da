import EngineRuntime
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import Synchronization

/// What the web server is told about its place.
public struct WebSettings: Sendable {
    /// Where requests are taken: a name or an address of this machine.
    public var host: String
    /// 0 for any port that is free.
    public var port: Int
    /// The address that users see, without a slash at its end; nil when none is configured. The server answers to its name.
    public var url: String?
    /// The largest body that is not a form with files, and the most that the texts of a form may hold.
    public var maxBodyBytes: Int
    /// The largest form with files; files go to the store as they arrive.
    public var maxUploadBytes: Int
    public var version: String
    public var commit: String
    /// A name of this installation that stays.
    public var instanceID: String
    /// Asked before each request that is not open to everybody.
    public var gate: (any RequestGate)?

    public init(
        host: String = "127.0.0.1", port: Int = 8080, url: String? = nil, maxBodyBytes: Int = 25 << 20,
        maxUploadBytes: Int = 1 << 30, version: String = "0", commit: String = "", instanceID: String = "",
        gate: (any RequestGate)? = nil
    ) {
        self.host = host
        self.port = port
        self.url = url.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.maxBodyBytes = maxBodyBytes
        self.maxUploadBytes = maxUploadBytes
        self.version = version
        self.commit = commit
        self.instanceID = instanceID
        self.gate = gate
    }
}

/// Why the server cannot take requests.
public enum WebServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Something else listens there.
    case addressInUse(host: String, port: Int)
    /// This user may not listen there; ports below 1024 are root's.
    case notPermitted(host: String, port: Int)
    /// The host is no address of this machine.
    case noSuchAddress(host: String)

    public var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "port \(port) on \(host) is taken by another program; stop it, or choose another port with --port"
        case .notPermitted(let host, let port):
            "listening on \(host):\(port) is not permitted; choose a port from 1024 on with --port"
        case .noSuchAddress(let host): "\(host) is no address of this machine; choose another with --host"
        }
    }
}

/// The REST API over HTTP: takes requests from the moment it runs until a graceful shutdown, then answers those under way.
public struct WebServer: Service {
    let application: Application<Responder>
    private let settings: WebSettings
    private let port = PortNews()

    public init(engine: Engine, settings: WebSettings, logger: Logger = Logger(label: "sluice.web")) {
        self.init(
            door: LiveEngine(engine: engine), settings: settings, logger: logger,
            mask: AnswerMask(secrets: engine.secrets.given))
    }

    init(door: any EngineDoor, settings: WebSettings, logger: Logger, mask: AnswerMask? = nil) {
        self.settings = settings
        let port = port
        application = Application(
            responder: Responder(table: RouteTable(Self.routes(door, settings)), settings: settings, mask: mask),
            // Who stops in the middle of a request, or asks for nothing more, does not keep a connection forever.
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ParserRefusals()], idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024),
            onServerRunning: { channel in port.tell(channel.localAddress?.port ?? settings.port) },
            logger: logger)
    }

    static func routes(_ engine: any EngineDoor, _ settings: WebSettings) -> [Route] {
        let executions = ExecutionRoutes(engine: engine)
        return FlowRoutes(engine: engine).routes + FlowBulk(engine: engine).routes + GraphRoutes(engine: engine).routes
            + executions.routes
            + ExecutionActions(engine: engine, executions: executions).routes + ExecutionStreams(engine: engine).routes
            + ExecutionFiles(engine: engine).routes + ExecutionBulk(engine: engine).routes
            + WebhookRoutes(engine: engine).routes + LogRoutes(engine: engine).routes
            + TriggerRoutes(engine: engine).routes
            + KeyValueRoutes(engine: engine).routes + NamespaceRoutes(engine: engine).routes
            + MetricRoutes(engine: engine).routes + PluginRoutes(engine: engine).routes
            + HealthRoutes(engine: engine).routes + MiscRoutes(engine: engine, settings: settings).routes
    }

    /// Where requests are taken, such as `http://127.0.0.1:8080`; waits until they are. When the task is cancelled first, what
    /// the settings say.
    public func address() async -> String {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        return "http://\(host):\(await port.wait() ?? settings.port)"
    }

    /// - Throws: `WebServerError` when the address cannot be listened on.
    public func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw WebServerError.addressInUse(host: settings.host, port: settings.port)
        } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM {
            throw WebServerError.notPermitted(host: settings.host, port: settings.port)
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
            throw WebServerError.noSuchAddress(host: settings.host)
        } catch is SocketAddressError {
            throw WebServerError.noSuchAddress(host: settings.host)
        }
    }
}

/// The port that was got, for whoever waits for it.
private final class PortNews: Sendable {
    private struct State {
        var port: Int?
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var last = 0
    }
    private let state = Mutex(State())

    func tell(_ port: Int) {
        let waiters = state.withLock { state in
            state.port = port
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Nil when the task is cancelled before anything is known.
    func wait() async -> Int? {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.port != nil || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
        return state.withLock { $0.port }
    }
}
