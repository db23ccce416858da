#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The memory of this process, in KiB; nothing where the system has no `/proc`.
public enum ProcessMemory {
    /// What is resident now.
    public static var resident: Int { status("VmRSS:") }

    /// The most that was resident since ``forgetPeak()`` or the start.
    public static var peak: Int { status("VmHWM:") }

    /// Lets ``peak`` count from now on.
    public static func forgetPeak() {
        #if os(Linux)
            let file = open("/proc/self/clear_refs", O_WRONLY)
            guard file >= 0 else { return }
            _ = write(file, "5", 1)
            close(file)
        #endif
    }

    private static func status(_ name: String) -> Int {
        #if os(Linux)
            let file = open("/proc/self/status", O_RDONLY)
            guard file >= 0 else { return 0 }
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix(name) {
                return Int(line.dropFirst(name.count).filter(\.isNumber)) ?? 0
            }
        #endif
        return 0
    }

    /// Seconds of processor time that this process took so far.
    public static var processorSeconds: Double {
        #if os(Linux)
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        #else
            return 0
        #endif
    }
}
