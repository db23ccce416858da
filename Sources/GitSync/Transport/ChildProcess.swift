import CGit2
import FoundationEssentials
import Glibc

/// A program that runs in a process group of its own, and is killed with all its children at its deadline.
///
/// Waits on the calling thread: only ever called on `GitThreads`. Ends early when the Swift task is cancelled.
struct ChildProcess {
    /// A path, or a name to look for in `PATH`.
    var program: String
    var arguments: [String]
    /// The whole environment: nothing is inherited.
    var environment: [String: String]
    var input: [UInt8] = []
    var limit: Duration
    /// More output than this ends the program.
    var outputLimit = 256 << 20

    struct Result {
        var status: Int32
        var output: [UInt8]
        /// Its beginning only, when it is long.
        var errors: String
    }

    /// - Throws: `unreachable` at the deadline or on cancellation, `local` when it cannot be started.
    func run() throws(GitError) -> Result {
        let stdin = try inputFile()
        defer { close(stdin) }
        let (output, errors) = (try Pipe(), try Pipe())
        defer {
            output.close()
            errors.close()
        }
        let pid = try spawn(stdin: stdin, stdout: output.write, stderr: errors.write)
        output.closeWrite()
        errors.closeWrite()
        var collected = Collected()
        let outcome = wait(for: pid, output.read, errors.read, &collected)
        if outcome.mustKill { kill(-pid, SIGKILL) }
        var status = outcome.status
        if status == nil {
            var raw: Int32 = 0
            while waitpid(pid, &raw, 0) == -1, errno == EINTR {}
            status = raw
        }
        if let failure = outcome.failure { throw failure }
        let raw = status ?? 0
        let code = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
        return Result(status: code, output: collected.output, errors: String(decoding: collected.errors, as: UTF8.self))
    }

    private struct Collected {
        var output: [UInt8] = []
        var errors: [UInt8] = []
    }

    private struct Outcome {
        var status: Int32?
        var mustKill = true
        var failure: GitError?
    }

    private func wait(for pid: pid_t, _ output: Int32, _ errors: Int32, _ collected: inout Collected) -> Outcome {
        let start = ContinuousClock.now
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var open = [true, true]
        var exited: (status: Int32, at: ContinuousClock.Instant)?
        while open[0] || open[1] {
            let left = limit - start.duration(to: .now)
            if left <= .zero {
                return Outcome(
                    status: exited?.status,
                    failure: GitError(
                        .unreachable, "\(name) did not finish within \(limit.components.seconds) s and was ended")
                )
            }
            if Task.isCancelled {
                return Outcome(status: exited?.status, failure: GitError(.unreachable, "\(name) was interrupted"))
            }
            if let exited, exited.at.duration(to: .now) > .milliseconds(500) { return Outcome(status: exited.status) }
            var polled = [
                pollfd(fd: open[0] ? output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: open[1] ? errors : -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&polled, 2, 100)
            for i in 0..<2 where polled[i].revents != 0 {
                let count = read(polled[i].fd, &chunk, chunk.count)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                if count <= 0 { open[i] = false; continue }
                if i == 0 {
                    collected.output.append(contentsOf: chunk[..<count])
                } else if collected.errors.count < GitLimits.messageBytes {
                    collected.errors.append(contentsOf: chunk[..<count])
                }
            }
            if collected.output.count > outputLimit {
                return Outcome(status: exited?.status, failure: GitError(.tooMuch, "\(name) says too much"))
            }
            if exited == nil, polled.allSatisfy({ $0.revents == 0 }) {
                var raw: Int32 = 0
                if waitpid(pid, &raw, WNOHANG) == pid { exited = (raw, .now) }
            }
        }
        return Outcome(status: exited?.status, mustKill: exited != nil)
    }

    private var name: String { program.split(separator: "/").last.map(String.init) ?? program }

    private func spawn(stdin: Int32, stdout: Int32, stderr: Int32) throws(GitError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin, 0)
        posix_spawn_file_actions_adddup2(&actions, stdout, 1)
        posix_spawn_file_actions_adddup2(&actions, stderr, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var pid = pid_t()
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for word in words + variables { free(word) }
        }
        let code = posix_spawnp(&pid, program, &actions, &attributes, words, variables)
        guard code == 0 else {
            throw GitError(
                code == ENOENT ? .unsupported : .local, "\(name) cannot be started: \(String(cString: strerror(code)))",
                fix: code == ENOENT ? "install \(name)" : nil
            )
        }
        return pid
    }

    /// A file without a name that holds the input: a program that does not read it blocks nobody.
    private func inputFile() throws(GitError) -> Int32 {
        guard !input.isEmpty else {
            let null = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard null >= 0 else { throw GitError(.local, "cannot open /dev/null") }
            return null
        }
        var path = Array((FileManager.default.temporaryDirectory.path + "/sluice-git-XXXXXX").utf8CString)
        let file = mkostemp(&path, O_CLOEXEC)
        guard file >= 0 else { throw GitError(.local, "no temporary file can be made") }
        unlink(path)
        var written = 0
        while written < input.count {
            let count = input[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                close(file)
                throw GitError(.local, "a temporary file cannot be written")
            }
            written += count
        }
        lseek(file, 0, SEEK_SET)
        return file
    }
}

/// Two ends; each is closed once.
private final class Pipe {
    let read: Int32
    private(set) var write: Int32

    init() throws(GitError) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw GitError(.local, "no pipe can be made") }
        (read, write) = (ends[0], ends[1])
    }

    func closeWrite() {
        if write >= 0 { Glibc.close(write) }
        write = -1
    }

    func close() {
        closeWrite()
        Glibc.close(read)
    }
}
