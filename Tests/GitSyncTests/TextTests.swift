import Testing

@testable import GitSync

@Suite struct TextTests {
    @Test(arguments: [
        ("second*", "second-flow", true), ("second*", "first", false), ("*", "a/b", false), ("**", "a/b", true),
        ("a?c", "abc", true), ("a?c", "a/c", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false),
        ("{one,two}*", "two-x", true),
        ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("*.yml", ".hidden.yml", true), ("{a,b\\,c}", "b,c", true),
        ("a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ]) func `a Java glob`(pattern: String, text: String, fits: Bool) throws {
        #expect(try JavaGlob(pattern).matches(text) == fits)
    }

    @Test(arguments: ["[a", "{a", "a\\", "{a{b}}"]) func `an unfinished glob is refused`(pattern: String) {
        #expect(throws: GitError.self) { try JavaGlob(pattern) }
    }

    @Test(arguments: [
        ("file.txt", "file.txt", true), ("file.txt", "a/b/file.txt", true), ("/file.txt", "a/file.txt", false),
        ("dir/", "dir/x/y", true), ("dir/", "dir", false), ("a/b", "a/b", true), ("a/b", "x/a/b", false),
        ("**/b", "x/a/b", true),
        ("a/**", "a/x/y", true), ("a/**", "a", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true),
        ("*.yml\n!keep.yml", "keep.yml", false),
        ("*.yml\n!keep.yml", "other.yml", true), ("dir/\n!dir/keep", "dir/keep", true),
        ("# comment", "# comment", false),
        ("\\#x", "#x", true), ("f[0-9].txt", "f7.txt", true), ("*", "a/b", true), ("/*", "a/b", true),
        ("a*c", "a/c", false),
        ("trail  ", "trail", true), ("build/*.o", "build/x/y.o", false), ("[[:digit:]]x", "7x", true),
    ]) func `an ignore file`(rules: String, path: String, ignored: Bool) {
        #expect(IgnoreFile(rules).ignores(file: path) == ignored)
    }

    @Test func `the namespace's line is replaced, its comment lost, all else kept`() {
        let source = "id: a\nnamespace: dev # team dev\n\n# why\ntasks:\n  - id: x\n    namespace: dev\n\n\n"
        #expect(
            FlowText.settingNamespace("prod.x", in: source) { _ in nil }
                == "id: a\nnamespace: prod.x\n\n# why\ntasks:\n  - id: x\n    namespace: dev")
    }

    @Test func `a CR before the LF survives`() {
        #expect(
            FlowText.settingNamespace("p", in: "id: a\r\nnamespace: dev\r\ntasks: []\r\n") { _ in nil }
                == "id: a\r\nnamespace: p\r\ntasks: []")
    }

