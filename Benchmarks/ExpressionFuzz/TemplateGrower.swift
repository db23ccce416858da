import Expressions

/// Grows templates from the grammar, with the names of the context and of everything that can be called.
struct TemplateGrower {
    var patterns: PatternGrower
    private var random: FuzzRandom {
        get { patterns.random }
        set { patterns.random = newValue }
    }

    init(random: FuzzRandom) { patterns = PatternGrower(random: random) }

    private static let filters = Catalogue.filters.map(\.signature)
    private static let functions = Catalogue.functions.map(\.signature)
    private static let tests = Catalogue.tests.map(\.name) + ["string"]
    private static let paths = [
        "inputs.name", "inputs.count", "inputs['my-input']", "outputs.extract.rows", "outputs.extract.rows[0].name",
        "l[0]",
        "outputs['my-task'].value", "execution.startDate", "flow.id", "m.a", "m['b']", "nested[0][1]", "s", "i", "d",
        "l",
        "numbers", "m", "json", "yaml", "ion", "z", "day", "epoch", "lines", "unicode", "long_text", "decimal",
        "duration",
        "missing ?? 'd'", "n ?? 1", "numbers[2]", "empty", "e", "t", "f", "big",
    ]
    private static let locals = ["x", "y", "q", "item", "loop"]

    mutating func template(_ depth: Int = 4) -> String {
        var text = ""
        for _ in 0..<(1 + random.below(3)) { text += statement(depth) }
        return text
    }

    // MARK: - Statements

    private mutating func statement(_ depth: Int) -> String {
        guard depth > 0 else { return "{{ " + expression(1) + " }}" }
        switch random.below(50) {
        case 0...11, 24...48: return open("{{") + expression(depth) + close("}}")
        case 12: return random.pick(["text ", "\n", "}}", "{ {", "é🎉", "  ", "{# a comment #}", "{", "%}"])
        case 13:
            return tag("if " + expression(depth - 1)) + template(depth - 2) + tag("elseif " + expression(1))
                + template(depth - 2) + tag("else") + template(depth - 2) + tag("endif")
        case 14, 15:
            return tag("for " + random.pick(Self.locals) + " in " + expression(depth - 1)) + template(depth - 2)
                + (random.once(in: 3) ? tag("else") + "none" : "") + tag("endfor")
        case 16, 17: return tag("set " + random.pick(Self.locals) + " = " + expression(depth - 1))
        case 18:
            return tag("macro m(x, y=" + expression(1) + ")") + template(depth - 2) + tag("endmacro")
                + "{{ m(" + expression(1) + ") }}"
        case 19: return tag("block b") + template(depth - 2) + tag("endblock") + "{{ block('b') }}"
        case 20: return tag("filter " + filter(depth - 1)) + template(depth - 2) + tag("endfilter")
        case 21: return "{% raw %}" + random.pick(["{{ x }}", "{% if %}", ""]) + "{% endraw %}"
        case 22: return "{% verbatim %} {{ x }} {% endverbatim %}"
        default: return hostile(depth)
        }
    }

    private mutating func open(_ mark: String) -> String { mark + random.pick([" ", " ", "", "- "]) }
    private mutating func close(_ mark: String) -> String { random.pick([" ", " ", "", " -"]) + mark }
    private mutating func tag(_ inside: String) -> String { open("{%") + inside + close("%}") }

    /// What takes much, or what would if nothing bounded it.
    private mutating func hostile(_ depth: Int) -> String {
        let count = random.pick([3, 30, 60, 1000, 100_000])
        switch random.below(12) {
        case 0:
            return "{% set q = " + expression(1) + " %}{% for x in 1..\(count) %}{% set q = q ~ q %}{% endfor %}{{ q }}"
        case 1: return "{% set q = [" + expression(1) + "] %}{% for x in 1..\(count) %}{% set q = q + q %}{% endfor %}"
        case 2: return "{% set q = 1 %}{% for x in 1..\(count) %}{% set q = [q, q] %}{% endfor %}{{ q == q }}"
        case 3:
            return "{% for x in 1..\(count) %}{% for y in 1..\(count) %}" + statement(depth - 2)
                + "{% endfor %}{% endfor %}"
        case 4: return "{% macro r(x) %}{{ r(x) }}{% endmacro %}{{ r(1) }}"
        case 5: return "{{ range(1, \(count * 50)) | " + filter(1) + " | " + filter(1) + " }}"
        case 6: return "{{ " + String(repeating: random.pick(["(", "[", "not ", "-", "{'a':"]), count: count) + "1 }}"
        case 7: return "{{ render('{' ~ '{ " + random.pick(["s", "vars.self", "vars.again"]) + " }' ~ '}') }}"
        case 8:
            return "{% set q = s %}{% for x in 1..20 %}{% set q = q | replace({'l': q}) %}{% endfor %}{{ q | length }}"
        case 9: return "{{ '" + String(repeating: "a", count: min(count, 5000)) + "!' | regexMatch('(a+)+$') }}"
        case 10: return "{{ range(0, \(count)) | jq('" + escaped(patterns.jq(3)) + "') | length }}"
        default:
            return "{{ fromJson('" + String(repeating: random.pick(["[", "{\"a\":", "[1,"]), count: min(count, 5000))
                + "') }}"
        }
    }

    // MARK: - Expressions

