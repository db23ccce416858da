import CProcess
import Glibc

/// A program to start.
struct ProcessCommand: Sendable {
    /// The program and what it is told; a program without a slash is searched for in `PATH`.
    var arguments: [String]
    /// `NAME=value`, complete: nothing else is passed on.
    var environment: [String]
    /// The folder that it starts in.
    var folder: String
}

/// Why a program could not be started.
struct SpawnError: Error, Sendable, CustomStringConvertible {
    var program: String
    var folder: String
    var code: Int32

    var description: String {
        switch code {
        case ENOENT:
            "Cannot start `\(program)`: there is no such program; install it, or name another one in `interpreter`"
        case EACCES: "Cannot start `\(program)`: it is not executable"
        case E2BIG: "Cannot start `\(program)`: commands and environment are too long for this system"
        case EAGAIN, ENOMEM: "Cannot start `\(program)`: this machine has no room for another process"
        case EMFILE, ENFILE: "Cannot start `\(program)`: too many files are open"
        default: "Cannot start `\(program)` in \(folder): \(String(cString: strerror(code)))"
        }
    }
}

/// A started program: the leader of its own session and process group, its input empty, its two outputs readable here.
struct ChildProcess {
    let id: pid_t
    /// Readable when the program has ended; -1 where the system has no such thing.
    let endDescriptor: Int32
    let output: Int32
    let errors: Int32

    /// Starts a program. Blocks until the new process has taken over its program file, some hundred microseconds.
    ///
    /// Of our descriptors the child gets none but the two pipes; signals are as in a fresh process.
    init(_ command: ProcessCommand) throws(SpawnError) {
        let program = command.arguments[0]
        func failed(_ code: Int32) -> SpawnError { SpawnError(program: program, folder: command.folder, code: code) }
        var outputPipe = (read: Int32(-1), write: Int32(-1))
        var errorPipe = (read: Int32(-1), write: Int32(-1))
        guard Self.pipe(&outputPipe) else { throw failed(errno) }
        guard Self.pipe(&errorPipe) else {
            let code = errno
            close(outputPipe.read)
            close(outputPipe.write)
            throw failed(code)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, outputPipe.write, 1)
        posix_spawn_file_actions_adddup2(&actions, errorPipe.write, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, command.folder)
        var attributes = Self.attributes()
        let arguments = Self.copies(command.arguments)
        let environment = Self.copies(command.environment)
        var id: pid_t = 0
        let code = posix_spawnp(&id, program, &actions, &attributes, arguments, environment)
        Self.free(arguments)
        Self.free(environment)
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        close(outputPipe.write)
        close(errorPipe.write)
        guard code == 0 else {
            close(outputPipe.read)
            close(errorPipe.read)
            throw failed(code)
        }
        self.id = id
        endDescriptor = pidfd_open(id, 0)
        output = outputPipe.read
        errors = errorPipe.read
    }

    /// Sends a signal to the whole process group. Only before `reap`: until then its number is nobody else's.
    func signal(_ number: Int32) { _ = kill(-id, number) }

    /// Whether it has ended; it stays to be reaped.
    var hasEnded: Bool {
        var info = siginfo_t()
        // A state that says "no child" cannot happen before `reap`; it counts as ended so that nobody waits for ever.
        return waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_signo == SIGCHLD
    }

    /// Waits for its end and takes the record of it: after that its number may become another process's.
    func reap() -> ProcessEnd {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 {
            if errno != EINTR { return .exited(-1) }
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    private static func pipe(_ ends: inout (read: Int32, write: Int32)) -> Bool {
        withUnsafeMutablePointer(to: &ends) { pointer in
            pointer.withMemoryRebound(to: Int32.self, capacity: 2) { pipe2($0, O_CLOEXEC) == 0 }
        }
    }

    private static func attributes() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(SPAWN_SETSID) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = []
        copies.reserveCapacity(texts.count + 1)
        for text in texts { copies.append(strdup(text)) }
        copies.append(nil)
        return copies
    }

    private static func free(_ copies: [UnsafeMutablePointer<CChar>?]) {
        for copy in copies { Glibc.free(copy) }
    }
}

/// How a program ended.
enum ProcessEnd: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)

    /// As a shell tells it: 128 more than the number of a signal.
    var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        }
    }
}
