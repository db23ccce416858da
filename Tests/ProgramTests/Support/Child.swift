import Foundation

/// How a program ended, and what it said.
struct Ended: Sendable {
    var status: Int32
    var output: String
    var errors: String
}

/// A started program with no signal blocked and no file of ours but its own three. It is killed when its owner lets go of it.
final class Child: Sendable {
    private let id: pid_t
    private let files: Folder
    private let reading: FileHandle
    private let ending = Ending()
    private static let starting = NSLock()

    init(
        _ program: String, _ arguments: [String], at folder: String, environment: [String: String] = [:],
        input: String = ""
    ) throws {
        files = try Folder(["input": input, "errors": ""])
        var ends: [Int32] = [0, 0]
        Self.starting.lock()  // so that no other program is started before these two are told to close
        defer { Self.starting.unlock() }
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        reading = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files.path + "/input", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, files.path + "/errors", O_WRONLY | O_APPEND, 0)

        // Swift's own threads block signals, and what they start would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLUICE_") }
            .merging(environment) { $1 }
        var words = (["env", "-C", folder, program] + arguments).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, "/usr/bin/env", &actions, &attributes, &words, &settings)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        self.id = id
        let (started, ending) = (id, ending)
        Thread {
            var status: Int32 = 0
            while waitpid(started, &status, 0) < 0, errno == EINTR {}
            ending.tell(status & 0x7f == 0 ? (status >> 8) & 0xff : status & 0x7f)
        }.start()
    }

    deinit { signal(SIGKILL) }

    var errors: String { (try? String(contentsOfFile: files.path + "/errors", encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) {
        if !ending.isKnown { kill(id, number) }
    }

    /// Its exit code; the number of the signal that ended it.
    func status() async -> Int32 { await ending.wait() }

    /// Waits for its end.
    func ended() async -> Ended {
        let output = await blocking { [reading] in
            String(decoding: (try? reading.readToEnd()) ?? Data(), as: UTF8.self)
        }
        return Ended(status: await status(), output: output, errors: errors)
    }

    /// Standard output up to a line that holds this text, or to its end.
    func output(until text: String) async -> String {
        await blocking { [reading] in
            var seen = ""
            while !seen.contains(text) {
                let more = reading.availableData
                guard !more.isEmpty else { break }
                seen += String(decoding: more, as: UTF8.self)
            }
            return seen
        }
    }
}

/// Runs a call that waits apart from Swift's own threads.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: work()) }.start()
    }
}

/// The end of a process, for everyone who waits for it.
private final class Ending: Sendable {
    private nonisolated(unsafe) var status: Int32?
    private nonisolated(unsafe) var waiting: [CheckedContinuation<Int32, Never>] = []
    private let lock = NSLock()

    var isKnown: Bool { lock.withLock { status != nil } }

    func tell(_ status: Int32) {
        let told = lock.withLock {
            self.status = status
            defer { waiting = [] }
            return waiting
        }
        for one in told { one.resume(returning: status) }
    }

    func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let known: Int32? = lock.withLock {
                if status == nil { waiting.append(continuation) }
                return status
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
