import FlowModel

/// What functions may ask of the outside. Every requirement has a default that answers emptily or refuses with a clear
/// error, so that an implementation gives only what it has.
///
/// Implementations are asked from whatever thread renders, and answer at once: what needs waiting (HTTP) is bounded by
/// the implementation.
public protocol World: Sendable {
    /// The current moment, as `now()` shows it.
    var now: Instant { get }
    /// The zone in which dates without one are meant and dates are printed inside JSON.
    var timeZone: Zone { get }
    /// 64 random bits.
    func random() -> UInt64

    /// The value of a secret, asked by the name as the user wrote it. The implementation sees every value that a
    /// template gets to see, and can mask it in logs from then on.
    /// - Parameter namespace: nil for the flow's own.
    /// - Throws: ``ExpressionError/missingSecret(_:)`` for one that is not there.
    func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String

    /// A value of the key-value store; nil when it is not there or over. Without a namespace the flow's own is searched
    /// and then its parents, the nearest first.
    /// - Throws: with `errorOnMissing`, ``ExpressionError/missingKey(_:namespace:)`` or ``ExpressionError/expiredKey``.
    func kv(_ key: String, namespace: String?, errorOnMissing: Bool) throws(ExpressionError) -> Value?

    /// The bytes of a file. Whether the flow may see it was checked before; see ``FileReference``.
    func file(_ file: FileReference) throws(ExpressionError) -> [UInt8]
    /// Bytes in a file, nil for one that does not exist.
    func fileSize(_ file: FileReference) throws(ExpressionError) -> Int64?
    /// Whether a flow of namespace `own` may read what belongs to `other`: files, keys.
    func allows(namespace other: String, from own: String) -> Bool

    /// The ERROR entries of the current execution's log, oldest first: maps with `timestamp`, `level`, `message`,
    /// `taskId`, `taskRunId` and so on.
    func errorLogs() throws(ExpressionError) -> [Value]
    /// Performs a request and gives its answer, whatever its status.
    func http(_ request: HTTPCall) throws(ExpressionError) -> HTTPAnswer
    /// Runs a flow and waits for its outputs.
    func subflow(_ call: SubflowCall) throws(ExpressionError) -> Value
    /// A TCP port of this machine that is free now.
    func freePort() throws(ExpressionError) -> Int
}

/// A file that an expression names.
public enum FileReference: Sendable, Hashable {
    /// A file of the internal storage: the whole URI, `kestra:///…`.
    case storage(uri: String)
    /// A namespace file: its path without a leading slash.
    case namespace(String, path: String)
    /// A file of this machine: the path of a `file://` URI.
    case local(path: String)
}

/// What `http()` asks for.
public struct HTTPCall: Sendable, Hashable {
    public var uri: String
    public var method: String
    /// Values are texts or lists of texts.
    public var query: ValueMap
    public var headers: ValueMap
    public var body: Value
    public var contentType: String
    public var accept: String
    /// The client's configuration as for the HTTP tasks: timeouts, authentication, TLS.
    public var options: Value
}

/// What came back for an ``HTTPCall``.
public struct HTTPAnswer: Sendable, Hashable {
    public var status: Int
    public var reason: String
    public var contentType: String?
    public var body: [UInt8]

    public init(status: Int, reason: String, contentType: String?, body: [UInt8]) {
        self.status = status
        self.reason = reason
        self.contentType = contentType
        self.body = body
    }
}

/// What `subflow()` asks for.
public struct SubflowCall: Sendable, Hashable {
    public var namespace: String
    public var id: String
    public var inputs: ValueMap
    public var revision: Int64?
    public var labels: ValueMap
    public var timeout: ISODuration?
}

extension World {
    public var timeZone: Zone { .utc }
    public func random() -> UInt64 { UInt64.random(in: .min ... .max) }

    public func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String {
        throw .missingSecret(name)
    }

    public func kv(_ key: String, namespace: String?, errorOnMissing: Bool) throws(ExpressionError) -> Value? {
        guard errorOnMissing else { return nil }
        throw .missingKey(key, namespace: namespace ?? "")
    }

    public func file(_ file: FileReference) throws(ExpressionError) -> [UInt8] { throw .missingFile(file) }
    public func fileSize(_ file: FileReference) throws(ExpressionError) -> Int64? { nil }
    public func allows(namespace other: String, from own: String) -> Bool { true }
    public func errorLogs() throws(ExpressionError) -> [Value] { [] }

    public func http(_ request: HTTPCall) throws(ExpressionError) -> HTTPAnswer {
        throw .evaluation("The 'http' function is not available here.")
    }

    public func subflow(_ call: SubflowCall) throws(ExpressionError) -> Value {
        throw .evaluation("The 'subflow' function is only available while inputs are rendered.")
    }

    public func freePort() throws(ExpressionError) -> Int {
        throw .evaluation("The 'randomPort' function is not available here.")
    }
}

extension ExpressionError {
    public static func missingSecret(_ name: String) -> ExpressionError {
        .evaluation("Cannot find secret for key '\(name)'.")
    }

    public static func missingKey(_ key: String, namespace: String) -> ExpressionError {
        .evaluation(
            "The key '\(key)' does not exist in the namespace '\(namespace)'.",
            hint: "store it first, or write kv('\(key)', errorOnMissing=false)"
        )
    }

    public static var expiredKey: ExpressionError { .evaluation("The requested value has expired") }

    public static func missingFile(_ file: FileReference) -> ExpressionError {
        switch file {
        case .storage(let uri): .evaluation("Unable to read the file '\(uri)': it does not exist")
        case .namespace(let namespace, let path):
            .evaluation("Unable to read the file '\(path)': it does not exist in the namespace '\(namespace)'")
        case .local(let path): .evaluation("Unable to read the file '\(path)': it does not exist")
        }
    }
}

/// A world with nothing in it but chance and a clock that stands at the moment it is given.
public struct NoWorld: World {
    public let now: Instant
    public let timeZone: Zone

    public init(now: Instant = Instant(seconds: 0), timeZone: Zone = .utc) {
        self.now = now
        self.timeZone = timeZone
    }
}
