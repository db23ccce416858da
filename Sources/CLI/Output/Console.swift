#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output and standard error: data goes to the one, everything else to the other.
enum Console {
    static func out(_ text: String) { write(text + "\n", to: 1) }
    static func note(_ text: String) { write(text + "\n", to: 2) }
    static func raw(_ text: String) { write(text, to: 1) }

    static var outputIsTerminal: Bool { isatty(1) == 1 }
    static var notesAreTerminal: Bool { isatty(2) == 1 }

    /// Columns of the terminal; nil when output is piped: nothing is cut then.
    static var width: Int? {
        guard outputIsTerminal else { return nil }
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, start, rest.count)
                #else
                    let count = Darwin.write(descriptor, start, rest.count)
                #endif
                if count < 0 && errno != EINTR { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
            }
        }
    }
}
