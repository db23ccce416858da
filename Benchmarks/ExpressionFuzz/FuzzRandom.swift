/// Chance that can be had again: the same seed and the same index give the same numbers on every machine (SplitMix64).
public struct FuzzRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter index: which input of the run; every one has its own numbers, so any of them can be made alone.
    public init(seed: UInt64, index: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ (index &* 0xD1B5_4A32_D192_ED03)
        _ = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `count`.
    mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(max(count, 1))).high) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
