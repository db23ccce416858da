import FlowModel
import TaskKit
import TestSupport
import Testing

@testable import CoreTasks

@Suite struct StorageTaskTests {
    private let world = TestWorld()

    private func stored(_ text: String, _ name: String = "data.txt") async throws -> Value {
        .string(try await world.vault.store(Array(text.utf8), at: "/in/\(name)"))
    }

    private func text(_ uri: Value?) -> String? { world.vault.text(uri?.string ?? "") }

    @Test func `Concat writes the separator after each file`() async throws {
        let (a, b) = (try await stored("a", "a"), try await stored("b", "b"))
        let task = try ConcatFiles.make(["files": [a, b], "separator": "\n", "extension": ".csv"])
        let outputs = try await task.run(world.context()).values
        #expect(text(outputs["uri"]) == "a\nb\n")
        #expect(outputs["uri"]?.string?.hasSuffix(".csv") == true)
        let json = try ConcatFiles.make(["files": .string("[\"\(a.string ?? "")\"]")])
        #expect(text(try await json.run(world.context()).values["uri"]) == "a")
    }

    @Test(
        arguments: [
            (["partitions": 8], 1000, 8), (["rows": 10], 1000, 100), (["bytes": "1KB"], 12288, 251),
            (["rows": 4], 102, 26),
        ] as [(ValueMap, Int, Int)])
    func `Split cuts into as many files as it should`(_ rule: ValueMap, _ lines: Int, _ files: Int) async throws {
        let line = "12345678901234567890"
        let whole = (0..<lines).map { _ in line + "\n" }.joined()
        var properties = rule
        properties["from"] = try await stored(whole, "data.csv")
        let uris = try #require(try await SplitFile.make(properties).run(world.context()).values["uris"]?.list)
        #expect(uris.count == files)
        #expect(uris.map { text($0) ?? "" }.joined() == whole)
        #expect(uris.allSatisfy { $0.string?.hasSuffix(".csv") == true })
        #expect(try FileTree.files(in: world.folder).isEmpty)
    }

    @Test func `Split by pattern sorts records by their group`() async throws {
        let from = try await stored("[a] 1\n[b] 2\nnone\n[a] 3\n")
        let task = try SplitFile.make(["from": from, "regexPattern": "\\[(\\w+)\\]"])
        let uris = try #require(try await task.run(world.context()).values["uris"]?.list)
        #expect(uris.map { text($0) } == ["[a] 1\n[a] 3\n", "[b] 2\n"])
    }

    @Test func `Reverse, Size, Write and Delete`() async throws {
        let from = try await stored("1\n2\n3\n", "x.log")
        let reversed = try await ReverseFile.make(["from": from]).run(world.context()).values["uri"]
        #expect(text(reversed) == "3\n2\n1\n")
        #expect(reversed?.string?.hasSuffix(".log") == true)
        #expect(try await FileSize.make(["uri": from]).run(world.context()).values == ["size": 6])
        let written = try await WriteFile.make(["content": "x", "extension": "csv"]).run(world.context()).values["uri"]
        #expect(text(written) == "x")
        #expect(written?.string?.hasSuffix(".csv") == true)
        #expect(try await DeleteFile.make(["uri": from]).run(world.context()).deleted)
        #expect(try await !DeleteFile.make(["uri": from]).run(world.context()).deleted)
        let strict = try DeleteFile.make(["uri": from, "errorOnMissing": true])
        await #expect(throws: TaskFailure.self) { try await strict.run(world.context()) }
    }

    @Test func `Deduplicate keeps the last record of each key`() async throws {
        let records = ["k1 a", "k2 b", "k3 c", "k1 d", "k2 e", "k3 f", "k1 g", "k1 h"].map { text in
            let parts = text.split(separator: " ")
            return "{\"key\":\"\(parts[0])\",\"v\":\"\(parts[1])\"}\n"
        }
        let from = try await stored(records.joined())
        let outputs = try await DeduplicateItems.make(["from": from, "expr": "{{ key }}"]).run(world.context()).values
        #expect(outputs["numKeys"] == 3)
        #expect(outputs["processedItemsTotal"] == 8)
        #expect(outputs["droppedItemsTotal"] == 5)
        #expect(text(outputs["uri"]) == records[4] + records[5] + records[7])
    }

