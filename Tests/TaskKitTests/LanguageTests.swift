import Expressions
import FlowModel
import Foundation
import Testing

@testable import TaskKit

@Suite struct LanguageTests {
    @Test func `a name finds what has it, a kind tells them apart`() {
        #expect(Language.named("upper").map(\.kind) == [.filter])
        #expect(Language.named("filter upper").map(\.name) == ["upper"])
        #expect(Language.named("function upper").isEmpty)
        #expect(Language.named("nonsense upper").isEmpty)
        #expect(Language.named("json").map(\.kind) == [.filter, .function, .test])
        #expect(Language.named("a b c").isEmpty)
    }

    @Test func `usage shows how it is written`() throws {
        #expect(try #require(Language.named("upper").first).usage == "value | upper")
        #expect(try #require(Language.named("max").first).usage == "max(…)")
        #expect(try #require(Language.named("test empty").first).usage == "value is empty")
        let render = try #require(Language.named("render").first)
        #expect(render.usage == "render(toRender, recursive = true)")
        #expect(render.json["parameters"]?.list?.first?["required"] == true)
    }

    @Test func `the schema of flows lists what expressions can call`() throws {
        let schema = try #require(
            FlowSchema(catalogue: TaskKit.Catalogue(tasks: [], triggers: [])).schema(of: "flow"))
        let filters = schema["x-expressions"]?["filters"]?.list ?? []
        #expect(filters.contains { $0["name"] == "upper" && $0["usage"] == "value | upper" })
    }

    @Test func `the page of the language in docs is the one that is made now`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
        let page = tests.appending(path: "../../docs/expressions.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text == LanguagePage.text, "run `sluice type docs > docs/expressions.md`")
    }
}
