import FoundationEssentials

/// What the `git` program and `ssh` see of the world: exactly this, and nothing secret in arguments.
///
/// Source: git-engine-notes §4 "CLI environment".
struct GitEnvironment {
    let variables: [String: String]
    private let secrets: SecretFiles?

    init(_ connection: Connection, settings: GitSettings) throws(GitError) {
        let home = settings.dataDirectory + "/git-home"
        do {
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        } catch {
            throw GitError(.local, "cannot make \(home): \(error)")
        }
        let inherited = ProcessInfo.processInfo.environment
        var variables = [
            "PATH": inherited["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "HOME": home,
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ALLOW_PROTOCOL": settings.allowsFiles ? "https:http:ssh:file" : "https:http:ssh",
            "GIT_HTTP_LOW_SPEED_LIMIT": "1",
            "GIT_HTTP_LOW_SPEED_TIME": "\(max(1, connection.readTimeout.components.seconds))",
            "GIT_ASKPASS": "/bin/true",
        ]
        variables["TMPDIR"] = inherited["TMPDIR"]
        if !connection.noProxy {
            for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
                variables[name] = inherited[name]
            }
        }
        var configuration = [
            ("core.hooksPath", "/dev/null"), ("gc.auto", "0"), ("maintenance.auto", "false"),
            ("fetch.fsckObjects", "true"),
            ("protocol.version", "2"), ("fetch.negotiationAlgorithm", "noop"), ("credential.helper", ""),
            ("safe.directory", "*"), ("core.askPass", "/bin/true"),
        ]
        var secrets: SecretFiles?
        switch connection.url.scheme {
        case .http, .https:
            if let authorization = connection.authorization {
                configuration.append(("http.\(connection.url.address).extraHeader", "Authorization: \(authorization)"))
            }
            if connection.noProxy { configuration.append(("http.proxy", "")) }
            if let extra = connection.trustedAuthorities {
                let files = try SecretFiles(settings: settings)
                configuration.append(("http.sslCAInfo", try files.authorities(adding: extra)))
                secrets = files
            }
        case .ssh:
            let files = try SecretFiles(settings: settings)
            variables.merge(try files.ssh(connection, settings: settings)) { _, new in new }
            secrets = files
        case .file:
            break
        }
        variables["GIT_CONFIG_COUNT"] = "\(configuration.count)"
        for (i, (key, value)) in configuration.enumerated() {
            variables["GIT_CONFIG_KEY_\(i)"] = key
            variables["GIT_CONFIG_VALUE_\(i)"] = value
        }
        self.variables = variables
        self.secrets = secrets
    }

    /// Removes the files that were made for this call.
    func finish() { secrets?.remove() }
}

/// Files that one call of `git` needs and nobody else may read: in memory where the system has such a folder.
final class SecretFiles {
    private let folder: String

    init(settings: GitSettings) throws(GitError) {
        let memory = "/dev/shm"
        let base = FileManager.default.isWritableFile(atPath: memory) ? memory : settings.dataDirectory
        folder = base + "/sluice-" + UUID().uuidString
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw GitError(.local, "cannot make a folder for keys: \(error)")
        }
    }

    deinit { remove() }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// The system's certificate authorities and those of a file, in one file.
    func authorities(adding path: String) throws(GitError) -> String {
        guard let extra = FileManager.default.contents(atPath: path) else {
            throw GitError(.invalid, "trustedCaPemPath: the file \(path) cannot be read")
        }
        let system = FileManager.default.contents(atPath: "/etc/ssl/certs/ca-certificates.crt") ?? Data()
        return try write(
            "ca.pem", String(decoding: system, as: UTF8.self) + "\n" + String(decoding: extra, as: UTF8.self))
    }

    /// Lets `git` call `ssh` with the key, our own list of known hosts, and a passphrase that only a helper tells.
    func ssh(_ connection: Connection, settings: GitSettings) throws(GitError) -> [String: String] {
        let known = KnownHosts(settings: settings).path
        let seconds = max(1, connection.connectTimeout.components.seconds)
        var command =
            "ssh -F /dev/null -o IdentitiesOnly=yes -o UserKnownHostsFile='\(known)' -o GlobalKnownHostsFile=/dev/null"
            + " -o StrictHostKeyChecking=accept-new -o HashKnownHosts=no -o ConnectTimeout=\(seconds)"
            + " -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -o PreferredAuthentications=publickey"
        var variables: [String: String] = [:]
        if let key = connection.credentials.privateKey {
            let text = key.text.replacing("\r\n", with: "\n")
            command += " -i '\(try write("key", text.hasSuffix("\n") ? text : text + "\n"))'"
            if let passphrase = connection.credentials.passphrase {
                let helper = try write("askpass", "#!/bin/sh\nprintf '%s\\n' \"$SLUICE_PASSPHRASE\"\n", mode: 0o700)
                variables["SSH_ASKPASS"] = helper
                variables["SSH_ASKPASS_REQUIRE"] = "force"
                variables["SLUICE_PASSPHRASE"] = passphrase.text
                command += " -o BatchMode=no"
            } else {
                command += " -o BatchMode=yes"
            }
        } else {
            command += " -o BatchMode=yes"
        }
        variables["GIT_SSH_COMMAND"] = command
        variables["GIT_SSH_VARIANT"] = "ssh"
        return variables
    }

    private func write(_ name: String, _ text: String, mode: Int = 0o600) throws(GitError) -> String {
        let path = folder + "/" + name
        let made = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode]
        )
        guard made else { throw GitError(.local, "cannot write a file for keys") }
        return path
    }
}

/// The host keys that were seen: the first one of a host is trusted and kept, another one later is refused.
struct KnownHosts {
    let path: String
    init(settings: GitSettings) { path = settings.dataDirectory + "/git-home/known_hosts" }

    /// The fingerprints kept for a host, as `ssh-keygen` prints them.
    func fingerprints(of host: String) -> [String] {
        let process = ChildProcess(
            program: "ssh-keygen", arguments: ["-l", "-F", host, "-f", path],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"], limit: .seconds(10)
        )
        guard let result = try? process.run() else { return [] }
        return String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .flatMap { $0.split(separator: " ") }.filter { $0.hasPrefix("SHA256:") }.map(String.init)
    }
}
