import FlowModel
import Testing

@testable import Expressions

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> [String] {
        let run = Rendering(Program(constant: ""), in: Scope(variables: ValueMap()))
        let scalars = text.patternScalars
        return try Pattern(pattern).allMatches(in: scalars, run).map { String(scalars: scalars[$0.range]) }
    }

    @Test(arguments: [
        ("a+", "caaandaa", ["aaa", "aa"]), ("a+?", "aa", ["a", "a"]), ("a|ab", "ab", ["a"]),
        ("[b-d]+", "abcde", ["bcd"]),
        ("[^b-d]", "abe", ["a", "e"]), (#"\d{2,3}"#, "1 12 1234", ["12", "123"]),
        (#"\bfoo\b"#, "foo food foo", ["foo", "foo"]),
        ("(?i)HeLLo", "hello HELLO", ["hello", "HELLO"]), ("^a", "aa\na", ["a"]), ("(?m)^a", "aa\na", ["a", "a"]),
        ("a$", "a\na\n", ["a"]), ("a.c", "a\nc abc", ["abc"]), ("(?s)a.c", "a\nc", ["a\nc"]), ("(a)(b)?", "ac", ["a"]),
        (#"(\w)\1"#, "aabbc", ["aa", "bb"]), ("(?<x>a)\\k<x>", "aa", ["aa"]), ("a(?=b)", "ab ac", ["a"]),
        ("a(?!b)", "ab ac", ["a"]), ("(?<=b)a", "ba ca", ["a"]), ("(?<!b)a", "ba ca", ["a"]), ("a++a", "aaa", []),
        ("(?>a+)b", "aaab", ["aaab"]), (#"\Q.*\E"#, "a.*b", [".*"]), ("[a-z&&[^b]]+", "abc", ["a", "c"]),
        (#"\p{Lu}+"#, "aÄBc", ["ÄB"]), ("(a*)*", "b", ["", ""]), ("(?:ab){2}", "ababab", ["abab"]),
        ("x*", "axb", ["", "x", "", ""]),
        (#"[\d.]+"#, "v1.2.3", ["1.2.3"]), ("[]a]+", "]a", ["]a"]), (#"\u0041\x42"#, "AB", ["AB"]), ("é", "é", ["é"]),
    ]) func `matches as Java does`(pattern: String, text: String, found: [String]) throws {
        #expect(try matches(pattern, text) == found)
    }

    @Test(arguments: ["(", ")", "[", "a**b(", "*a", "a{2,1}", #"\"#, "(?<n", #"\y"#, "[z-a]", #"\p{Nope}"#])
    func `broken patterns are refused`(pattern: String) {
        #expect(throws: ExpressionError.self) { try Pattern(pattern) }
    }

    @Test(arguments: [
        ("{{ 'a1b22' | replace({'([0-9]+)': '<$1>'}, regexp=true) }}", "a<1>b<22>"),
        (#"{{ 'ab' | regexReplace('(?<x>a)', '${x}${x}\$') }}"#, "aa$b"),
        ("{{ 'one,two,three' | split(',', 2) }}", #"["one","two,three"]"#),
        ("{{ 'a,b,,' | split(',', -1) }}", #"["a","b","",""]"#),
        ("{{ 'abc' | split('') }}", #"["a","b","c"]"#), ("{{ ',a' | split(',') }}", #"["","a"]"#),
        ("{{ 'a.b' | split('.') }}", "[]"),
        ("{{ '' | split(',') }}", #"[""]"#), ("{{ 'aXbxc' | split('(?i)x') }}", #"["a","b","c"]"#),
        (#"{{ 'a.b'.matches('a\.b') }} {{ 'xa.b'.matches('a\.b') }}"#, "true false"),
        (#"{{ 'a1'.replaceAll('\d', '#') }}"#, "a#"),
    ]) func `filters use patterns`(template: String, result: String) {
        #expect(rendered(template) == result)
    }
}
