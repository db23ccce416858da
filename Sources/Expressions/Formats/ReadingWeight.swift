/// About how much memory the values of a text of JSON, Ion or YAML will take, told by its commas and brackets before it
/// is read.
enum ReadingWeight {
    /// - Parameter factor: how much more than the bare values the reader needs.
    static func of(_ text: some Sequence<UInt8>, count: Int, factor: Int = 1) -> Int {
        guard count > 4096 else { return 0 }
        var (items, containers, members) = (0, 0, 0)
        for byte in text {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "\n"): items += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("): containers += 1
            case UInt8(ascii: ":"): members += 1
            default: break
            }
        }
        return count + factor * (items * (Weights.item + Weights.item / 2) + containers * 64 + members * Weights.member)
    }
}
