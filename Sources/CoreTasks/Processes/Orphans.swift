import CProcess
import Glibc
import Synchronization

/// Processes that scripts left behind when their parents ended. They become children of this process, so that they are
/// found without looking through all processes of the machine, and are reaped when they end.
///
/// Told apart from children that others wait for: those lead a process group in our session, or are in our group; a script
/// begins a session of its own, and is waited for by a thread that is not the main one.
enum Orphans {
    /// Whether orphans come here; not where the system has no such thing, such as a kernel without lists of children.
    static let comeHere: Bool = {
        guard process_sluice_adopt_orphans() == 0 else { return false }
        let descriptor = open(list, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }()

    /// The children of the main thread, which starts none of its own: the kernel gives it those that lost their parent.
    private static let list = "/proc/self/task/\(getpid())/children"

    /// Those that live; those that have ended are reaped. A few microseconds when there are none.
    static func living() -> [pid_t] {
        guard comeHere else { return [] }
        // One at a time: a number that is looked at stays that of a child until it is reaped here.
        return turn.withLock { _ in
            let (session, group) = (getsid(0), getpgrp())
            return children().filter { id in
                guard let facts = ProcessFacts(id) else { return false }
                if facts.session == session, facts.group == id || facts.group == group { return false }
                if !facts.hasEnded { return true }
                var status: Int32 = 0
                _ = waitpid(id, &status, WNOHANG)
                return false
            }
        }
    }
    private static let turn = Mutex(())

    private static func children() -> [pid_t] {
        let descriptor = open(list, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var found: [pid_t] = []
        var number: pid_t = 0
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count <= 0 { break }
                for byte in buffer[..<count] {
                    if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                        number = number &* 10 &+ pid_t(byte - UInt8(ascii: "0"))
                    } else if number > 0 {
                        found.append(number)
                        number = 0
                    }
                }
            }
        }
        if number > 0 { found.append(number) }
        return found
    }
}

/// What the system says about a process.
struct ProcessFacts {
    var group: pid_t
    var session: pid_t
    /// It is a zombie, or gone but for its number.
    var hasEnded: Bool

    init?(_ id: pid_t) {
        guard let bytes = ProcessTree.read("/proc/\(id)/stat"), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        // After the name: state, parent, process group, session.
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 4)
        guard fields.count >= 4, let group = pid_t(String(decoding: fields[2], as: UTF8.self)),
            let session = pid_t(String(decoding: fields[3], as: UTF8.self))
        else { return nil }
        (self.group, self.session) = (group, session)
        hasEnded = fields[0].first == UInt8(ascii: "Z") || fields[0].first == UInt8(ascii: "X")
    }
}
