import Expressions

/// Changes known templates: cuts, repeats, joins, and puts in what parsers stumble over.
struct TemplateMutator {
    var random: FuzzRandom
    let corpus: [String]

    /// Every documented example.
    static let documented: [String] =
        (Catalogue.filters.map(\.signature) + Catalogue.functions.map(\.signature) + Catalogue.tests.map(\.signature))
        .flatMap(\.examples).map(\.template)

    private static let tokens = [
        "{{", "}}", "{%", "%}", "{#", "#}", "#{", "'", "\"", "\\", "(", ")", "[", "]", "{", "}", "|", "~", "..", "???",
        "-",
        "{{-", "-}}", " is not ", " and ", "=", ",", ".", ":", "?", "\u{0}", "\u{2028}", "\u{FEFF}", "é", "🎉", "\r\n",
        "99999999999999999999",
        "-9223372036854775808", "1e9", "null", "{% raw %}", "{% endraw %}", "{% endfor %}", "\u{301}", "%", "$1", "\\Q",
    ]

    mutating func template() -> String {
        var bytes = Array(random.pick(corpus).utf8)
        for _ in 0..<(1 + random.below(6)) { change(&bytes) }
        if bytes.count > 20_000 { bytes.removeSubrange(20_000...) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let start = random.below(bytes.count + 1)
        let end = min(bytes.count, start + random.below(random.once(in: 4) ? 40 : 6))
        switch random.below(9) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: Array(bytes[start..<end]), at: start)
        case 2, 3: bytes.insert(contentsOf: Array(random.pick(Self.tokens).utf8), at: start)
        case 4: bytes.replaceSubrange(start..<end, with: Array(random.pick(Self.tokens).utf8))
        case 5 where start < bytes.count: bytes[start] = UInt8(truncatingIfNeeded: random.next())
        case 6:
            let other = Array(random.pick(corpus).utf8)
            bytes.replaceSubrange(start..., with: other[min(other.count, random.below(other.count + 1))...])
        case 7:
            let part = Array(bytes[start..<end])
            for _ in 0..<random.pick([2, 10, 300]) where bytes.count < 20_000 {
                bytes.insert(contentsOf: part, at: start)
            }
        default:
            guard let digit = bytes.firstIndex(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return }
            bytes.replaceSubrange(
                digit...digit, with: Array(random.pick(["0", "-1", "1000000000", "9223372036854775807", "0.5"]).utf8))
        }
    }
}
