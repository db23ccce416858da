import FlowModel
import TaskKit

/// What all tasks of the key-value store have in common. Source: engine spec §6.3.
enum KeyRules {
    /// - Throws: for a key that no store would take.
    static func check(_ key: String) throws(TaskFailure) {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        let others = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")]
        guard let first = key.utf8.first, isAlphanumeric(first),
            key.utf8.allSatisfy({ isAlphanumeric($0) || others.contains($0) })
        else {
            throw TaskFailure(
                "Key must start with an alphanumeric character (uppercase or lowercase) and can contain alphanumeric "
                    + "characters (uppercase or lowercase), dots (.), underscores (_), and hyphens (-) only.")
        }
    }

    static func missing(_ key: String, in namespace: String) -> TaskFailure {
        TaskFailure("No value found for key '\(key)' in namespace '\(namespace)' and `errorOnMissing` is set to true")
    }
}

extension RunContext {
    /// The namespace whose keys a task works with: the one it names, or the flow's own.
    ///
    /// Its own and its parents may always be named; another one must exist, with flows or with keys.
    func keyNamespace(_ named: String?) async throws(TaskFailure) -> String {
        guard let named, named != identity.namespace else { return identity.namespace }
        if identity.namespace.hasPrefix(named + ".") { return named }
        let exists = try await attempting {
            if try await !services.keyValues.keys(in: named, prefix: "").isEmpty { return true }
            return try await !services.flows.flows(in: named, children: true).flows.isEmpty
        }
        guard exists else {
            throw TaskFailure("Cannot access the KV store. The namespace '\(named)' does not exist.")
        }
        return named
    }
}
