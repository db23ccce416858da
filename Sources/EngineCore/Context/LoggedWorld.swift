import Expressions
import FlowModel

/// A world whose error log has some lines more: those of the step that runs now.
struct LoggedWorld: World {
    let base: any World
    let errors: [Value]

    var now: Instant { base.now }
    var timeZone: Zone { base.timeZone }
    func random() -> UInt64 { base.random() }

    func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String {
        try base.secret(name, namespace: namespace)
    }

    func kv(_ key: String, namespace: String?, errorOnMissing: Bool) throws(ExpressionError) -> Value? {
        try base.kv(key, namespace: namespace, errorOnMissing: errorOnMissing)
    }

    func file(_ file: FileReference) throws(ExpressionError) -> [UInt8] { try base.file(file) }
    func fileSize(_ file: FileReference) throws(ExpressionError) -> Int64? { try base.fileSize(file) }
    func allows(namespace other: String, from own: String) -> Bool { base.allows(namespace: other, from: own) }
    func errorLogs() throws(ExpressionError) -> [Value] { try base.errorLogs() + errors }
    func http(_ request: HTTPCall) throws(ExpressionError) -> HTTPAnswer { try base.http(request) }
    func subflow(_ call: SubflowCall) throws(ExpressionError) -> Value { try base.subflow(call) }
    func freePort() throws(ExpressionError) -> Int { try base.freePort() }
}
