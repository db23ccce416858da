import CGit2
import FoundationEssentials
import Glibc

/// The child process in which libgit2 talks to a remote. The program runs it as a hidden subcommand.
public enum GitChild {
    /// The name of the subcommand.
    public static let subcommand = "git-transport"

    /// Reads one request from standard input, writes one answer to standard output.
    /// - Returns: The exit status: 0 whenever an answer was written, also of a failure.
    public static func run() -> Int32 {
        var input: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(0, &chunk, chunk.count)
            if count <= 0 { break }
            input.append(contentsOf: chunk[..<count])
        }
        guard let request = try? JSONDecoder().decode(ChildRequest.self, from: Data(input)) else { return 64 }
        let answer = answer(request)
        guard let output = try? JSONEncoder().encode(answer) else { return 70 }
        let written = output.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
        return written == output.count ? 0 : 74
    }

    static func answer(_ request: ChildRequest) -> ChildAnswer {
        GitLibrary.start()
        do throws(GitError) {
            return try RemoteTalk(request).carryOut()
        } catch {
            return ChildAnswer(failure: error.kind, message: error.what)
        }
    }
}

/// One conversation of libgit2 with a remote.
private final class RemoteTalk {
    let request: ChildRequest
    /// Attempts to log in: the library would go on asking.
    var attempts = 0
    /// Why a callback ended the conversation.
    var failure: GitError?
    /// What the server said besides.
    var said = ""
    var refusal: String?
    var received = 0

    init(_ request: ChildRequest) { self.request = request }

    func carryOut() throws(GitError) -> ChildAnswer {
        if let extra = request.authorities { try trust(extra) }
        switch request.operation {
        case .refs: return try refs()
        case .fetch: return try fetch()
        case .push: return try push()
        }
    }

