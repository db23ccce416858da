import FlowModel
import Testing

@testable import Expressions

@Suite struct FormatTests {
    @Test(
        arguments: [
            ("#,##0.00", .double(1234.5), "1,234.50"), ("0%", .double(0.256), "26%"),
            ("$#,###,###,##0.00", .double(10000.235166), "$10,000.24"),
            ("0.00", .double(0.125), "0.12"), ("0.00", .double(0.135), "0.14"), ("0.00", .double(0.375), "0.38"),
            ("#,##0.###", .int(-1_234_567), "-1,234,567"), ("#", .double(0.4), "0"), ("000", .int(7), "007"),
            ("#.##", .double(0.5), ".5"),
            ("0;(0)", .int(-5), "(5)"), ("'#'0", .int(5), "#5"), ("0.###E0", .double(12345), "1.234E4"),
            ("0", .double(2.5), "2"),
            ("0", .double(3.5), "4"), ("#,##0", .double(1e15), "1,000,000,000,000,000"), ("0.0", .double(9.96), "10.0"),
            ("¤0", .int(3), "$3"),
            ("0.0", .double(-0.04), "-0.0"),
        ] as [(String, Value, String)]) func `decimal patterns`(pattern: String, value: Value, text: String) throws
    {
        #expect(try NumberPattern(pattern).text(of: value) == text)
    }

    @Test(
        arguments: [
            ("12.3", .float(12.3)), ("2147483647", .int(2_147_483_647)), ("9223372036854775807", .int(.max)),
            ("1e3", .float(1000)),
            ("16777217.0", .double(16_777_217)), ("010", .int(8)), ("0x1F", .int(31)), ("5L", .int(5)),
            ("1.5d", .double(1.5)), ("1f", .float(1)),
            ("-3", .int(-3)),
        ] as [(String, Value)]) func `numbers from texts`(text: String, value: Value)
    {
        #expect(NumberReading.number(text, as: nil) == value)
    }

    @Test(arguments: ["", " ", "abc", "1_000", "1.2.3", "0x", "09", "e5", "--1"]) func `what is no number`(text: String)
    {
        #expect(NumberReading.number(text, as: nil) == nil)
    }

    @Test func `large numbers from texts are decimals`() {
        #expect(
            rendered("{{ '92233720368547758070' | number }} {{ '0.12345678901234567890' | number }}")
                == "92233720368547758070 0.12345678901234567890")
    }

    @Test(
        arguments: [
            (
                ["a": 1, "b": [1, nil, "x\"y"], "a b": nil, "null": true],
                #"{a:1,b:[1,null,"x\"y"],'a b':null,'null':true}"#
            ), (.double(1.5), "1.5e0"),
            (.float(1.123), "1.1230000257492065e0"), (.double(100), "100e0"), (.null, "null"), ("a\nb", #""a\nb""#),
            (.double(1e10), "1.0E10"),
            (.moment(.zoned(zoned("2013-09-08T16:19:00Z[UTC]"))), #"ZonedDateTime::"2013-09-08T16:19:00Z[UTC]""#),
        ] as [(Value, String)]) func `Ion is written`(value: Value, text: String)
    {
        #expect(IonWriter.text(of: value) == text)
    }

    @Test(
        arguments: [
            (
                "{a: 1, 'b c': \"x\", d: [1, 2.5, 1e3, null.int, true]}",
                [
                    "a": 1, "b c": "x",
                    "d": [1, .decimal(Decimal("2.5") ?? Decimal(Int64(0))), .double(1000), nil, true],
                ]
            ),
            ("// c\n/* d */ sym", "sym"), ("'''a''' '''b'''", "ab"), ("(a b)", ["a", "b"]), ("{{ aGk= }}", "aGk="),
            ("x::5", 5), ("0x1F", 31), ("-5", -5),
            ("$ion_1_0 7", 7), (#""\u00e9\n""#, "é\n"),
        ] as [(String, Value)]) func `Ion is read`(text: String, value: Value) throws
    {
        var reader = IonReader(text)
        #expect(try reader.next() == value)
    }

    @Test(arguments: ["{", "[1", "{a 1}", "\"a", "{a:1 b:2}", "/* a", "1..2"]) func `broken Ion is refused`(
        text: String
    ) {
        #expect(throws: Problem.self) {
            var reader = IonReader(text)
            _ = try reader.next()
        }
    }

    @Test(
        arguments: [
            (["a", "b"], " - a\n - b\n"), ([["a": 1, "b": 2]], " -\n  a: 1\n  b: 2\n"),
            (["a": 1, "b": [1]], "a: 1\nb:\n - 1\n"), ("string", "string\n"),
            ("", "--- \"\"\n"), (["a": nil, "b": [], "c": [:]], "a: null\nb: []\nc: {}\n"),
            (["a": "true", "b": "a: b", "c": " x", "d": "5"], "a: \"true\"\nb: \"a: b\"\nc: ' x'\nd: 5\n"),
            (["a": "x\ny"], "a: |-\n  x\n  y\n"), (["a": ["b": ["c": 1]]], "a:\n  b:\n    c: 1\n"),
        ] as [(Value, String)]) func `YAML is written`(value: Value, text: String)
    {
        #expect(YAMLWriter.text(of: value) == text)
    }

    @Test func `YAML is read as 1.1 has it`() throws {
        #expect(
            try YAMLValues.value(of: "a: yes\nb: 010\nc: 0x1F\nd: 'on'\ne: 2024-01-01") == [
                "a": true, "b": 8, "c": 31, "d": "on", "e": "2024-01-01",
            ])
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "é\u{0}"]) func `Base64 goes there and back`(text: String) {
        let bytes = Array(text.utf8)
        #expect(Base64.decoded(Base64.encoded(bytes)) == bytes)
        #expect(FormEncoding.decoded(FormEncoding.encoded(text)) == text)
    }

    @Test(arguments: ["a", "a=bc", "????", "Zm9v="]) func `what is no Base64`(text: String) {
        #expect(Base64.decoded(text) == nil)
    }

    @Test func `slugs`() {
        #expect(Slug.of("Test\t\t\ntest*") == "test-test")
        #expect(Slug.of("--a__b--") == "a-b")
        #expect(Slug.of("Ünïcode Text_here!") == "unicode-text-here")
    }
}

