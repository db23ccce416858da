import Expressions
import FlowModel
import OrderedCollections

/// Templates that would take for ever, or all memory, if nothing bounded them. Each must end in a clear error, within
/// a second and with at most 64 MiB more memory.
public enum HostileTemplates {
    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// The text `q`, doubled so many times.
    private static func doubled(_ text: String, _ times: Int) -> String {
        "{% set q = '\(text)' %}{% for i in 1..\(times) %}{% set q = q ~ q %}{% endfor %}"
    }

    /// Names and templates. All of them fail.
    public static let all: [(name: String, template: String)] =
        loops + texts + lists + patterns + jq + readers + nesting

    private static let loops: [(name: String, template: String)] = [
        ("range too long", "{{ range(0, 2000000000) }}"),
        (
            "nested loops",
            "{% for a in 1..100000 %}{% for b in 1..100000 %}{% for c in 1..100000 %}{% endfor %}{% endfor %}{% endfor %}"
        ),
        (
            "loop over loops of filters",
            "{% for a in 1..999999 %}{{ range(1, 1000) | reverse | sort | length }}{% endfor %}"
        ),
        ("macro calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
        ("macro calls itself twice", "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}"),
        (
            "macros branch",
            "{% macro m(n) %}{% for i in 1..50 %}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endfor %}{% endmacro %}{{ m(20) }}"
        ),
        (
            "macro calls itself in nested lists",
            "{% macro m() %}{{ \(many("[", 90))m()\(many("]", 90)) }}{% endmacro %}{{ m() }}"
        ),
        ("block calls itself", "{% block b %}{{ block('b') }}{% endblock %}"),
        ("render grows", "{% set q = '{' ~ '{ render(q) }' ~ '}x' %}{{ render(q) }}"),
        (
            "render of ever new templates",
            "{% for i in 1..999999 %}{{ render('{' ~ '{ ' ~ i ~ ' + 1 }' ~ '}') }}{% endfor %}"
        ),
    ]

    private static let texts: [(name: String, template: String)] = [
        ("text doubled", "{% set q = 'aaaaaaaaaaaaaaaa' %}{% for i in 1..60 %}{% set q = q ~ q %}{% endfor %}{{ q }}"),
        (
            "text doubled by +",
            "{% set q = 'aaaaaaaaaaaaaaaa' %}{% for i in 1..60 %}{% set q = q + q %}{% endfor %}{{ q }}"
        ),
        (
            "text doubled by interpolation",
            "{% set q = 'aaaaaaaaaaaaaaaa' %}{% for i in 1..60 %}{% set q = \"#{q}#{q}\" %}{% endfor %}{{ q }}"
        ),
        (
            "replace blows up",
            "{% set q = 'aaaa' %}{% for i in 1..60 %}{% set q = q | replace({'a': q}) %}{% endfor %}{{ q }}"
        ),
        (
            "replace with patterns blows up",
            "{% set q = 'aaaa' %}{% for i in 1..60 %}{% set q = q | replace({'a': 'aaaa'}, regexp=true) %}{% endfor %}{{ q }}"
        ),
        ("join blows up", "{{ range(0, 999999) | join('\(many("a", 60))') }}"),
        (
            "indent blows up",
            "{% set q = \"\n\n\n\n\" %}{% for i in 1..60 %}{% set q = q ~ q | indent(1000) %}{% endfor %}{{ q }}"
        ),
        ("indent by too much", "{{ 'a' | indent(1000000000) }}"),
        (
            "filter tag doubles",
            "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% else %}\(many("x", 100)){% endif %}{% endmacro %}{{ m(40) }}"
        ),
        ("output without end", "{% for i in 1..999999 %}\(many("text ", 100)){% endfor %}"),
        ("number with too many digits", "{{ '1e999999999' | number('BIGDECIMAL') }}"),
        (
            "many large texts held",
            "{% set q = range(1, 100000) | join %}{% set l = [] %}{% for i in 1..999 %}{% set l = l + [q ~ i] %}{% endfor %}{{ l }}"
        ),
    ]

    private static let lists: [(name: String, template: String)] = [
        (
            "list doubled",
            "{% set q = ['aaaaaaaaaaaaaaaa'] %}{% for i in 1..60 %}{% set q = q + q %}{% endfor %}{{ q }}"
        ),
        ("list of itself", "{% set q = [1] %}{% for i in 1..60 %}{% set q = [q, q] %}{% endfor %}{{ q }}"),
        (
            "list of itself compared",
            "{% set q = [1] %}{% set r = [1] %}{% for i in 1..40 %}{% set q = [q, q] %}{% set r = [r, r] %}{% endfor %}{{ q == r }}"
        ),
        ("wide list of itself compared", wide + "{{ a == b }}"),
        ("wide list of itself as text", wide + "{{ a | upper }}"),
        ("wide list of itself as JSON", wide + "{{ a | toJson }}"),
        ("wide list of itself by jq", wide + "{{ a | jq('flatten | length') }}"),
        ("wide list of itself found", wide + "{{ [a] contains b }}"),
        (
            "long pipeline",
            "{{ \(many("range(1, 1000000) | reverse | sort | rsort | ", 1))\(many("reverse | chunk(2) | flatten | ", 12))length ~ (1 / 0) }}"
        ),
        ("lists held by variables", (0..<30).map { "{% set v\($0) = range(1, 900000) %}" }.joined() + "{{ v0 }}"),
        (
            "lists held by one list",
            "{{ [\(Array(repeating: "range(1, 900000)", count: 30).joined(separator: ", "))] | length }}"
        ),
        ("lists subtracted", "{{ range(1, 999999) - range(2, 999999) | length }}"),
        ("list contains list", "{{ range(1, 999999) contains range(1, 999998) | reverse }}"),
        ("many small maps", "{{ range(1, 900000) | jq('map({a: ., b: [.]})') | length }}"),
        ("text cut into characters", "{% set q = range(1, 900000) | join %}{{ q | split('') | length }}"),
        ("nested in a loop", "{% set l = 1 %}{% for i in 1..100000 %}{% set l = [l] %}{% endfor %}{{ l }}"),
    ]

    /// Two equal lists of little memory with 10²⁰ items.
    private static let wide: String = {
        let items = Array(repeating: "@", count: 100).joined(separator: ", ")
        let (a, b) = (
            items.map { $0 == "@" ? "a" : String($0) }.joined(), items.map { $0 == "@" ? "b" : String($0) }.joined()
        )
        return "{% set a = 1 %}{% set b = 1 %}"
            + (0..<7).map { _ in "{% set a = [\(a)] %}{% set b = [\(b)] %}" }.joined()
    }()

    private static let patterns: [(name: String, template: String)] = [
        ("regular expression that goes back", "{{ '\(many("a", 46))!' | regexMatch('^(a+)+$') }}"),
        ("split that goes back", "{{ '\(many("a", 46))!' | split('(a|a)+b') }}x{{ 1 / 0 }}"),
        (
            "going back again and again",
            "{% for i in 1..1000 %}{{ '\(many("a", 46))!' | regexReplace('(a|aa)+$', 'b') }}{% endfor %}"
        ),
        ("regular expression too large", "{{ 'a' | regexMatch('((a{1,1000}){1,1000}){1,1000}') }}"),
        (
            "many regular expressions",
            "{% for i in 1..999999 %}{{ 'a' | regexMatch('(a{1,30}){1,30}' ~ i) }}{% endfor %}"
        ),
        (
            "matches of a large text",
            "{% set q = range(1, 900000) | join %}{{ q | regexReplace('', '\(many("x", 100))') }}"
        ),
        (
            "search that goes back",
            doubled("a", 22) + "{% for i in 1..9999 %}{{ q contains ((q | substringAfter('a')) ~ 'b') }}{% endfor %}"
        ),
        ("number pattern too long", doubled("0", 20) + "{{ 1 | numberFormat(q) }}"),
        ("date pattern too long", doubled("y", 20) + "{{ now(q) }}"),
        ("date too large", "{{ '2024-01-01' | dateAdd(9223372036854775807, 'MILLENNIA') }}"),
        ("many date patterns", "{% for i in 1..999999 %}{{ now(\"yyyy'#{i}'\") }}{% endfor %}"),
    ]

    private static let jq: [(name: String, template: String)] = [
        ("jq recurses", "{{ 1 | jq('def f: f; f') }}"), ("jq recurses deeply", "{{ 1 | jq('def f: 1 + f; f') }}"),
        ("jq repeats", "{{ 1 | jq('[repeat(.)]') }}"), ("jq recurses over itself", "{{ 1 | jq('[recurse(. + 1)]') }}"),
        ("jq limit of many", "{{ 1 | jq('[limit(100000000; repeat(1))]') }}"),
        ("jq range", "{{ 1 | jq('[range(1e12)]') }}"),
        ("jq range without list", "{{ 1 | jq('last(range(1e12))') }}"),
        ("jq lists held by recursion", "{{ range(0, 100000) | jq('limit(1099; recurse(keys))') | length }}"),
        ("jq texts held by recursion", "{{ 1 | jq('def f: (\"a\" * 8000000) as $x | f + ($x | length); f') }}"),
        ("jq until", "{{ 1 | jq('until(false; .)') }}"),
        ("jq doubles a list", "{{ 1 | jq('reduce range(60) as $i ([1]; . + .) | length') }}"),
        ("jq doubles a text", "{{ 1 | jq('reduce range(60) as $i (\"a\"; . + .) | length') }}"),
        ("jq list of itself", "{{ 1 | jq('reduce range(60) as $i (1; [., .]) | tojson | length') }}"),
        ("jq list of itself compared", "{{ 1 | jq('reduce range(40) as $i (1; [., .]) | . == (. | map(.))') }}"),
        ("jq list of itself sorted", "{{ 1 | jq('reduce range(40) as $i (1; [., .]) | [., .] | sort | length') }}"),
        ("jq list of itself in an error", "{{ 1 | jq('reduce range(40) as $i (1; [., .]) | . * 2') }}"),
        ("jq repeats a text", "{{ 1 | jq('\"abc\" * 1000000000') }}"),
        (
            "jq sets a far place",
            "{{ 1 | jq('[] | .[999999] = 1 | [., (.[999998] = 2), (.[999997] = 3), (.[999996] = 3)] | map(.[0] = 1) | length') }}"
        ),
        ("jq many places", "{{ range(1, 900000) | jq('[paths] | length') }}"),
        ("jq deletes many", "{{ range(1, 400000) | jq('del(.[])') }}"),
        ("jq changes many", "{{ range(1, 900000) | jq('map([.]) | (.. | numbers) |= . + 1 | length') }}"),
        ("jq combinations", "{{ range(1, 20) | jq('[[.] | .[0] as $x | [range(20) | $x] | combinations] | length') }}"),
        ("jq subtracts", "{{ 1 | jq('[range(200000)] - [range(1; 200000)] | length') }}"),
        ("jq characters", "{{ range(1, 900000) | join | jq('tojson | explode | length') }}"),
        ("jq pattern", "{{ '\"\(many("a", 46))!\"' | jq('test(\"^(a+)+$\")') }}"),
        ("jq sub", "{{ '\"\(many("a", 9000))\"' | jq('gsub(\"\"; \"\(many("a", 2000))\") | length') }}"),
    ]

    private static let readers: [(name: String, template: String)] = [
        ("JSON of many lists", doubled("[],", 21) + "{{ fromJson('[' ~ q ~ '[]]') | length }}"),
        ("JSON nested", "{{ fromJson('\(many("[", 100_000))') }}"),
        ("is json nested", "{{ '\(many("[", 100_000))' is json ? 1 / 0 : 1 / 0 }}"),
        ("Ion of many lists", doubled("[],", 21) + "{{ fromIon('[' ~ q ~ '[]]') | length }}"),
        ("Ion nested", "{{ fromIon('\(many("[", 100_000))') }}"),
        ("YAML of many lists", doubled("[],", 21) + "{{ yaml('[' ~ q ~ '[]]') | length }}"),
        ("YAML nested", "{{ yaml('\(many("[", 100_000))') }}"),
        (
            "YAML aliases",
            "{{ yaml(\"a: &a [x,x,x,x,x,x,x,x,x]\n\((0..<9).map { "\(["b", "c", "d", "e", "f", "g", "h", "i", "j"][$0]): &\(["b", "c", "d", "e", "f", "g", "h", "i", "j"][$0]) [\(Array(repeating: "*\(["a", "b", "c", "d", "e", "f", "g", "h", "i"][$0])", count: 9).joined(separator: ","))]" }.joined(separator: "\n"))\n\") | toJson }}{{ 1 / 0 }}"
        ),
        (
            "jq fromjson of many lists",
            doubled("[],", 21) + "{{ q | toJson | jq('\"[\" + . + \"[]]\" | fromjson | length') }}"
        ),
    ]

    private static let nesting: [(name: String, template: String)] = [
        ("brackets", "{{ \(many("(", 100_000))1\(many(")", 100_000)) }}"),
        ("lists", "{{ \(many("[", 100_000))1\(many("]", 100_000)) }}"),
        ("maps", "{{ \(many("{'a':", 100_000))1\(many("}", 100_000)) }}"), ("not", "{{ \(many("not ", 100_000))1 }}"),
        ("sums", "{{ 1\(many(" + 1", 100_000)) }}"), ("conditions", "{{ x ? \(many("1 : 2 ? ", 100_000))1 : 2 }}"),
        ("tags", many("{% if true %}", 100_000)), ("subscripts", "{{ s\(many("[s", 100_000))\(many("]", 100_000)) }}"),
        ("interpolations", "{{ \(many("\"#{", 100_000))1\(many("}\"", 100_000)) }}"),
        ("filters", "{{ s\(many(" | upper", 100_000)) }}"),
        ("many attributes", "{{ s\(many(".toString()", 40_000)) }}"),
        ("attributes", "{{ s\(many(".toString()", 100_000)) }}"),
        ("regular expression nested", "{{ 'a' | regexMatch('\(many("(", 10_000))') }}"),
        ("jq nested", "{{ 1 | jq('\(many("[", 100_000))') }}"),
        ("template of many prints", many("{{ i + 1 }}", 700_000)),
    ]

    /// What came of one of them.
    public struct Finding: Sendable {
        public let name: String
        /// Nil where it ended without an error.
        public let error: ExpressionError?
        public let seconds: Double
        /// KiB that were resident more than before at the most.
        public let grownKiB: Int
    }

    public static func tried(_ name: String, _ template: String) -> Finding {
        let scope = Scope(variables: ["s": "Hello", "i": 5, "x": 1] as ValueMap, world: FuzzWorld())
        let before = ProcessMemory.resident
        ProcessMemory.forgetPeak()
        let since = ProcessMemory.processorSeconds
        var failure: ExpressionError?
        do throws(ExpressionError) {
            _ = try Template(template).text(in: scope)
        } catch {
            failure = error
        }
        let seconds = ProcessMemory.processorSeconds - since
        return Finding(name: name, error: failure, seconds: seconds, grownKiB: max(0, ProcessMemory.peak - before))
    }

    /// The slowest and the largest of all, and how many ended without an error.
    public static func measured() -> ValueMap {
        let findings = all.map { tried($0.name, $0.template) }
        let slowest = findings.max { $0.seconds < $1.seconds }
        let largest = findings.max { $0.grownKiB < $1.grownKiB }
        return [
            "count": .int(Int64(findings.count)), "seconds": .double(slowest?.seconds ?? 0),
            "slowest": .string(slowest?.name ?? ""), "mib": .double(Double(largest?.grownKiB ?? 0) / 1024),
            "largest": .string(largest?.name ?? ""),
            "withoutError": .int(Int64(findings.filter { $0.error == nil }.count)),
        ]
    }
}
