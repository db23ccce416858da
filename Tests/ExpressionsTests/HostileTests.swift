import ExpressionFuzz
import Testing

@testable import Expressions

/// Templates that want everything end in a clear error. `ExpressionBench` measures their memory and, in a release build,
/// their time.
@Suite(.serialized) struct HostileTests {
    @Test(arguments: HostileTemplates.all.map(\.name))
    func `it ends in a clear error`(name: String) throws {
        let template = try #require(HostileTemplates.all.first { $0.name == name }?.template)
        let found = HostileTemplates.tried(name, template)
        let error = try #require(found.error)
        #expect(error.kind != .undefined)
        #expect(!error.message.isEmpty && error.description.utf8.count < 40_000)
        #expect(found.seconds < 10, "an unoptimised build is given ten times the time")
    }

    @Test func `there are many of them`() {
        #expect(HostileTemplates.all.count >= 90)
        #expect(Set(HostileTemplates.all.map(\.name)).count == HostileTemplates.all.count)
    }

    @Test(arguments: [
        ("{{ range(1, 1000000) | length }}", "1000000"), ("{{ range(1, 300000) | reverse | first }}", "300000"),
        ("{% set q = '' %}{% for i in 1..3000 %}{% set q = q ~ i ~ ',' %}{% endfor %}{{ q | length }}", "13893"),
        ("{% for i in 1..300 %}{% set l = range(1, 10000) | sort %}{% endfor %}done", "done"),
        ("{% set l = [] %}{% for i in 1..2000 %}{% set l = l + i %}{% endfor %}{{ l | last }}", "2000"),
        ("{{ range(1, 50000) | jq('map({id: ., name: tostring}) | length') | first }}", "50000"),
        ("{{ range(1, 2000) | jq('reduce .[] as $i (\"\"; . + \"xxxxxxxxxx\" * 10) | length') | first }}", "200000"),
        ("{{ range(1, 3000) | jq('reduce .[] as $i ([]; . + [$i]) | length') | first }}", "3000"),
        ("{{ range(1, 500) | jq('map([range(100)]) | add | length') | first }}", "50000"),
        ("{{ range(1, 20000) | jq('map_values(. + 1) | add') | first }}", "200030000"),
        ("{% macro m(x) %}{{ x }};{% endmacro %}{% for i in 1..5000 %}{% set q = m(i) %}{% endfor %}ok", "ok"),
        ("{% for a in 1..100 %}{% for b in 1..500 %}{% set x = [a, b] %}{% endfor %}{% endfor %}ok", "ok"),
        ("{% set q = range(1, 200000) | join(',') %}{{ q | split(',') | length }}", "200000"),
    ]) func `honest work with much data is not refused`(template: String, result: String) {
        #expect(rendered(template, [:], limits: Limits(milliseconds: 30_000)) == result)
    }
}