@Suite struct ReadingTests {
    private struct Answering: World {
        let now = Instant(seconds: 0)
        let kind: String
        let body: String
        func http(_ request: HTTPCall) throws(ExpressionError) -> HTTPAnswer {
            HTTPAnswer(status: 200, reason: "OK", contentType: kind, body: Array(body.utf8))
        }
    }

    @Test(arguments: [
        ("<a><b>1</b><b>2</b><c x='y'>t</c></a>", #"{"b":["1","2"],"c":{"x":"y","":"t"}}"#),
        ("<?xml version='1.0'?><!-- c --><a>x &amp; &#65;&#x42;<![CDATA[<d>]]></a>", "x & AB<d>"),
        ("<n:a xmlns:n='u'><n:b/></n:a>", #"{"b":""}"#), ("<a><b></a>", "<a><b></a>"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
    ]) func `an answer of XML is a value, and what is none stays text`(body: String, result: String) {
        let world = Answering(kind: "application/xml; charset=utf-8", body: body)
        #expect(rendered("{{ http('http://x') }}", [:], world: world) == result)
    }

    @Test(arguments: [
        ("'%s is %d' | format('a', 5)", "a is 5"),
        ("'%05.1f|%+d|%,d' | format(-2.25, 3, 1234567)", "-02.3|+3|1,234,567"),
        ("'%2$s %1$s %%' | format('a', 'b')", "b a %"), ("'%x %X %o' | format(255, 255, 8)", "ff FF 10"),
        ("'%-4s|%4s|%.2s' | format('a', 'b', 'xyz')", "a   |   b|xy"), ("'%.2e' | format(12345.678)", "1.23e+04"),
        ("'%b %S' | format(true, 'up')", "true UP"), ("'%.0f' | format(0.5)", "1"),
    ]) func `printf places`(expression: String, result: String) {
        #expect(rendered("{{ \(expression) }}") == result)
    }

    @Test(arguments: [
        "'%d' | format('a')", "'%s' | format", "'%q' | format(1)", "'%99999s' | format(1)", "'%' | format(1)",
    ])
    func `printf places that cannot be filled`(expression: String) {
        #expect(failure("{{ \(expression) }}")?.kind == .evaluation)
    }
}