    @Test(arguments: [
        ("INCLUDE", "FAIL", Int64(2)), ("EXCLUDE", "FAIL", 1),
    ]) func `Filter keeps or drops`(_ kind: String, _ failing: String, _ dropped: Int64) async throws {
        let from = try await stored("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n")
        let outputs = try await FilterItems.make(
            ["from": from, "filterCondition": " {{ n > 2 }} ", "filterType": .string(kind)]
        ).run(world.context()).values
        #expect(outputs["droppedItemsTotal"] == .int(dropped))
        #expect(outputs["processedItemsTotal"] == 3)
    }

    @Test func `Filter asks what to do with records that fail`() async throws {
        let from = try await stored("{\"n\":1}\n{\"m\":2}\n{\"n\":null}\n")
        func dropped(_ failing: String) async throws -> Value? {
            try await FilterItems.make(
                ["from": from, "filterCondition": "{{ n }}", "errorOrNullBehavior": .string(failing)]
            ).run(world.context()).values["droppedItemsTotal"]
        }
        await #expect(throws: TaskFailure.self) { try await dropped("FAIL") }
        #expect(try await dropped("INCLUDE") == 0)
        #expect(try await dropped("EXCLUDE") == 2)
    }

    @Test func `LocalFiles shares the working directory and refuses to overwrite`() async throws {
        let folder = try WorkingDirectory.make(named: "shared", in: world.folder)
        try await WorkingDirectory.$shared.withValue(folder) {
            let write = try LocalFilesTask.make(["inputs": ["a/b.txt": "x"]])
            _ = try await write.run(world.context())
            await #expect(throws: TaskFailure.self) { try await write.run(world.context()) }
            let keep = try LocalFilesTask.make(["outputs": "**/*.txt"])
            let outputs = try await keep.run(world.context()).values
            #expect(text(outputs["uris"]?["a/b.txt"]) == "x")
        }
        folder.remove()
        #expect(!FileTree.exists(folder.path))
    }
}

@Suite struct PathGlobTests {
    @Test(arguments: [
        ("*.txt", "a.txt", true), ("*.txt", "b/a.txt", false), ("**/*.txt", "b/c/a.txt", true),
        ("**/*.txt", "a.txt", true),
        ("**.txt", "b/a.txt", true), ("a/**", "a/b/c", true), ("a/**", "a", false), ("a?c", "abc", true),
        ("a?c", "a/c", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("{a,b*}.csv", "bcd.csv", true),
        ("{a,b}.csv", "c.csv", false), ("a\\*b", "a*b", true), ("a\\*b", "axb", false), ("**/x/**/y", "x/y", true),
        ("**/x", "ax", false), ("ä?", "äö", true), ("", "", true),
    ]) func `Patterns match as Java's globs do`(_ pattern: String, _ path: String, _ fits: Bool) throws {
        #expect(try PathGlob(pattern).matches(path) == fits)
    }

    @Test func `No pattern takes long`() throws {
        let glob = try PathGlob(String(repeating: "*a", count: 40) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 2000)))
    }

    @Test(arguments: ["[a", "{a,b", "{a,{b}}", "a\\", "regex:("]) func `Broken patterns are refused`(_ pattern: String)
    {
        #expect(throws: PropertyProblem.self) { try PathGlob(pattern) }
    }

    @Test func `Prefixes ask for whole paths`() throws {
        #expect(try PathGlob("regex:.*/a+").isAbsolute)
        #expect(try PathGlob("regex:.*/a+").matches("/x/aaa"))
        #expect(try PathGlob("glob:/x/*").matches("/x/y"))
    }
}