    @Test func `without a namespace the line goes below the id`() {
        #expect(
            FlowText.settingNamespace("p", in: "id: a\ntasks: []\n") { _ in nil } == "id: a\nnamespace: p\ntasks: []")
        #expect(FlowText.settingNamespace("p", in: "tasks: []\nid: a") { _ in nil } == "tasks: []\nid: a\nnamespace: p")
        #expect(FlowText.settingNamespace("p", in: "tasks: []") { _ in nil } == "namespace: p\ntasks: []")
    }

    @Test func `what is not plain is asked of the parser`() {
        let quoted = "id: a\n\"namespace\": dev\ntasks: []"
        let key = FlowText.RootKey(line: 1, lastLine: 1)
        #expect(
            FlowText.settingNamespace("p", in: quoted) { $0 == "namespace" ? key : nil }
                == "id: a\nnamespace: p\ntasks: []")
        let folded = "id: a\nnamespace: >-\n  dev\ntasks: []"
        #expect(
            FlowText.settingNamespace("p", in: folded) { _ in FlowText.RootKey(line: 1, lastLine: 2) }
                == "id: a\nnamespace: p\ntasks: []")
    }

    @Test func `the id is read from a plain line only`() {
        #expect(FlowText.plainValue(of: "id", in: "# x\nid: my-flow # c\nnamespace: a") == "my-flow")
        #expect(FlowText.plainValue(of: "id", in: "{id: x}") == nil)
        #expect(FlowText.plainValue(of: "id", in: "id: \"x\"") == nil)
    }

    @Test(arguments: [
        ("namespace: dev", "namespace: prod"), ("namespace: dev.marketing", "namespace: prod.marketing"),
        ("    namespace: dev.a # x", "    namespace: prod.a # x"), ("namespace: development", "namespace: development"),
        ("- namespace: dev", "- namespace: dev"), ("namespace: \"dev\"", "namespace: \"dev\""),
        ("namespace:dev", "namespace:dev"),
        ("namespace: dev#x", "namespace: prod#x"), ("namespace:   dev\r\n", "namespace:   prod\r\n"),
    ]) func `pushing replaces the namespace wherever a line starts with it`(line: String, expected: String) {
        #expect(FlowText.replacingNamespaces("dev", by: "prod", in: line) == expected)
    }

    @Test func `a dot in a namespace is a dot`() {
        #expect(FlowText.replacingNamespaces("a.b", by: "x", in: "namespace: aXb") == "namespace: aXb")
    }

    @Test func `revision lines go, indented ones stay`() {
        #expect(
            FlowText.withoutRevisionLines("id: a\nrevision: 4\ntasks:\n  revision: 4\n")
                == "id: a\ntasks:\n  revision: 4\n")
        #expect(FlowText.withoutRevisionLines("revision: four\n") == "revision: four\n")
    }

    @Test func `rows are Ion text`() {
        let row = SyncRow(gitPath: "flows/flow1.yml", state: .added, flowID: "flow1", namespace: "prod", revision: 1)
        #expect(row.ion == #"{gitPath:"flows/flow1.yml",syncState:"ADDED",flowId:"flow1",namespace:"prod",revision:1}"#)
        let gone = SyncRow(gitPath: nil, state: .deleted, flowID: "x", namespace: "p", revision: 3)
        #expect(gone.ion == #"{gitPath:null,syncState:"DELETED",flowId:"x",namespace:"p",revision:3}"#)
        let odd = SyncRow(gitPath: "a\"b\\c\n\u{1}", state: .added, flowID: "x", namespace: "p", revision: 1)
        #expect(odd.ion.contains(#"gitPath:"a\"b\\c\n\x01""#))
        let push = PushRow(file: "_flows/first-flow.yml", counts: LineCounts(additions: 10, deletions: 5, changes: 3))
        #expect(
            String(decoding: PushRow.file([push]), as: UTF8.self)
                == #"{changes:"3",file:"_flows/first-flow.yml",deletions:"-5",additions:"+10"}"# + "\n")
    }

    @Test(
        arguments: [
            (nil, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", LineCounts(additions: 10)),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9\n10", nil, LineCounts(deletions: 10)),
            ("1\n2\n3\n4\n5\n", "1\n2\nx\n4\n5\n", LineCounts(changes: 1)),
            ("1\n2\n3\n", "1\na\nb\nc\n", LineCounts(additions: 1)),
            ("1\n2\n3\n", "1\n", LineCounts(deletions: 2)),
            ("a\0b", "c\n", LineCounts()),
            ("same", "same", LineCounts()),
        ] as [(String?, String?, LineCounts)]) func `lines are counted by regions`(
            old: String?, new: String?, counts: LineCounts
        ) throws
    {
        GitLibrary.start()
        #expect(try LineCounts(from: old.map { Array($0.utf8) }, to: new.map { Array($0.utf8) }) == counts)
    }

    @Test func `packets survive any cut`() throws {
        var writer = PacketWriter()
        writer.line("hello")
        writer.delimiter()
        writer.line("world")
        writer.flush()
        for cut in 1..<writer.bytes.count {
            var (reader, packets) = (PacketReader(), [Packet]())
            for part in [writer.bytes[..<cut], writer.bytes[cut...]] {
                reader.append(part)
                while let packet = try reader.next() { packets.append(packet) }
            }
            #expect(packets.map(\.text) == ["hello", nil, "world", nil])
        }
        #expect(throws: GitError.self) { try PacketReader.all(of: Array("<html>".utf8)) }
    }
}
