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
        for id in processes(carrying: mark) where kill(id, number) == 0 { found = true }
        return found
    }

    /// Whether a process that lost its parent, and so may have left the group of its run, carries `mark`.
    static func hasOrphans(mark: String?) -> Bool {
        guard let mark else { return false }
        return Orphans.living().contains { carries($0, Array(mark.utf8)) }
    }

    /// The processes whose environment has this entry. Those of others cannot be read and are left out.
    static func processes(carrying mark: String) -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        let (own, mark) = (getpid(), Array(mark.utf8))
        var found: [pid_t] = []
        while let entry = readdir(folder) {
            let id = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { pid_t(atoi($0)) }
            }
            if id > 0, id != own, carries(id, mark) { found.append(id) }
        }
        return found
    }

    /// A process that has ended carries nothing.
    private static func carries(_ id: pid_t, _ mark: [UInt8]) -> Bool {
        guard let environment = read("/proc/\(id)/environ") else { return false }
        return environment.withUnsafeBytes { bytes in
            // Entries end with a zero.
            var start = 0
            while start + mark.count <= bytes.count, let base = bytes.baseAddress {
                if memcmp(base + start, mark, mark.count) == 0,
                    start + mark.count == bytes.count || bytes[start + mark.count] == 0
                {
                    return true
                }
                guard let zero = memchr(base + start, 0, bytes.count - start) else { return false }
                start = UnsafeRawPointer(zero) - base + 1
            }
            return false
        }
    }

    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
            while bytes.count < 4 << 20 {
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if got <= 0 { break }
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            }
        }
        return bytes
    }
}
