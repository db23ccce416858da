import Expressions
import FlowModel
import Storage
import TaskKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What expressions may ask of this server: secrets, key-values, files, the errors of an execution.
struct ServerWorld: World {
    let clock: any FlowClock
    let timeZone: Zone
    let secrets: Secrets
    /// Learns every secret that is read.
    let mask: SecretMask
    let quick: any QuickReads
    /// The flow's own namespace.
    let namespace: String
    let errors: ErrorLog

    var now: Instant {
        let moment = clock.now.milliseconds
        let seconds = moment >= 0 ? moment / 1000 : (moment - 999) / 1000
        return Instant(seconds: seconds, nanoseconds: Int32(moment - seconds * 1000) * 1_000_000)
    }

    func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String {
        guard let value = secrets.value(name) else { throw .missingSecret(name) }
        mask.remember(value)
        return value
    }

    func kv(_ key: String, namespace: String?, errorOnMissing: Bool) throws(ExpressionError) -> Value? {
        // Without a namespace the flow's own is asked, then its parents.
        var candidates = [namespace ?? self.namespace]
        while namespace == nil, let dot = candidates[candidates.count - 1].lastIndex(of: ".") {
            candidates.append(String(candidates[candidates.count - 1][..<dot]))
        }
        for candidate in candidates {
            do throws(StorageError) {
                switch try quick.kvNow(namespace: candidate, key: key, at: clock.now) {
                case .found(let entry): return entry.value
                case .expired: throw StorageError(.notFound, "expired")
                case .missing: continue
                }
            } catch {
                if error.kind == .notFound { throw .expiredKey }
                throw .evaluation("The key-value store cannot be read: \(error.what)")
            }
        }
        if errorOnMissing { throw .missingKey(key, namespace: namespace ?? self.namespace) }
        return nil
    }

    func file(_ file: FileReference) throws(ExpressionError) -> [UInt8] {
        guard let path = try localPath(file), let data = FileManager.default.contents(atPath: path) else {
            throw .missingFile(file)
        }
        return [UInt8](data)
    }

    func fileSize(_ file: FileReference) throws(ExpressionError) -> Int64? {
        guard let path = try localPath(file) else { return nil }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder else { return nil }
        return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int).map(Int64.init)
    }

    func errorLogs() throws(ExpressionError) -> [Value] { errors.all }

    private func localPath(_ file: FileReference) throws(ExpressionError) -> String? {
        do throws(StorageError) {
            switch file {
            case .storage(let uri): return try quick.localPathNow(of: FilePath(uri))
            case .namespace(let namespace, let path):
                return try quick.localPathNow(of: FilePath.namespaceFiles(namespace).appending(path))
            case .local: return nil
            }
        } catch {
            throw .evaluation(error.what)
        }
    }
}
