import Testing

@testable import FlowModel

struct JSONSpeed {
    /// Not a bar, a number to look at: megabytes a second of a text of executions and their task runs.
    @Test func `speed of reading and writing`() throws {
        let run: Value = [
            "id": "5zFpHqvTn2mXkQ3Jw8LcYd", "executionId": "7aBcDeFgHiJkLmNoPqRsTu", "namespace": "company.team",
            "flowId": "hello-world",
            "taskId": "extract",
            "attempts": [
                [
                    "state": [
                        "current": "SUCCESS",
                        "histories": [
                            ["state": "CREATED", "date": "2024-01-01T00:00:00.000Z"],
                            ["state": "RUNNING", "date": "2024-01-01T00:00:01.123Z"],
                        ],
                    ]
                ]
            ],
            "outputs": [
                "uri": "kestra:///company/team/hello-world/executions/x.ion", "size": 123_456, "ratio": 0.75,
                "note": "two\nlines \"quoted\"",
            ],
            "value": nil, "ok": true,
        ]
        let clock = ContinuousClock()
        let bytes = run.json()
        let rounds = 20_000
        var length = 0
        let writing = clock.measure { for _ in 0..<rounds { length += run.json().count } }
        let reading = try clock.measure { for _ in 0..<rounds { _ = try JSON.parse(bytes) } }
        #expect(try JSON.parse(bytes) == run)
        #expect(length == rounds * bytes.count)
        func rate(_ time: Duration) -> String {
            "\(Int(Double(bytes.count * rounds) / 1e6 / (time / .seconds(1)))) MB/s"
        }
        print("JSON of \(bytes.count) bytes: writing \(rate(writing)), reading \(rate(reading))")
    }
}
