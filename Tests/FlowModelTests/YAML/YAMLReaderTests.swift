import FlowModel
import Testing

@Suite struct YAMLReaderTests {
    @Test func `Elements know their places`() throws {
        let root = try YAMLReader().document("id: a\ntasks:\n  - id: first\n    type: x\n")
        let task = try #require(root["tasks"]).content
        guard case .list(let items) = task else {
            Issue.record("tasks is no list")
            return
        }
        #expect(items[0].mark == Mark(line: 3, column: 5))
        #expect(items[0]["type"]?.mark == Mark(line: 4, column: 11))
    }

    @Test(arguments: [
        ("1", Value.int(1)), ("-12", .int(-12)), ("1.5", .double(1.5)), ("true", .bool(true)), ("~", .null),
        ("'1'", .string("1")), ("\"true\"", .string("true")), ("1.2.3", .string("1.2.3")),
        ("2024-01-01", .string("2024-01-01")),
        ("0x10", .int(16)), ("1_000", .int(1000)), ("yes", .string("yes")),
        ("12345678901234567890", .decimal(Decimal("12345678901234567890")!)),
        ("-", .string("-")), (".5", .double(0.5)), ("1e3", .double(1000)),
    ]) func `Plain texts get their type, quoted ones stay texts`(_ text: String, _ value: Value) throws {
        #expect(try YAMLReader().document("[\(text)]").value == .list([value]))
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "yaml.duplicate-key", 3, 1),
        ("a: [1, 2\nb: 3\n", "yaml.syntax", 2, 2),
        ("a: *nowhere\n", "yaml.unknown-anchor", 1, 4),
        ("{{ x }}: 1\n", "yaml.key", 1, 1),
        ("a: 1\n---\nb: 2\n", "yaml.several-documents", 3, 1),
        ("", "yaml.empty", 1, 1),
    ]) func `Every refusal has its place`(_ text: String, _ code: String, _ line: Int, _ column: Int) {
        let problem = #expect(throws: Problem.self) { try YAMLReader(file: "f.yaml").document(text) }
        #expect(problem?.code == code)
        #expect(problem?.place == Place(file: "f.yaml", line: line, column: column))
    }

    @Test func `An alias is the element it names`() throws {
        let root = try YAMLReader().document("a: &x {k: [1]}\nb: *x\n")
        #expect(root["b"]?.value == ["k": [1]])
    }

    @Test func `An alias bomb is refused before it grows`() {
        var text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let problem = #expect(throws: Problem.self) { try YAMLReader().document(text) }
        #expect(problem?.code == "yaml.alias-limit")
    }

    @Test func `Depth and size are bounded`() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: Problem.self) { try YAMLReader().document(deep) }
        let large = "a: " + String(repeating: "x", count: 2 << 20)
        let problem = #expect(throws: Problem.self) { try YAMLReader().document(large) }
        #expect(problem?.code == "yaml.too-large")
    }

    @Test func `A map of very many keys finds its duplicate`() {
        let text = (0..<5000).map { "k\($0): 1\n" }.joined() + "k17: 2\n"
        let problem = #expect(throws: Problem.self) { try YAMLReader().document(text) }
        #expect(problem?.place?.line == 5001)
    }
}
