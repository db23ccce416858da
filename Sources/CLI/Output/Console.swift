import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output and standard error: data goes to the one, everything else to the other.
///
/// When standard output takes no more, the rest for it is dropped: quietly when its reader has left (`| head`), with one
/// message and an exit code other than 0 when writing fails (a full disk).
enum Console {
    static func out(_ text: String) { raw(text + "\n") }
    static func note(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { _ = write(UnsafeRawBufferPointer($0), to: 2) }
    }

    static func raw(_ text: String) {
        var text = text
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    /// Bytes as they came, such as a piece of an answer that may end within a character.
    static func raw(_ bytes: [UInt8]) { bytes.withUnsafeBytes { raw($0) } }

    private static func raw(_ bytes: UnsafeRawBufferPointer) {
        guard failure.withLock({ $0 == nil }) else { return }
        guard let code = write(bytes, to: 1) else { return }
        let isFirst = failure.withLock { known in
            defer { known = known ?? code }
            return known == nil
        }
        if isFirst, code != EPIPE {
            note("error: standard output cannot be written: \(String(cString: strerror(code)))")
        }
    }

    static var inputIsTerminal: Bool { isatty(0) == 1 }
    static var outputIsTerminal: Bool { isatty(1) == 1 }
    static var notesAreTerminal: Bool { isatty(2) == 1 }
    /// Whether notes go to a terminal that can be drawn on.
    static var notesCanBeRedrawn: Bool {
        notesAreTerminal && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// Whether nobody gets any more of what is written to standard output.
    static var isClosed: Bool { failure.withLock { $0 != nil } }

    /// The exit code of a command that ended with this one, given what became of its output.
    static func code(_ code: Int32) -> Int32 {
        guard code == 0, let failure = failure.withLock({ $0 }), failure != EPIPE else { return code }
        return Exit.usage.rawValue
    }

    /// Columns of the terminal; nil when output is piped: nothing is cut then.
    static var width: Int? { outputIsTerminal ? columns(1) : nil }
    /// Columns of the terminal that notes go to.
    static var notesWidth: Int { columns(2) }

    /// Why standard output takes no more: an `errno`.
    private static let failure = Mutex<Int32?>(nil)

    private static func columns(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of it; gives the `errno` that kept it from doing so.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, start, rest.count)
            #else
                let count = Darwin.write(descriptor, start, rest.count)
            #endif
            if count < 0, let code = failed(errno, descriptor) { return code }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
        }
        return nil
    }

    /// Nil when the write may be tried again: it was interrupted, or whoever started the program gave it a pipe that is full.
    private static func failed(_ code: Int32, _ descriptor: Int32) -> Int32? {
        if code == EINTR { return nil }
        guard code == EAGAIN else { return code }
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wanted, 1, -1)
        return nil
    }
}
