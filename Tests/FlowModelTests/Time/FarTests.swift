import Testing

@testable import FlowModel

/// Times of users that are longer than anything: they stop at an end, and nothing overflows.
struct FarTests {
    private static let now = Timestamp(milliseconds: 1_736_942_400_000)

    @Test(arguments: ["PT9223372036854775807S", "PT9223372036854775.807S", "P100000D"])
    func `a moment far ahead is in the year 9999 at the latest`(text: String) throws {
        let duration = try ISODuration(text)
        #expect(Self.now.advanced(by: duration) <= .latest)
        #expect(Self.now.advanced(by: duration) > Self.now)
        #expect(duration.milliseconds > 0)
        let back = ISODuration.milliseconds(-duration.milliseconds)
        #expect(Self.now.advanced(by: back) >= .earliest)
        #expect(Self.now.advanced(by: back) < Self.now)
    }

    @Test func `the time between any two moments can be told`() throws {
        #expect(Timestamp.latest.iso == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp.latest.since(.earliest).milliseconds == 2 * Timestamp.latest.milliseconds)
        #expect(Timestamp(milliseconds: .max).since(Timestamp(milliseconds: .min)) > .zero)
        #expect(Timestamp(milliseconds: .min).since(Timestamp(milliseconds: .max)) < .zero)
    }
}
