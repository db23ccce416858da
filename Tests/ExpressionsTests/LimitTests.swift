import FlowModel
import Testing

@testable import Expressions

/// Hostile templates end in a clear error, soon and without much memory.
@Suite struct LimitTests {
    @Test(arguments: [
        "{% set q = 'aaaaaaaaaaaaaaaa' %}{% for i in 1..60 %}{% set q = q ~ q %}{% endfor %}{{ q }}",
        "{% set q = ['aaaaaaaaaaaaaaaa'] %}{% for i in 1..60 %}{% set q = q + q %}{% endfor %}{{ q }}",
        "{% set q = [1] %}{% for i in 1..60 %}{% set q = [q, q] %}{% endfor %}{{ q }}",
        "{% for a in 1..100000 %}{% for b in 1..100000 %}{% for c in 1..100000 %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ range(0, 999999) | join('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') }}",
        "{{ range(0, 2000000000) }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regexMatch('^(a+)+$') }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | split('(a|a)+b') }}x{{ 1 / 0 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% block b %}{{ block('b') }}{% endblock %}",
        "{{ 'a' | indent(1000000000) }}", "{{ 'a' | regexMatch('((a{1,1000}){1,1000}){1,1000}') }}",
        "{% for i in 1..100000 %}{% set l = [l ?? 1] %}{% endfor %}{{ l }}",
    ]) func `hostile templates end soon`(template: String) {
        let start = ContinuousClock.now
        #expect(failure(template)?.kind == .evaluation)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `templates nested too deeply are refused`() {
        let deep = 100_000
        for (open, close) in [("(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("{'a':", "}")] {
            let template =
                "{{ " + String(repeating: open, count: deep) + "1" + String(repeating: close, count: deep) + " }}"
            #expect(failure(template)?.kind == .parse)
        }
        #expect(failure("{{ 1" + String(repeating: " + 1", count: deep) + " }}")?.kind == .parse)
        #expect(failure(String(repeating: "{% if true %}", count: deep))?.kind == .parse)
        #expect(failure("{{ '" + String(repeating: "a' | upper ~ '", count: deep) + "' }}")?.kind == .parse)
        #expect(failure("{{ x ? " + String(repeating: "1 : 2 ? ", count: deep) + "1 : 2 }}")?.kind == .parse)
    }

    @Test func `long concatenations are fine`() {
        let template = "{{ 'a'" + String(repeating: " ~ s", count: 400) + " }}"
        #expect(rendered(template) == "a" + String(repeating: "Hello", count: 400))
    }

    @Test func `rendering that never settles is given up`() {
        #expect(rendered("{{ render(a) }}", ["a": "{{ a }}x"]).contains("Too many rendering attempts"))
        #expect(rendered("{{ render(a) }}", ["a": "{{ render(a) }}"]).contains("nesting depth"))
        #expect(rendered("{{ a }}", ["a": "{{ a }}x"], recursive: true).contains("Too many rendering attempts"))
    }
}
