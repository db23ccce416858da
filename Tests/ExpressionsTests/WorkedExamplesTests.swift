import Testing

@testable import Expressions

/// Templates and results of the specification, §17 and the tables before it.
@Suite struct WorkedExamplesTests {
    @Test(arguments: [
        ("{{ 7 / 2 }} {{ 7 / 2.0 }} {{ 0.1 + 0.2 }}", "3 3.5 0.30000000000000004"),
        ("{{ 100000000.0 }} {{ 12345678.9 }} {{ 0.0001 }}", "1.0E8 1.23456789E7 1.0E-4"),
        ("{{ 1.0 / 0 }}", "Infinity"),
        ("{{ -7 / 2 }} {{ -7 % 3 }}", "-3 -1"),
        ("{{ [1] + 2 }} {{ [1,2] - 1 }}", "[1,2] [2]"),
        ("{{ 'a' ~ n ~ i }} {{ 'a' + n }}", "a5 anull"),
        ("{{ 'x' ~ m }} {{ m }}", #"x{a=1, b=x} {"a":1,"b":"x"}"#),
        ("{{ '1' == 1 }} {{ 1 == 1.0 }} {{ n < 1 }}", "false true false"),
        ("{{ 'yes' and 1 }} {{ '' or 0 }}", "true false"),
        ("{{ n.x ?? 'd' }} {{ foo.bar ?? 'd' }} {{ n ??? 'd' }}", "d d "),
        ("{{ l['1'] }} {{ m['a'] }} {{ m.size() }}", "b 1 2"),
        ("{{ s.length }} {{ s.toUpperCase() }} {{ s.split('l') }}", #"5 HELLO ["He","","o"]"#),
        ("{% for e in m %}{{ e.key }}={{ e.value }},{% endfor %}", "a=1,b=x,"),
        ("{% for e in m %}{{ e }};{% endfor %}", "a=1;b=x;"),
        ("{% set q = '' %}{% for x in l %}{% set q = q ~ x %}{% endfor %}{{ q }}", "ab"),
        ("{% macro f(a, b='B') %}[{{ a }},{{ b }}]{% endmacro %}{{ f('x') }}{{ f(b='y', a='z') }}", "[x,B][z,y]"),
        ("a {{- 1 }}", "a1"), ("a {{-1}}", "a -1"),
        (##"{{ "#{s}!" }} {{ '#{s}!' }}"##, "Hello! #{s}!"),
        (#"{{ 'a\nb' }}"#, #"a\nb"#),
        ("{{ z }}", "2013-09-08T16:19:12.123456+01:00"), ("{{ [z] }}", #"["2013-09-08T15:19:12.123456Z"]"#),
        ("{{ [z] | yaml }}", " - 2013-09-08T16:19:12.123456+01:00\n"),
        ("{{ z | date('yyyy-MM-dd HH:mm:ss z', timeZone='Europe/Paris') }}", "2013-09-08 17:19:12 CEST"),
        ("{{ z | dateAdd(-36, 'HOURS', 'iso_sec') }}", "2013-09-07T03:19:12Z"),
        ("{{ '2024-01-31' | dateAdd(1, 'MONTHS', 'iso_local_date') }}", "2024-02-29"),
        ("{{ z | date('EEEE', locale='de') }}", "Sonntag"),
        ("{{ 1234.5 | numberFormat('#,##0.00') }} {{ 0.256 | numberFormat('0%') }}", "1,234.50 26%"),
        ("{{ 'a,b,,c,,' | split(',') }}", #"["a","b","","c"]"#),
        ("{{ [3,1,2] | sort | first }}", "1"),
        ("{{ {'a': 1} | merge({'b': 2}) | keys }}", #"["a","b"]"#),
        ("{{ ['x', n] | join('-') }}", "x-null"),
        ("{{ 'a b&c=d/é' | urlencode }}", "a+b%26c%3Dd%2F%C3%A9"),
        ("{{ 'abc' | sha1 }}", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("{{ '010' | number }} {{ '0x1F' | number }}", "8 31"),
        (#"{{ fromJson('{"a":[1,{"b":2}]}').a[1].b }}"#, "2"),
        ("{{ render('{' ~ '{ s }' ~ '}') }}", "Hello"),
    ]) func `a worked example renders to what the specification says`(template: String, result: String) {
        #expect(rendered(template) == result)
    }

    @Test(arguments: [
        ("{{ 1 / 0 }}", "by zero"), ("{{ l[5] }}", "Unable to find `5` used in the expression `{{ l[5] }}` at line 1"),
        ("{{ n.x }}", "Unable to find `n`"), ("{{ m[1] }}", "1"),
        ("{{ s.substring(1) }}", "Unable to find `substring`"),
        ("{{ s.foo }}", "Unable to find `foo`"), ("{{ l.foo }}", "Unable to find `foo`"),
        ("{% for x in s %}{% endfor %}", "Not an iterable object. Value = [Hello]"),
        ("{% for x in l %}{% set q = x %}{% endfor %}{{ q }}", "Unable to find `q`"),
        ("{{ s.class }}", "For security reasons"), ("{{ m.getClass() }}", "For security reasons"),
        ("{{ 1 | nope }}", "Filter [nope] does not exist."), ("{{ 1 is nope }}", "Test [nope] does not exist."),
        ("{{ nope() }}", "Function or Macro [nope] does not exist."),
        ("{{ i < s }}", "invalid operands for mathematical comparison [LESS_THAN]"),
        ("{{ n and true }}", "null value used in and operator"), ("{{ not l }}", "Unsupported value type"),
        ("{{ 1 - [0] }}", "Could not perform subtraction"),
    ]) func `a worked failure says what the specification says`(template: String, text: String) {
        #expect(rendered(template).contains(text))
        #expect(failure(template) != nil)
    }

    @Test(arguments: [
        ("{{ 1 + 2 | abs }}", "3"), ("{{ 'x' ~ s | upper }}", "XHELLO"), ("{{ s | upper ~ 'y' }}", "HELLOy"),
        ("{{ 1..3 | join('-') }}", "1-2-3"), ("{{ missing | upper ?? 'y' }}", "y"), ("{{ 1 ?? 2 + 3 }}", "4"),
        ("{{ null ?? 'a' == 'a' }}", "true"), ("{{ not 1 == 2 }}", "false"), ("{{ x is not defined }}", "true"),
        ("{{ -3 | abs }}", "3"), ("{{ 'a' contains 'a' == true }}", "false"), ("{{ 1 + 2 is odd }}", "true"),
        ("{{ 1 > 0 ? 'a' : 'b' ~ 'c' }}", "a"), ("{{ 1 < 0 ? 'a' : 'b' ~ 'c' }}", "bc"), ("{{ 8 - 2 - 1 }}", "5"),
        ("{{ true ? false ? 1 : 2 : 3 }}", "2"), ("{{ 2 * 3 % 4 }}", "2"), ("{{ {'a':{'b':1}} }}", #"{"a":{"b":1}}"#),
        ("{{ ({'a':1}).a }}{{ ([1,2])[0] }}", "11"), ("{{ organization ?? 'none' }}", "none"),
    ]) func `operators bind as the specification's table says`(template: String, result: String) {
        #expect(rendered(template) == result)
    }

    @Test(arguments: [
        "{{ missing + 1 ?? 0 }}", "{{ 1 + 1..3 }}", "{{ (missing == 1) ?? 'x' }}", "{{ (missing + 1) ?? 'x' }}",
        "{{ render('{' ~ '{ missing }' ~ '}') ?? 'x' }}", "{{ fromJson('{') ?? 'x' }}", "{{ 1 | nope ?? 'x' }}",
    ]) func `what is no missing variable is not caught`(template: String) {
        #expect(failure(template)?.kind == .evaluation)
    }

    @Test(arguments: [
        "{{ }}", "{{ 1 ", "{{ a.0 }}", "{{ 1e3 }}", "{{ .5 }}", "{{ 1_000 }}", "{{ [1,] }}", "{{ [,] }}", "{{ {'a'} }}",
        "{{ {'a':1}.a }}", "{{ [1,2][0] }}", "{{ a.is }}", "{{ a.contains }}", "{{ 'a' 'b' }}", "{{ 'a }}", "{{ (1] }}",
        "{% if true %}", "{% nope %}", "{% endif %}", "{# never closed", "{{ a && b }}", "{{ !a }}", "{{ 1 in [1] }}",
        "{{ f(a=1, 2) }}", "{% set true = 1 %}", ##"{{ "#{1" }}"##, "{{ 99999999999999999999 }}", "{{ 1 ? 2 }}",
        "{% macro m() %}{% endmacro %}{% macro m() %}{% endmacro %}", "{% for x in %}{% endfor %}", "{{ a ] }}",
    ]) func `what the language does not have is refused before anything is rendered`(template: String) {
        #expect(failure(template)?.kind == .parse)
    }

    @Test(arguments: [
        ("a }} b %} c #} { { d", "a }} b %} c #} { { d"), ("{# a\nb #}x", "x"), ("x {#- y -#} z", "xz"),
        (#"{{ 'te\'st' }}{{ "te\'st" }}"#, #"te'stte\'st"#), ("{{ 'a\nb' }}", "a\nb"),
        ("{% verbatim %}{{ a }}{% endverbatim %}", "{{ a }}"), ("{% raw %}{{ a }}{% endraw %}!", "{{ a }}!"),
        ("{% raw %}{{ a\n}}{% endraw %}", "{{ a\n}}"), ("{{ '{% raw %}{{ a }}{% endraw %}' }}", "{{ a }}"),
        ("{% filter upper | trim %} a {% endfilter %}", "A"),
        ("{% block b %}x{% endblock %}{{ block('b') }}", "xx"),
    ]) func `texts, comments and tags`(template: String, result: String) {
        #expect(rendered(template) == result)
    }

    @Test(arguments: [
        (
            "{% for x in l %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ loop.revindex }}{{ loop.length }} {% endfor %}",
            "0truefalse12 1falsetrue02 "
        ),
        ("{% for x in l %}{% for y in l %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}", "010011"),
        ("{% for x in [] %}a{% else %}b{% endfor %}{% for x in n %}a{% else %}b{% endfor %}", "b"),
        ("{% for x in l %}{% set s = x %}{% endfor %}{{ s }}", "b"),
        ("{% set s = 'x' %}{{ render('{' ~ '{ s }' ~ '}') }}", "x"),
        ("{% if true %}{% set k = 1 %}{% endif %}{{ k }}", "1"),
        ("{% macro m(a) %}{{ s ?? 'hidden' }}{{ a }}{% endmacro %}{{ m([1,'b']) }}", "hidden[1, b]"),
        ("{% for x in l %}{{ render('{' ~ '{ loop.index }' ~ '}') }}{% endfor %}", "01"),
    ]) func `scopes`(template: String, result: String) {
        #expect(rendered(template) == result)
    }
}

@Test(arguments: [
    ("{{ 1 | className }}", "java.lang.Long"), ("{{ i | className }}", "java.lang.Integer"),
    ("{{ '5' | number(type='LONG') | className }}", "java.lang.Long"),
    ("{{ '5' | number | className }}", "java.lang.Integer"),
    ("{{ '5' | number('BIGDECIMAL') | className }}", "java.math.BigDecimal"),
    ("{{ '5' | number('BIGINTEGER') | className }}", "java.math.BigInteger"),
    ("{{ z | className }}", "java.time.ZonedDateTime"),
    ("{{ z | toIon }}", #"ZonedDateTime::"2013-09-08T15:19:12.123456Z[UTC]""#),
    ("{% for x in [1] %}{{ loop }}{% endfor %}", "{last=true, length=1, index=0, revindex=0, first=true}"),
]) func `values have the names and looks of the original`(template: String, result: String) {
    #expect(rendered(template) == result)
}
