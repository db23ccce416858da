import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Speaks Git's smart HTTP itself, protocol version 2: shallow, without blobs, one exchange a step, no process.
///
/// Source: gitprotocol-http(5), gitprotocol-v2(5), gitprotocol-pack(5).
final class HTTPTransport: Transport {
    let cacheKind = CacheKind.partial
    private let client: HTTPExchange
    /// What servers said they can, so that a listing is one exchange.
    private let services = Mutex<[String: UploadService]>([:])

    init(client: HTTPExchange) { self.client = client }

    // MARK: listing

    func refs(of connection: Connection, branch: String) async throws(GitError) -> RemoteRefs {
        let key = connection.cacheName
        if let known = services.withLock({ $0[key] }) {
            do {
                return try await listing(known, connection, branch)
            } catch  where error.kind == .protocolTrouble || error.kind == .noRepository {
                services.withLock { _ = $0.removeValue(forKey: key) }
            }
        }
        switch try await advertisement(connection) {
        case .version2(let service):
            services.withLock { services in
                if services.count >= 4096 { services.removeAll() }
                services[key] = service
            }
            return try await listing(service, connection, branch)
        case .older(let refs):
            var found = RemoteRefs(tip: refs.refs["refs/heads/\(branch)"], head: refs.refs["HEAD"])
            found.defaultBranch = refs.headTarget.flatMap(Self.branchName)
            return found
        }
    }

    private enum Advertisement {
        case version2(UploadService)
        case older(RefAdvertisement)
    }

    private func advertisement(_ connection: Connection) async throws(GitError) -> Advertisement {
        let answer = try await client.get(
            connection.url.address.withoutTrailingSlash, "/info/refs?service=git-upload-pack", version2: true,
            connection,
            expecting: "application/x-git-upload-pack-advertisement"
        )
        let packets = try PacketReader.all(of: answer.body)
        if let service = UploadService(base: answer.base, packets) { return .version2(service) }
        return .older(try RefAdvertisement(packets))
    }

    private func listing(
        _ service: UploadService, _ connection: Connection, _ branch: String
    ) async throws(GitError) -> RemoteRefs {
        var request = PacketWriter()
        request.line("command=ls-refs")
        request.line("agent=\(HTTPExchange.agent)")
        request.line("object-format=sha1")
        request.delimiter()
        request.line("symrefs")
        request.line("ref-prefix refs/heads/\(branch)")
        request.line("ref-prefix HEAD")
        request.flush()
        let bytes = try await client.post(service, request.bytes, connection)
        var found = RemoteRefs()
        for packet in try PacketReader.all(of: bytes) {
            guard let text = packet.text else { continue }
            let fields = text.split(separator: " ")
            guard fields.count >= 2 else { continue }
            if fields[0] == "ERR" { throw Self.said(text, connection) }
            guard let id = ObjectID(hex: fields[0]) else { continue }
            if fields[1] == "refs/heads/\(branch)" { found.tip = id }
            guard fields[1] == "HEAD" else { continue }
            found.head = id
            let target = fields.dropFirst(2).first { $0.hasPrefix("symref-target:") }
            found.defaultBranch = target.flatMap { Self.branchName(String($0.dropFirst(14))) }
        }
        return found
    }

    private static func branchName(_ ref: String) -> String? {
        ref.hasPrefix("refs/heads/") ? String(ref.dropFirst(11)) : nil
    }

    fileprivate static func said(_ text: String, _ connection: Connection) -> GitError {
        GitError(.refused, "\(connection.url) says: \(connection.redacting(text.trimmedMessage))")
    }

    private func service(_ connection: Connection) async throws(GitError) -> UploadService {
        if let known = services.withLock({ $0[connection.cacheName] }) { return known }
        guard case .version2(let service) = try await advertisement(connection) else {
            throw GitError(.unsupported, "\(connection.url.host) does not speak protocol version 2")
        }
        return service
    }

    // MARK: fetching

    func fetch(
        commit: ObjectID, branch: String, known: ObjectID?, into cache: String, from connection: Connection
    ) async throws(GitError) -> Int {
        let service = try await service(connection)
        guard service.fetchFeatures.contains("shallow"), service.fetchFeatures.contains("filter") else {
            throw GitError(.unsupported, "\(connection.url.host) offers no partial fetch")
        }
        if let known {
            do {
                return try await fetch(news: commit, since: known, service, into: cache, connection)
            } catch  where error.kind == .tooMuch {
                // The branch was rewritten, or all of it changed: the tip alone is less.
            }
        }
        var request = Self.fetchRequest()
        request.line("want \(commit)")
        request.line("deepen 1")
        request.line("filter blob:none")
        request.line("done")
        request.flush()
        let received = try await receive(service, request.bytes, into: cache, connection)
        try ShallowFile(cache: cache).add(received.shallow)
        return received.bytes
    }

