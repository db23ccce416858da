import FlowModel
import Testing

@Suite struct ExecutionIDTests {
    @Test(arguments: 0..<200) func `An id reads back from its text`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        let id = ExecutionID(high: generator.next(), low: generator.next())
        #expect(id.description.count == 22)
        #expect(ExecutionID(id.description) == id)
    }

    @Test func `Texts sort as ids do`() {
        let early = ExecutionID(at: Timestamp(milliseconds: 1_700_000_000_000), sequence: 9, random: .max)
        let late = ExecutionID(at: Timestamp(milliseconds: 1_700_000_000_001), sequence: 0, random: 0)
        #expect(early < late)
        #expect(early.description < late.description)
        #expect(late.createdAt == Timestamp(milliseconds: 1_700_000_000_001))
    }

    @Test(arguments: ["", "abc", "0000000000000000000000000", "------0000000000000000", "zzzzzzzzzzzzzzzzzzzzzz"])
    func `What is no id is refused`(_ text: String) { #expect(ExecutionID(text) == nil) }

    @Test func `Task runs have ids of their own`() {
        let id = ExecutionID(high: 1 << 50, low: 42)
        let ids = Set((0..<10_000).map { id.taskRunID($0) })
        #expect(ids.count == 10_000)
    }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
