import Foundation

/// What a script gets to see of the environment that the server was started with: everything but the entries that hold the
/// server's own settings and secrets, known by their prefixes. A flow gets at those through expressions only, where they
/// are masked.
enum ServerEnvironment {
    /// `SLUICE_` and `KESTRA_` are settings (database passwords, keys), `SECRET_` the secrets of flows.
    static let hiddenPrefixes = ["SLUICE_", "KESTRA_", "SECRET_"]

    /// Read once: the server never changes its own environment.
    static let passedOn: [String: String] = visible(of: ProcessInfo.processInfo.environment)

    static func visible(of environment: [String: String]) -> [String: String] {
        environment.filter { entry in !hiddenPrefixes.contains { entry.key.hasPrefix($0) } }
    }

    /// Whether a program is found in the server's `PATH`.
    static func has(_ program: String) -> Bool {
        (passedOn["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").contains { folder in
            access("\(folder)/\(program)", X_OK) == 0
        }
    }
}
