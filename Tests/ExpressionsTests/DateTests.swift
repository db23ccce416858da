import FlowModel
import Testing

@testable import Expressions

struct DateTests {
    private let variables: ValueMap
    private let world: NoWorld

    init() throws {
        world = NoWorld(now: try Instant(iso: "2024-02-29T10:11:12.123456789Z"))
        variables = [
            "old": .moment(.legacy(try Instant(iso: "2013-09-08T15:19:12Z"))),
            "instant": .moment(.instant(try Instant(iso: "2013-09-08T15:19:12.123456Z"))),
            "zoned": .moment(.zoned(try ZonedDateTime(iso: "2013-09-08T16:19:12.123456+01:00"))),
            "local": .moment(.localDateTime(try LocalDateTime(iso: "2013-09-08T16:19:12.123456"))),
            "day": .moment(.localDate(try LocalDate(iso: "2013-09-08"))),
        ]
    }

    private func text(_ template: String) throws -> String {
        try Renderer.text(template, in: Scope(variables: variables, world: world))
    }

    @Test(arguments: DateCases.results) func `results`(row: String) throws {
        let (expression, result) = try DateCases.parts(of: row)
        #expect(try text("{{ \(expression) }}") == result)
    }

    @Test(arguments: DateCases.refusals) func `refusals`(row: String) throws {
        let (expression, part) = try DateCases.parts(of: row)
        let error = #expect(throws: ExpressionError.self) { try text("{{ \(expression) }}") }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
}