    /// Brings the commits since one that is known, and with them their small files: what changed is mostly that.
    /// - Throws: `tooMuch` when more comes than news would be.
    private func fetch(
        news commit: ObjectID, since known: ObjectID, _ service: UploadService, into cache: String,
        _ connection: Connection
    ) async throws(GitError) -> Int {
        var request = Self.fetchRequest()
        request.line("want \(commit)")
        request.line("shallow \(known)")
        request.line("filter blob:limit=16k")
        request.line("have \(known)")
        request.line("done")
        request.flush()
        return try await receive(service, request.bytes, into: cache, connection, limit: GitLimits.newsBytes).bytes
    }

    func fetch(blobs: [ObjectID], into cache: String, from connection: Connection) async throws(GitError) -> Int {
        let service = try await service(connection)
        var bytes = 0
        var rest = blobs[...]
        while !rest.isEmpty {
            var request = Self.fetchRequest()
            for id in rest.prefix(GitLimits.blobsPerFetch) { request.line("want \(id)") }
            request.line("done")
            request.flush()
            bytes += try await receive(service, request.bytes, into: cache, connection).bytes
            rest = rest.dropFirst(GitLimits.blobsPerFetch)
        }
        return bytes
    }

    private static func fetchRequest() -> PacketWriter {
        var request = PacketWriter()
        request.line("command=fetch")
        request.line("agent=\(HTTPExchange.agent)")
        request.line("object-format=sha1")
        request.delimiter()
        request.line("no-progress")
        request.line("ofs-delta")
        return request
    }

    private func receive(
        _ service: UploadService, _ request: [UInt8], into cache: String, _ connection: Connection,
        limit: Int = GitLimits.packBytes
    ) async throws(GitError) -> (bytes: Int, shallow: [ObjectID]) {
        let indexer = try PackIndexer(cache: cache, limit: limit)
        var reader = FetchAnswer(indexer: indexer)
        try await client.stream(service, request, connection) { chunk throws(GitError) in
            try reader.take(chunk, connection)
        }
        try reader.end(connection)
        return (indexer.received, reader.shallow)
    }

    // MARK: pushing

    func push(_ request: PushRequest, from cache: String, to connection: Connection) async throws(GitError) {
        let ref = "refs/heads/\(request.branch)"
        let answer = try await client.get(
            connection.url.address.withoutTrailingSlash, "/info/refs?service=git-receive-pack", version2: false,
            connection,
            expecting: "application/x-git-receive-pack-advertisement"
        )
        let advertised = try RefAdvertisement(try PacketReader.all(of: answer.body))
        guard advertised.refs[ref] == request.old else {
            throw GitError(.moved, "the branch \(request.branch) of \(connection.url) moved meanwhile")
        }
        guard advertised.capabilities.contains("report-status") else {
            throw GitError(.unsupported, "\(connection.url.host) does not report what became of a push")
        }
        var body = PacketWriter()
        var wanted = "report-status"
        let hasSideband = advertised.capabilities.contains("side-band-64k")
        if hasSideband { wanted += " side-band-64k" }
        wanted += " agent=\(HTTPExchange.agent)"
        body.line("\(request.old ?? .zero) \(request.new) \(ref)\0 \(wanted)")
        body.flush()
        body.raw(request.pack)
        let bytes = try await client.post(
            answer.base + "/git-receive-pack", "application/x-git-receive-pack-request", body.bytes, version2: false,
            connection, expecting: "application/x-git-receive-pack-result"
        )
        let report = try PushReport(bytes, hasSideband: hasSideband)
        guard let refusal = report.refusal(of: ref) else { return }
        let text = connection.redacting(refusal)
        let isRace = [
            "fetch first", "non-fast-forward", "stale info", "incorrect old value", "already exists", "cannot lock ref",
            "failed to update ref", "is at ",
        ].contains { text.contains($0) }
        if isRace, let now = try? await refs(of: connection, branch: request.branch).tip, now != request.old {
            throw GitError(.moved, "the branch \(request.branch) of \(connection.url) moved meanwhile")
        }
        throw GitError(.refused, "\(connection.url) refused the push to \(request.branch): \(text)")
    }
}

/// What a server of protocol version 2 offers.
struct UploadService: Sendable {
    /// The repository's address after redirects.
    var base: String
    var fetchFeatures: Set<String> = []

    /// Nil unless the advertisement is of version 2.
    init?(base: String, _ packets: [Packet]) {
        guard packets.prefix(3).contains(where: { $0.text == "version 2" }) else { return nil }
        self.base = base
        for packet in packets {
            if let text = packet.text, text.hasPrefix("fetch=") {
                fetchFeatures = Set(text.dropFirst(6).split(separator: " ").map(String.init))
            }
        }
    }
}

/// The refs that a server of an older protocol lists at once, with what it can do.
struct RefAdvertisement: Sendable {
    var refs: [String: ObjectID] = [:]
    var capabilities: Set<String> = []
    var headTarget: String?

