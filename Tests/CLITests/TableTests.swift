import Testing

@testable import CLI

@Suite struct TableTests {
    private var table: Table {
        var table = Table("ID", "STATE", "FLOW")
        table.rows = [["a-long-id", "SUCCESS", "company.team/hello"], ["b", "FAILED", "x/y"]]
        return table
    }

    @Test func `columns are as wide as their contents`() {
        #expect(
            table.text(width: nil) == """
                ID         STATE    FLOW
                a-long-id  SUCCESS  company.team/hello
                b          FAILED   x/y
                """)
    }

    @Test(arguments: [(38, 3), (37, 2), (18, 2), (17, 1), (1, 1)])
    func `a narrow terminal gets fewer columns, never a cut id`(_ width: Int, _ shown: Int) {
        let lines = table.text(width: width).split(separator: "\n")
        #expect(lines[1].split(separator: " ").count == shown)
        #expect(lines[1].hasPrefix("a-long-id"))
        #expect(lines.count == (shown < 3 ? 4 : 3))
        let left = 3 - shown
        if shown < 3 { #expect(lines[3].hasPrefix("+\(left) column\(left == 1 ? "" : "s"): ")) }
    }

    @Test(arguments: [(0, "0 flows"), (1, "1 flow"), (2, "2 flows")])
    func `a count goes with its word`(_ count: Int, _ text: String) {
        #expect(count.of("flow") == text)
        #expect(1.of("entry", "entries") == "1 entry" && 2.of("entry", "entries") == "2 entries")
    }
}
