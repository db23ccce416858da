extension TemplateFunction {
    static let uuid = TemplateFunction(
        "uuid", "A random UUID.", examples: [Example("{{ uuid() }}")]
    ) { _, run in .string(RandomIDs.uuidText(run.world)) }

    static let id = TemplateFunction(
        "id", "A random identifier of 22 letters and digits.", examples: [Example("{{ id() }}")]
    ) { _, run in .string(RandomIDs.base62(RandomIDs.uuid(run.world), length: 22)) }

    static let ksuid = TemplateFunction(
        "ksuid", "A random identifier of 27 letters and digits that sorts by the time it was made.",
        examples: [Example("{{ ksuid() }}")]
    ) { _, run in
        let seconds = UInt32(truncatingIfNeeded: run.world.now.seconds - 1_400_000_000)
        var bytes = [UInt8((seconds >> 24) & 0xFF), UInt8((seconds >> 16) & 0xFF), UInt8((seconds >> 8) & 0xFF)]
        bytes.append(UInt8(seconds & 0xFF))
        bytes += RandomIDs.bytes(16, run.world)
        return .string(RandomIDs.base62(bytes, length: 27))
    }
}

enum RandomIDs {
    static func bytes(_ count: Int, _ world: any World) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { withUnsafeBytes(of: world.random()) { bytes += $0 } }
        return Array(bytes[..<count])
    }

    /// The 16 bytes of a random UUID, version 4.
    static func uuid(_ world: any World) -> [UInt8] {
        var bytes = bytes(16, world)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes
    }

    static func uuidText(_ world: any World) -> String {
        let digits = Array(Hexadecimal.text(of: uuid(world)))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The bytes as one big number in base 62.
    static func base62(_ bytes: [UInt8], length: Int) -> String {
        var number = bytes
        var text: [UInt8] = []
        while text.count < length {
            var rest = 0
            for index in number.indices {
                let value = rest << 8 | Int(number[index])
                number[index] = UInt8(value / 62)
                rest = value % 62
            }
            text.append(alphabet[rest])
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }
}
