import ExpressionFuzz
import Testing

@testable import Expressions

/// A small part of what `ExpressionBench fuzz` does, the same every time.
@Suite struct FuzzTests {
    @Test(arguments: [UInt64](1...4)) func `no input breaks anything`(seed: UInt64) {
        let fuzzer = ExpressionFuzzer(seed: seed)
        for index in UInt64(0)..<5000 {
            let template = fuzzer.template(at: index)
            let outcome = fuzzer.outcome(of: template, at: index)
            if let fault = fuzzer.fault(outcome, of: template) { Issue.record("\(fault): \(template)") }
        }
    }

    @Test func `an input follows from seed and index alone`() {
        let (one, other) = (ExpressionFuzzer(seed: 7), ExpressionFuzzer(seed: 7))
        for index in UInt64(0)..<200 { #expect(one.template(at: index) == other.template(at: index)) }
        #expect(one.template(at: 3) != ExpressionFuzzer(seed: 8).template(at: 3))
    }

    /// What earlier runs found took for ever.
    @Test func `slices of a list from each of its items on end soon`() {
        let template = "{{ range(0, 100000) | jq('path(.[.[]:1e1000])') | length }}"
        #expect(failure(template, limits: Limits(milliseconds: 50))?.kind == .evaluation)
    }

    @Test func `a typed result that holds itself too often is refused`() {
        let result = typed("{{ 1 | jq('reduce range(60) as $i (1; [., .])') }}")
        #expect(result.string?.contains("evaluation error") == true)
    }

    @Test(arguments: ["é🎉", "", "_", "en_", "🎉", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])
    func `a locale that is none is English`(locale: String) {
        #expect(rendered("{{ '2024-01-01' | date('EEEE', locale='\(locale)') }}") == "Monday")
    }

    /// What earlier runs found: these ended the process.
    @Test(arguments: [
        "{{ 'a' | indent(9223372036854775807) }}", "{{ 'a' | nindent(9223372036854775807, 'xx') }}",
        "{{ 1 | jq('setpath([range(100000)]; 1)') }}", "{{ 1 | jq('delpaths([[range(100000) | tostring]])') }}",
        "{{ range(0, 100000) | jq('. as $p | setpath($p; 1)') }}",
    ]) func `what was found stays mended`(template: String) {
        #expect(failure(template)?.kind == .evaluation)
    }
}