    private func refs() throws(GitError) -> ChildAnswer {
        var remote: OpaquePointer?
        try check(git_remote_create_detached(&remote, request.url), "reaching \(request.url)")
        defer { git_remote_free(remote) }
        var callbacks = try callbacks()
        var proxy = try proxy()
        try report(git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks, &proxy, nil))
        var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&heads, &count, remote), "listing \(request.url)")
        var answer = ChildAnswer()
        for i in 0..<count {
            guard let head = heads?[i]?.pointee, let text = head.name else { continue }
            let name = String(cString: text)
            if name == "HEAD" {
                answer.head = ObjectID(head.oid).description
                let target = head.symref_target.map { String(cString: $0) }
                if let target, target.hasPrefix("refs/heads/") { answer.defaultBranch = String(target.dropFirst(11)) }
            }
            if name == "refs/heads/\(request.branch)" { answer.tip = ObjectID(head.oid).description }
        }
        return answer
    }

    private func fetch() throws(GitError) -> ChildAnswer {
        try withRemote { remote, _ throws(GitError) in
            var options = git_fetch_options()
            try check(git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION)), "fetching")
            options.callbacks = try callbacks()
            options.proxy_opts = try proxy()
            options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
            options.update_fetchhead = 0
            let code = withStrings(["+refs/heads/\(request.branch):\(BareCache.ref(request.branch))"]) { specs in
                git_remote_fetch(remote, specs, &options, nil)
            }
            try report(code)
            return ChildAnswer(received: received)
        }
    }

    private func push() throws(GitError) -> ChildAnswer {
        try withRemote { remote, repository throws(GitError) in
            guard let commit = request.new.flatMap({ ObjectID(hex: $0) }) else {
                throw GitError(.invalid, "there is no commit to push")
            }
            let local = "refs/push/\(UUID().uuidString)"
            try repository.point(local, to: commit)
            defer { git_reference_remove(repository.handle, local) }
            var options = git_push_options()
            try check(git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION)), "pushing")
            options.callbacks = try callbacks()
            options.proxy_opts = try proxy()
            let code = withStrings(["+\(local):refs/heads/\(request.branch)"]) { specs in
                git_remote_push(remote, specs, &options)
            }
            try report(code)
            if let refusal {
                let text = said.trimmedMessage
                throw GitError(
                    .refused,
                    "\(request.url) refused the push to \(request.branch): \(text.isEmpty ? refusal : "\(text) (\(refusal))")"
                )
            }
            return ChildAnswer()
        }
    }

    private func withRemote(
        _ work: (OpaquePointer?, Repository) throws(GitError) -> ChildAnswer
    ) throws(GitError) -> ChildAnswer {
        guard let cache = request.cache else { throw GitError(.invalid, "there is no cache to work in") }
        let repository = try Repository.open(cache)
        var remote: OpaquePointer?
        try check(git_remote_create_anonymous(&remote, repository.handle, request.url), "reaching \(request.url)")
        defer { git_remote_free(remote) }
        return try work(remote, repository)
    }

    private func withStrings(_ texts: [String], _ work: (UnsafePointer<git_strarray>) -> Int32) -> Int32 {
        var copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return copies.withUnsafeMutableBufferPointer { buffer in
            var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
            return work(&array)
        }
    }

    /// Turns a failed call into an error; what a callback found comes before what the library says of it.
    private func report(_ code: Int32) throws(GitError) {
        guard code < 0 else { return }
        let error = GitError.library(code, "talking to \(request.url)")
        if let failure { throw failure }
        let text = error.what
        func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
        if says("404", "not found", "does not exist") {
            throw GitError(.noRepository, "\(request.url) was not found: \(text)")
        }
        if says("401", "403", "authentication") || error.kind == .notAuthorized {
            throw GitError(.notAuthorized, "not authorized: \(text)")
        }
        if says("SSL", "certificate") || error.kind == .untrusted {
            throw GitError(.untrusted, "the secure connection to \(request.url) could not be established: \(text)")
        }
        if says("resolve", "connect", "timed out", "refused") { throw GitError(.unreachable, text) }
        throw error.kind == .moved ? error : GitError(.protocolTrouble, text)
    }

    private func trust(_ extra: String) throws(GitError) {
        guard let more = FileManager.default.contents(atPath: extra) else {
            throw GitError(.invalid, "trustedCaPemPath: the file \(extra) cannot be read")
        }
        let all =
            (FileManager.default.contents(atPath: "/etc/ssl/certs/ca-certificates.crt") ?? Data()) + Data("\n".utf8)
            + more
        let path = request.knownHosts + ".\(UUID().uuidString).pem"
        guard FileManager.default.createFile(atPath: path, contents: all) else {
            throw GitError(.local, "cannot write \(path)")
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        try check(git_sluice_set_ca_file(path), "reading the certificates of \(extra)")
    }

    private func proxy() throws(GitError) -> git_proxy_options {
        var options = git_proxy_options()
        try check(git_proxy_options_init(&options, UInt32(GIT_PROXY_OPTIONS_VERSION)), "choosing a proxy")
        options.type = request.noProxy ? GIT_PROXY_NONE : GIT_PROXY_AUTO
        return options
    }

    // MARK: callbacks

    private func callbacks() throws(GitError) -> git_remote_callbacks {
        var callbacks = git_remote_callbacks()
        try check(git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION)), "preparing")
        callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
        callbacks.credentials = { out, _, user, allowed, payload in
            talk(payload)?.credentials(out, user.map { String(cString: $0) }, allowed) ?? -1
        }
        callbacks.certificate_check = { certificate, valid, host, payload in
            talk(payload)?.verify(certificate, valid == 1, host.map { String(cString: $0) } ?? "") ?? -1
        }
        callbacks.transfer_progress = { progress, payload in
            guard let progress = progress?.pointee, let talk = talk(payload) else { return -1 }
            talk.received = progress.received_bytes
            guard progress.received_bytes <= GitLimits.packBytes else {
                talk.failure = GitError(.tooMuch, "the remote sends more than \(GitLimits.packBytes) bytes")
                return -1
            }
            return 0
        }
        callbacks.sideband_progress = { text, length, payload in
            guard let text, let talk = talk(payload), talk.said.utf8.count < GitLimits.messageBytes else { return 0 }
            talk.said += String(decoding: UnsafeRawBufferPointer(start: text, count: Int(length)), as: UTF8.self)
            return 0
        }
        callbacks.push_update_reference = { _, status, payload in
            if let status { talk(payload)?.refusal = String(cString: status) }
            return 0
        }
        callbacks.push_negotiation = { updates, count, payload in
            guard let talk = talk(payload) else { return -1 }
            for i in 0..<count {
                guard let update = updates?[i]?.pointee else { continue }
                let expected = talk.request.old.flatMap { ObjectID(hex: $0) } ?? .zero
                if ObjectID(update.src) != expected {
                    talk.failure = GitError(
                        .moved, "the branch \(talk.request.branch) of \(talk.request.url) moved meanwhile")
                    return -1
                }
            }
            return 0
        }
        return callbacks
    }

    private func credentials(
        _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, _ user: String?, _ allowed: UInt32
    ) -> Int32 {
        attempts += 1
        let isKnown = request.privateKey != nil || request.user != nil
        guard attempts <= 2, isKnown else {
            failure = GitError(.notAuthorized, "not authorized: \(request.url) wants other credentials")
            return GIT_EAUTH.rawValue
        }
        if allowed & GIT_CREDENTIAL_SSH_KEY.rawValue != 0, let key = request.privateKey {
            return git_credential_ssh_key_memory_new(out, user ?? "git", nil, key, request.passphrase)
        }
        if allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0, let user = request.user,
            let password = request.password
        {
            return git_credential_userpass_plaintext_new(out, user, password)
        }
        if allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0 { return git_credential_username_new(out, user ?? "git") }
        failure = GitError(.notAuthorized, "not authorized: \(request.url) wants credentials of another kind")
        return GIT_EAUTH.rawValue
    }

    /// Certificates: as the library found them. Host keys: the first one of a host is kept, another later is refused.
    private func verify(_ certificate: UnsafeMutablePointer<git_cert>?, _ isValid: Bool, _ host: String) -> Int32 {
        guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
            return isValid ? 0 : GIT_ECERTIFICATE.rawValue
        }
        let hash = UnsafeRawPointer(certificate).assumingMemoryBound(to: git_cert_hostkey.self).pointee.hash_sha256
        let shown = "SHA256:" + withUnsafeBytes(of: hash) { base64(Array($0)) }
        let present = (try? String(contentsOfFile: request.knownHosts, encoding: .utf8)) ?? ""
        for line in present.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 2, fields[0] == host else { continue }
            if fields[1] == shown { return 0 }
            failure = GitError(
                .untrusted, "the host key of \(host) has changed: it shows \(shown), known is \(fields[1])")
            return GIT_ECERTIFICATE.rawValue
        }
        let all = present + "\(host) \(shown)\n"
        do {
            try Data(all.utf8).write(to: URL(filePath: request.knownHosts), options: .atomic)
            return 0
        } catch {
            failure = GitError(.local, "cannot write \(request.knownHosts)")
            return -1
        }
    }
}

private func talk(_ payload: UnsafeMutableRawPointer?) -> RemoteTalk? {
    payload.map { Unmanaged<RemoteTalk>.fromOpaque($0).takeUnretainedValue() }
}
