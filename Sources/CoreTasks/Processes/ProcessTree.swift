import Glibc

/// Finds processes by an entry of their environment, which children inherit even when they change their group or session
/// or lose their parent.
enum ProcessTree {
    /// Sends a signal to every process of this user that carries `mark`, written `NAME=value`.
    /// - Returns: whether there was any that had not ended already.
    @discardableResult
    static func signal(_ number: Int32, mark: String?) -> Bool {
        guard let mark else { return false }
        var found = false
        for id in processes(carrying: { $0 == mark }) where kill(id, number) == 0 { found = true }
        return found
    }

    /// Whether a process that lost its parent, and so may have left the group of its run, carries `mark`.
    static func hasOrphans(mark: String?) -> Bool {
        guard let mark else { return false }
        return Orphans.living().contains { carries($0) { $0 == mark } }
    }

    /// The processes whose environment has an entry that `isMark` accepts. Those of others cannot be read and are left out.
    static func processes(carrying isMark: (String) -> Bool) -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        let own = getpid()
        var found: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let id = pid_t(name), id != own, carries(id, isMark) { found.append(id) }
        }
        return found
    }

    /// A process that has ended carries nothing.
    private static func carries(_ id: pid_t, _ isMark: (String) -> Bool) -> Bool {
        guard let environment = read("/proc/\(id)/environ") else { return false }
        return environment.split(separator: 0).contains { isMark(String(decoding: $0, as: UTF8.self)) }
    }

    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 4 << 20 {
            let count = bytes.count
            let room = 64 * 1024
            bytes.append(contentsOf: repeatElement(0, count: room))
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, room) }
            bytes.removeLast(room - max(0, got))
            if got <= 0 { break }
        }
        return bytes
    }
}
