import FlowModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The names in a flow's source, told without reading it as YAML.
enum FlowNames {
    /// What stands after `id:` and `namespace:` at the left margin; nil unless both are plain words. Cheap, and no more than
    /// a guess: for finding what may be stored of the source already.
    static func told(by source: [UInt8]) -> FlowKey? {
        source.withUnsafeBytes { bytes in
            var (id, namespace): (String?, String?) = (nil, nil)
            var start = 0
            while start < bytes.count, id == nil || namespace == nil {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                let length = end(of: rest)
                let line = UnsafeRawBufferPointer(rebasing: rest[..<length])
                if id == nil, line.first == UInt8(ascii: "i") { id = word(after: "id:", in: line) }
                if namespace == nil, line.first == UInt8(ascii: "n") { namespace = word(after: "namespace:", in: line) }
                start += length + 1
            }
            guard let id, let namespace else { return nil }
            return FlowKey(namespace, id)
        }
    }

    private static func end(of rest: UnsafeRawBufferPointer) -> Int {
        guard let base = rest.baseAddress, let end = memchr(base, 0x0A, rest.count) else { return rest.count }
        return UnsafeRawPointer(end) - base
    }

    private static func word(after key: String, in line: UnsafeRawBufferPointer) -> String? {
        guard line.starts(with: key.utf8) else { return nil }
        func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let rest = line.dropFirst(key.utf8.count).drop { isBlank($0) || isQuote($0) }
        let word = rest.prefix { $0 > UInt8(ascii: " ") && !isQuote($0) && $0 != UInt8(ascii: "#") }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
}
