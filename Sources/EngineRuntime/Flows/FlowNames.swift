import FlowModel

/// The names in a flow's source, told without reading it as YAML.
enum FlowNames {
    /// What stands after `id:` and `namespace:` at the left margin; nil unless both are plain words. Cheap, and no more than
    /// a guess: for finding what may be stored of the source already.
    static func told(by source: [UInt8]) -> FlowKey? {
        var (id, namespace): (String?, String?) = (nil, nil)
        var start = 0
        while start < source.count, id == nil || namespace == nil {
            let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
            let line = source[start..<end]
            if id == nil { id = word(after: idKey, in: line) }
            if namespace == nil { namespace = word(after: namespaceKey, in: line) }
            start = end + 1
        }
        guard let id, let namespace else { return nil }
        return FlowKey(namespace, id)
    }

    private static let idKey = Array("id:".utf8)
    private static let namespaceKey = Array("namespace:".utf8)

    private static func word(after key: [UInt8], in line: ArraySlice<UInt8>) -> String? {
        guard line.first == key[0], line.starts(with: key) else { return nil }
        let isQuote = { (byte: UInt8) in byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let rest = line.dropFirst(key.count).drop(while: { isBlank($0) || isQuote($0) })
        let word = rest.prefix { byte in
            byte > UInt8(ascii: " ") && !isQuote(byte) && byte != UInt8(ascii: "#")
        }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
}
