import Foundation
import Testing

/// `sluice validate`: what is wrong, where, and how to mend it.
@Suite struct ValidateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var source: String
        var says: [String]
        var testDescription: String { name }
    }

    private static let log = "    type: io.kestra.plugin.core.log.Log\n    message: hi\n"

    @Test(arguments: [
        Case(
            name: "YAML that cannot be read", source: "id: a\n  namespace: [x\n",
            says: ["bad.yaml:2:12: error: YAML: mapping values are not allowed"]),
        Case(
            name: "an unknown type",
            source: "id: a\nnamespace: x\ntasks:\n  - id: l\n    type: io.kestra.plugin.core.log.Lg\n",
            says: [
                "bad.yaml:5:11: error: tasks[0].type: Invalid type", "did you mean \"io.kestra.plugin.core.log.Log\"?",
            ]),
        Case(
            name: "an unknown property", source: "id: a\nnamespace: x\ntasks:\n  - id: l\n" + log + "    mesage: hi\n",
            says: ["bad.yaml:7:5: error: tasks[0].mesage: Unrecognized field \"mesage\""]),
        Case(
            name: "one id twice", source: "id: a\nnamespace: x\ntasks:\n  - id: l\n" + log + "  - id: l\n" + log,
            says: ["bad.yaml:7:5: error: Duplicate task id with name [l]"]),
        Case(
            name: "a flow that calls itself",
            source:
                "id: a\nnamespace: x\ntasks:\n  - id: l\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: x\n    flowId: a\n",
            says: [
                "bad.yaml:7:13: error: Recursive call to flow [x.a]\n", "|             ^\n", "fix: call another flow",
            ]),
        Case(
            name: "a misspelt type",
            source: "id: a\nnamespace: x\ntasks:\n  - id: l\n    typ: io.kestra.plugin.core.log.Log\n    message: hi\n",
            says: ["bad.yaml:5:5: error: tasks[0].type: Invalid type: null", "did you mean `type` where `typ` stands?"]),
        Case(
            name: "a type left out", source: "id: a\nnamespace: x\ntasks:\n  - id: l\n    message: hi\n",
            says: ["fix: add `type: io.kestra.plugin.core.log.Log`"]),
        Case(
            name: "two mistakes at once",
            source: "id: a\nnamespace: x\ntasks:\n  - id: l\n    type: io.kestra.plugin.core.log.Log\n    mesage: hi\n",
            says: ["bad.yaml:4:5: error: tasks[0].message: must not be null", "bad.yaml:6:5: error: tasks[0].mesage"]),
    ])
    func `a mistake is told with file, line and column`(_ one: Case) async throws {
        let folder = try Folder(["bad.yaml": one.source])
        let ended = try await Sluice.run("validate", "bad.yaml", at: folder.path)
        #expect(ended.status == 1)
        for text in one.says { #expect((ended.output + ended.errors).contains(text), "\(ended.output)\(ended.errors)") }
    }

    @Test func `folders are read to any depth, and JSON tells every file`() async throws {
        let folder = try Folder(["a/b/good.yaml": logFlow("good"), "bad.yml": "id: [", "note.txt": "no flow"])
        let ended = try await Sluice.run("validate", "-o", "json", ".", at: folder.path)
        #expect(ended.status == 1)
        let files = try JSON(ended.output).all
        #expect(files.count == 2)
        #expect(files.filter { $0["valid"] == .bool(true) }.count == 1)
        let bad = try #require(files.first { $0["valid"] == .bool(false) })
        #expect(bad["violations"][0]["line"].int != nil && bad["violations"][0]["column"].int != nil)
    }

    @Test func `standard input is a file too, and a path that is not there is a mistake of use`() async throws {
        #expect(try await Sluice.run("validate", "-", input: logFlow("good")).status == 0)
        #expect(try await Sluice.run("validate", "/nowhere/at/all.yaml").status == 2)
    }
}
