import Foundation
import Testing

@testable import WebServer

/// The list of routes that users read says what the server answers, no more and no less.
struct RouteListTests {
    private static let page: String? = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try? String(contentsOf: root.appendingPathComponent("docs/rest-api.md"), encoding: .utf8)
    }()

    @Test(.enabled(if: RouteListTests.page != nil, "the pages are not beside these tests"))
    func `docs tell every route`() async throws {
        let page = try #require(Self.page)
        let names = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { line in String(line.dropFirst(3).prefix { $0 != "`" }) }
            .filter { $0.contains(" /") }
        #expect(names.count == Set(names).count)
        try await withAPI { _, engine async throws in
            let served = Set(WebServer.routes(engine, WebSettings()).map { "\($0.method.rawValue) \($0.pattern)" })
            #expect(Set(names).subtracting(served) == [])
            #expect(served.subtracting(names) == [])
        }
    }
}
