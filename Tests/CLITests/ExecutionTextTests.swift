import FlowModel
import Testing

@testable import CLI

@Suite struct ExecutionTextTests {
    private func run(_ number: Int, _ state: String) -> Value {
        ["id": .string("r\(number)"), "taskId": .string("t"), "state": ["current": .string(state)]]
    }

    @Test func `of many task runs the first are shown, of the others those that failed`() {
        var rows = TaskRunRows()
        for number in 0..<1000 { rows.add(run(number, number == 900 ? "FAILED" : "SUCCESS")) }
        #expect(rows.table.rows.count == 301 && rows.table.rows.last?[2] == "FAILED" && rows.failed == ["r900"])
        #expect(rows.remark == "… and 699 more: 699 SUCCESS (use -o json)")
        var few = TaskRunRows()
        few.add(run(0, "RUNNING"))
        #expect(few.remark == nil)
    }

    private func line(_ run: String, _ message: String, level: String = "ERROR") -> Value {
        [
            "taskRunId": .string(run), "taskId": .string(run.isEmpty ? "" : "t\(run)"), "level": .string(level),
            "message": .string(message),
        ]
    }

    @Test func `the reasons are the first error lines of the runs that failed, each once`() {
        var lines = FailureLines(failed: ["1", "2"])
        for (run, message) in [("1", "a"), ("3", "of another"), ("1", "a"), ("1", "b"), ("1", "c"), ("2", "d")] {
            lines.take(line(run, message))
        }
        lines.take(line("1", "no error", level: "INFO"))
        #expect(lines.text(of: "x") == "error: t1: a\nerror: t1: b\nerror: t1: c\nerror: t2: d")
        lines.take(line("1", "e"))
        #expect(lines.text(of: "x")?.hasSuffix("\n   more: `sluice exec logs x --level error`") == true)
        #expect(FailureLines(failed: []).text(of: "x") == nil)
        var whole = FailureLines(failed: ["1"])
        whole.take(line("", "of the execution"))
        #expect(whole.texts == ["error: of the execution"])
    }

    @Test(arguments: [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("PT5M", 300)])
    func `a time ago is short or ISO 8601`(_ text: String, _ seconds: Int64) throws {
        let now = Timestamp(milliseconds: 1_000_000_000)
        #expect(SinceOption(text, now: now)?.moment == Timestamp(milliseconds: 1_000_000_000 - seconds * 1000))
    }

    @Test func `since a moment are the lines of it and later`() throws {
        let since = try #require(SinceOption("2026-11-21T10:00:00Z", now: Timestamp(milliseconds: 0)))
        #expect(since.takes(Array(#"{"timestamp":"2026-11-21T10:00:00.000Z"}"#.utf8)))
        #expect(!since.takes(Array(#"{"timestamp":"2026-11-21T09:59:59.999Z"}"#.utf8)))
        #expect(SinceOption("soon", now: Timestamp(milliseconds: 0)) == nil)
        #expect(SinceOption("", now: Timestamp(milliseconds: 0)) == nil)
    }
}