    init(_ packets: [Packet]) throws(GitError) {
        for packet in packets {
            guard let text = packet.text, !text.hasPrefix("#"), text != "version 1" else { continue }
            let halves = text.split(separator: "\0", maxSplits: 1)
            guard let line = halves.first else { continue }
            if halves.count == 2 {
                capabilities = Set(halves[1].split(separator: " ").map(String.init))
                headTarget = capabilities.first { $0.hasPrefix("symref=HEAD:") }.map { String($0.dropFirst(12)) }
            }
            let fields = line.split(separator: " ", maxSplits: 1)
            guard fields.count == 2, let id = ObjectID(hex: fields[0]) else {
                if line.hasPrefix("ERR ") { throw GitError(.refused, "the remote says: \(line.dropFirst(4))") }
                throw GitError(.protocolTrouble, "the remote's list of refs is not in Git's form")
            }
            guard id != .zero else { continue }
            refs[String(fields[1])] = id
        }
    }
}

/// Takes an answer to `fetch` apart: shallow borders, the pack, the server's messages.
private struct FetchAnswer {
    private enum Section { case none, shallowInfo, pack, other }

    let indexer: PackIndexer
    var shallow: [ObjectID] = []
    private var packets = PacketReader()
    private var section = Section.none
    private var messages = ""
    private var sawPack = false

    init(indexer: PackIndexer) { self.indexer = indexer }

    mutating func take(_ chunk: ByteBuffer, _ connection: Connection) throws(GitError) {
        packets.append(chunk.readableBytesView)
        while let packet = try packets.next() { try take(packet, connection) }
    }

    private mutating func take(_ packet: Packet, _ connection: Connection) throws(GitError) {
        guard case .line(let bytes) = packet else {
            section = .none
            return
        }
        if section == .pack { return try takeBand(bytes, connection) }
        let text = packet.text ?? ""
        if text.hasPrefix("ERR ") { throw HTTPTransport.said(text, connection) }
        switch section {
        case .none:
            section = text == "packfile" ? .pack : text == "shallow-info" ? .shallowInfo : .other
            sawPack = sawPack || section == .pack
        case .shallowInfo:
            if text.hasPrefix("shallow "), let id = ObjectID(hex: text.dropFirst(8)) { shallow.append(id) }
        case .other, .pack:
            break
        }
    }

    private mutating func takeBand(_ bytes: [UInt8], _ connection: Connection) throws(GitError) {
        switch bytes.first {
        case 1: try indexer.append(bytes[1...])
        case 2:
            if messages.utf8.count < GitLimits.messageBytes {
                messages += String(decoding: bytes.dropFirst(), as: UTF8.self)
            }
        default: throw HTTPTransport.said(String(decoding: bytes.dropFirst(), as: UTF8.self), connection)
        }
    }

    mutating func end(_ connection: Connection) throws(GitError) {
        guard sawPack else {
            throw GitError(.protocolTrouble, "\(connection.url) sent no objects")
        }
        try indexer.finish()
    }
}

/// What a server says about a push. Source: gitprotocol-pack(5), "Report Status".
struct PushReport: Sendable {
    private(set) var unpack: String?
    private(set) var refusals: [String: String] = [:]
    private(set) var accepted: Set<String> = []
    /// What hooks print.
    private(set) var messages = ""

    init(_ bytes: some Sequence<UInt8>, hasSideband: Bool) throws(GitError) {
        var report = try PacketReader.all(of: bytes)
        if hasSideband {
            var inner: [UInt8] = []
            for case .line(let bytes) in report {
                switch bytes.first {
                case 1: inner.append(contentsOf: bytes.dropFirst())
                default:
                    if messages.utf8.count < GitLimits.messageBytes {
                        messages += String(decoding: bytes.dropFirst(), as: UTF8.self)
                    }
                }
            }
            report = try PacketReader.all(of: inner)
        }
        for packet in report {
            guard let text = packet.text else { continue }
            if text.hasPrefix("unpack ") { unpack = String(text.dropFirst(7)) }
            if text.hasPrefix("ok ") { accepted.insert(String(text.dropFirst(3))) }
            if text.hasPrefix("ng ") {
                let fields = text.dropFirst(3).split(separator: " ", maxSplits: 1)
                if let ref = fields.first { refusals[String(ref)] = fields.count == 2 ? String(fields[1]) : "refused" }
            }
        }
    }

    /// Why the ref was not updated; nil when it was.
    func refusal(of ref: String) -> String? {
        if accepted.contains(ref), unpack == "ok" { return nil }
        let reason = refusals[ref] ?? unpack.map { "unpack: \($0)" } ?? "no report"
        let said = messages.trimmedMessage
        return said.isEmpty ? reason : "\(said) (\(reason))"
    }
}

extension String {
    /// Without white space at both ends.
    var trimmedMessage: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        return String(text)
    }

    fileprivate var withoutTrailingSlash: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
