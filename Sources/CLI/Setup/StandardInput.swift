#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads what is piped in.
enum FileHandleReading {
    /// Everything, to its end.
    static func standardInput() -> Data {
        var all = Data()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(0, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return all }
            all.append(contentsOf: buffer[0..<count])
        }
    }
}
