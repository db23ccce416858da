import Expressions
import FlowModel
import OrderedCollections

/// What the templates of a fuzz run can see: every kind of value, and a world that answers at once.
enum FuzzContext {
    static let variables: ValueMap = [
        "inputs": ["name": "World", "count": 3, "ratio": 1.5, "flag": true, "nothing": nil, "my-input": "hyphen"],
        "outputs": [
            "extract": [
                "rows": [["name": "Ada", "age": 36], ["name": "Bob", "age": nil], ["name": "Çelik", "age": -4]]
            ],
            "my-task": ["value": 1, "uri": "kestra:///company/team/flow/executions/x1/file.ion"],
        ],
        "execution": ["id": "x1", "startDate": "2024-02-29T12:34:56.789Z", "state": "RUNNING"],
        "flow": ["id": "flow", "namespace": "company.team"], "task": ["id": "t"],
        "taskrun": ["id": "r", "value": "a", "iteration": 2],
        "parents": [["taskrun": ["value": "b"]], ["taskrun": ["value": "c"]]],
        "tasks": ["t": ["state": "FAILED"], "u": ["a": ["state": "SUCCESS"]]], "envs": ["region": "eu"],
        "vars": ["self": "{{ vars.self }}", "again": "{{ vars.text }}", "text": "plain"], "s": "Hello", "e": "",
        "b": "   ", "i": 5, "big": .int(.max), "small": .int(.min), "d": 12345.678, "nan": .double(.nan),
        "inf": .double(.infinity), "f": .float(1.123), "n": nil, "t": true, "l": ["a", "b", "b"],
        "numbers": [3, 1, 2.5, -7], "nested": [[1, [2, [3, nil]]], "x"], "empty": [],
        "m": ["a": 1, "b": "x", "c": nil],
        "none_map": [:], "json": #"{"a":[1,2,{"b":null}],"c":"é"}"#, "yaml": "a: 1\nb:\n  - x\n  - y\n",
        "ion": "{a: 1, b: [2.50, 2024-01-01]} 'two'", "lines": "one\ntwo\r\nthree", "unicode": "naïve 🎉 ｆｕｌｌ ß İ",
        "number_text": "0x1F", "date_text": "2013-09-08T17:19:12+02:00[Europe/Paris]", "epoch": 1_378_653_552_123,
        "long_text": .string(String(repeating: "lorem ipsum ", count: 200)),
        "z": moment { .zoned(try ZonedDateTime(iso: "2013-09-08T16:19:12.123456+01:00")) },
        "instant": moment { .instant(try Instant(iso: "2013-09-08T15:19:12Z")) },
        "local": moment { .localDateTime(try LocalDateTime(iso: "2013-09-08T16:19:12")) },
        "day": moment { .localDate(try LocalDate(iso: "2017-06-30")) },
        "legacy": .moment(.legacy(Instant(seconds: 1_341_100_800))), "duration": duration,
        "decimal": Decimal("12345678901234567890.123456789").map { .decimal($0) } ?? .null,
    ]

    static let names = Array(variables.keys)

    private static var duration: Value { (try? ISODuration("PT1H30M")).map { .duration($0) } ?? .null }

    private static func moment(_ read: () throws -> Moment) -> Value { (try? read()).map { .moment($0) } ?? .null }
}

/// Answers every question with something small.
struct FuzzWorld: World {
    var now: Instant { Instant(seconds: 1_700_000_000, nanoseconds: 123_456_789) }

    func random() -> UInt64 { 0x0123_4567_89AB_CDEF }
    func secret(_ name: String, namespace: String?) throws(ExpressionError) -> String {
        if name.isEmpty { throw .missingSecret(name) }
        return #"{"user":"ada"}"#
    }
    func kv(_ key: String, namespace: String?, errorOnMissing: Bool) throws(ExpressionError) -> Value? {
        key.utf8.count > 3 ? ["stored": .string(key)] : nil
    }
    func file(_ file: FileReference) throws(ExpressionError) -> [UInt8] { Array("line 1\nline 2\n".utf8) }
    func fileSize(_ file: FileReference) throws(ExpressionError) -> Int64? { 14 }
    func http(_ request: HTTPCall) throws(ExpressionError) -> HTTPAnswer {
        HTTPAnswer(
            status: request.uri.utf8.count % 2 == 0 ? 200 : 404, reason: "reason", contentType: request.accept,
            body: Array("<a><b x='1'>t</b></a>".utf8))
    }
    func subflow(_ call: SubflowCall) throws(ExpressionError) -> Value { ["values": [1, 2]] }
    func freePort() throws(ExpressionError) -> Int { 40_000 }
}
