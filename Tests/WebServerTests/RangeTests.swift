import Testing

@testable import WebServer

struct RangeTests {
    @Test(
        arguments: [
            (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=0-", .part(0..<10)),
            ("bytes=5-99999999999999999999", .part(5..<10)),
            ("bytes=-4", .part(6..<10)), ("bytes=-40", .part(0..<10)), ("bytes=-0", .outside), ("bytes=10-", .outside),
            ("bytes=99999999999999999999-", .outside), ("bytes=4-2", .whole), ("bytes=-", .whole),
            ("bytes=a-b", .whole),
            ("bytes=0-1,3-4", .whole), ("lines=0-1", .whole), ("bytes=+1-2", .whole),
        ] as [(String?, ByteRange)])
    func `a range of a file of ten bytes`(header: String?, range: ByteRange) {
        #expect(ByteRange(header, size: 10) == range)
    }

    @Test func `nothing is a part of an empty file`() {
        #expect(ByteRange("bytes=0-", size: 0) == .outside)
        #expect(ByteRange("bytes=-1", size: 0) == .outside)
    }
}