    mutating func expression(_ depth: Int) -> String {
        guard depth > 0 else { return literal() }
        switch random.below(26) {
        case 0...3: return literal()
        case 4...7: return path(depth)
        case 8...12: return expression(depth - 1) + " | " + filter(depth - 1)
        case 13, 14: return call(depth)
        case 15...17:
            return expression(depth - 1) + " "
                + random.pick([
                    "+", "-", "*", "/", "%", "~", "==", "!=", "<", ">=", "and", "or", "contains", "isIn", "??", "???",
                    "..",
                    "equals", "&&",
                ]) + " " + expression(depth - 1)
        case 18: return "(" + expression(depth - 1) + ")"
        case 19: return random.pick(["not ", "-", "+"]) + expression(depth - 1)
        case 20: return expression(depth - 1) + random.pick([" is ", " is not "]) + random.pick(Self.tests)
        case 21: return expression(depth - 1) + " ? " + expression(depth - 1) + " : " + expression(depth - 1)
        case 22: return "[" + expression(depth - 1) + ", " + expression(depth - 1) + "]"
        case 23: return "{" + literal() + ": " + expression(depth - 1) + "}"
        case 24: return "\"a#{" + expression(depth - 1) + "}b\""
        default:
            return path(depth) + "."
                + random.pick([
                    "size()", "length", "toUpperCase()", "split('l')", "indexOf('l')", "plusDays(1)", "getClass()",
                    "keySet()",
                    "get('a')", "matches('.*')", "replaceAll('l', '$0')", "isEmpty()", "year", "toInstant()",
                    "plusYears(big)",
                    "getOrDefault('q', 1)", "minusNanos(1)", "lastIndexOf('')", "concat(s)", "contains('b')",
                ])
        }
    }

    private mutating func path(_ depth: Int) -> String {
        if random.below(5) < 3 { return random.pick(Self.paths) }
        var path = random.once(in: 8) ? random.pick(Self.locals) : random.pick(FuzzContext.names)
        for _ in 0..<(random.once(in: 3) ? random.below(3) : 0) {
            path +=
                random.once(in: 2)
                ? "." + random.pick(["name", "a", "rows", "extract", "value", "key", "index", "missing", "b"])
                : "[" + (depth > 1 ? expression(1) : literal()) + "]"
        }
        return path
    }

    private mutating func literal() -> String {
        switch random.below(12) {
        case 0, 1:
            return random.pick(["0", "1", "2", "3", "7", "9223372036854775807", "1000000", "99999999999", "010", "5L"])
        case 2: return random.pick(["1.5", "0.1", "1.0", "12345678.9", "0.0001"])
        case 3: return random.pick(["true", "false", "null", "none", "[]", "{}"])
        case 4...8: return "'" + escaped(text()) + "'"
        case 9: return random.pick(FuzzContext.names)
        default: return "\"" + random.pick(["a", "#{s}", "", "x\ny", "\\\""]) + "\""
        }
    }

    private mutating func text() -> String {
        random.pick([
            "", "a", ",", "Hello, World", "2024-02-29", "2024-02-29T10:00:00Z",
            "2013-09-08T17:19:12.5+02:00[Europe/Paris]",
            "PT1H", "12.3", "0x1F", "1e400", "[1,2,{\"a\":null}]", "a: [1, *x]\nb: &x 1", "{a:1, b:'''x'''}",
            "dGVzdA==",
            "%41%zz", "DAYS", "MONTHS", "Europe/Paris", "fr_FR", "LONG", "BIGDECIMAL", "single", "FIRST", "MONDAY",
            "é🎉",
            "{{ s }}", "<a>&amp;</a>", "%5.2f|%s|%-10d", "  a\t\nb ", "\r\n", "1378653552123456", "-1", "x",
        ])
    }

    private func escaped(_ text: String) -> String { text.map { $0 == "'" ? "\\'" : String($0) }.joined() }

    private mutating func filter(_ depth: Int) -> String {
        let signature = random.pick(Self.filters)
        return signature.name + arguments(of: signature, depth)
    }

    private mutating func call(_ depth: Int) -> String {
        let signature = random.pick(Self.functions)
        let arguments = arguments(of: signature, depth)
        return signature.name + (arguments.isEmpty ? "()" : arguments)
    }

    private mutating func arguments(of signature: Signature, _ depth: Int) -> String {
        let most = signature.isVariadic ? 3 : signature.parameters.count
        guard most > 0, !random.once(in: 12) else { return "" }
        var written: [String] = []
        let count = random.once(in: 30) ? most + 1 : 1 + random.below(most)
        for position in 0..<count {
            let parameter = position < signature.parameters.count ? signature.parameters[position].name : ""
            let value = argument(named: parameter, depth)
            written.append(random.once(in: 8) && !parameter.isEmpty ? "\(parameter)=\(value)" : value)
        }
        return "(" + written.joined(separator: ", ") + ")"
    }

    private mutating func argument(named name: String, _ depth: Int) -> String {
        if random.once(in: 4) { return depth > 0 ? expression(depth - 1) : literal() }
        switch name {
        case "regex", "delimiter": return "'" + escaped(patterns.regex()) + "'"
        case "expression": return "'" + escaped(patterns.jq()) + "'"
        case "format", "existingFormat":
            return "'" + escaped(random.once(in: 2) ? patterns.date() : patterns.number()) + "'"
        case "timeZone": return random.pick(["'UTC'", "'Europe/Paris'", "'+05:30'", "'Nowhere/City'"])
        case "unit": return random.pick(["'DAYS'", "'MONTHS'", "'MILLENNIA'", "'NANOS'", "'days'"])
        case "amount", "length", "size", "limit", "fromIndex", "toIndex", "group", "end":
            return random.pick(["0", "1", "2", "-1", "1000", "99999999", "9223372036854775807", "i"])
        case "replace_pairs":
            return "{'" + escaped(patterns.regex(1)) + "': '" + random.pick(["$1", "\\\\", "x", "$", "${n}", "aaaa"])
                + "'}"
        case "replacement": return random.pick(["'$1'", "'$0$0'", "'\\\\'", "'${n}'", "'x'"])
        default: return literal()
        }
    }
}
