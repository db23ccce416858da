/// Grows regular expressions, jq programs, date patterns, number patterns: most of them valid, some hostile.
struct PatternGrower {
    var random: FuzzRandom

    // MARK: - Regular expressions

    mutating func regex(_ depth: Int = 3) -> String {
        var text = regexAtom(depth)
        for _ in 0..<random.below(4) { text += (random.once(in: 5) ? "|" : "") + regexAtom(depth) }
        return text
    }

    private mutating func regexAtom(_ depth: Int) -> String {
        let atoms = [
            "a", "b", ".", "\\d", "\\w+", "\\s*", "[a-z]", "[^,]", "\\.", "x", "$", "^", "\\b", "é", "(?i)",
            "[a-f&&[^b]]",
            "\\p{L}", "\\1", "\\k<n>", "\\Q.\\E", "(", ")", "[", "\\", "{", "(?<n>a)", "\\u0041", "[[:alpha:]]", "\\R",
        ]
        var atom = random.pick(atoms)
        if depth > 0, random.once(in: 3) {
            let open = random.pick(["(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<g>", "(?i:"])
            atom = open + regex(depth - 1) + ")"
        }
        let quantifiers = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,}", "*?", "++", "{1000}", "{3,1}", "{,2}"]
        return atom + random.pick(quantifiers)
    }

    // MARK: - jq

    mutating func jq(_ depth: Int = 4) -> String {
        guard depth > 0 else {
            return random.pick([
                ".", ".a", ".[]", ".[0]", "..", "1", "\"x\"", "null", "true", "[]", "{}", ".a?", "empty", "-1", "$x",
                "1e1000", "input", "@base64", "keys", "length", "add", "tojson", "now", "infinite", "nan",
            ])
        }
        let (one, two, three) = (depth - 1, depth - 2, depth - 1)
        switch random.below(34) {
        case 0: return jq(one) + " | " + jq(three)
        case 1: return jq(one) + ", " + jq(two)
        case 2: return "[" + jq(one) + "]"
        case 3: return "{a: " + jq(two) + ", (" + jq(two) + "): 1}"
        case 4:
            return jq(two) + random.pick([" + ", " - ", " * ", " / ", " % ", " == ", " < ", " and ", " or ", " // "])
                + jq(two)
        case 5: return "map(" + jq(one) + ")"
        case 6: return "select(" + jq(one) + ")"
        case 7: return "if " + jq(two) + " then " + jq(two) + " else " + jq(two) + " end"
        case 8: return "reduce " + jq(two) + " as $x (" + jq(two) + "; " + jq(two) + ")"
        case 9: return "foreach range(\(random.below(50))) as $x (0; " + jq(two) + "; " + jq(two) + ")"
        case 10: return "def f(g): " + jq(two) + "; f(" + jq(two) + ")"
        case 11: return "def f: f; f"
        case 12: return "try " + jq(two) + " catch " + jq(two)
        case 13: return "limit(\(random.below(2000)); " + jq(one) + ")"
        case 14: return "[range(\(random.pick([1, 10, 1000, 100_000, 10_000_000])))] | " + jq(two)
        case 15: return "label $out | (" + jq(two) + ", break $out)"
        case 16: return "path(" + jq(one) + ")"
        case 17: return "(" + jq(two) + ") |= " + jq(two)
        case 18: return "del(" + jq(one) + ")"
        case 19: return "to_entries | " + jq(one)
        case 20:
            return random.pick(["sort_by", "group_by", "unique_by", "min_by", "max_by", "any", "all"]) + "(" + jq(two)
                + ")"
        case 21: return "\"a\\(" + jq(two) + ")b\""
        case 22:
            return random.pick(["test", "match", "sub", "gsub", "split", "splits", "ascii"]) + "(\"" + quoted(regex(2))
                + "\"; " + random.pick(["\"g\"", "\"x\"", "null", "\"gx\"; \"i\""]) + ")"
        case 23: return "repeat(" + jq(two) + ")"
        case 24: return "recurse(" + jq(two) + ")"
        case 25: return "until(" + jq(two) + "; " + jq(two) + ")"
        case 26: return "reduce range(\(random.below(60))) as $i (.; [., .])"
        case 27: return ". as [$x, {a: $y}] | " + jq(two)
        case 28:
            return random.pick(["strftime", "strptime", "join", "has", "in", "inside", "contains", "index", "ltrimstr"])
                + "(" + jq(two) + ")"
        case 29: return ".[" + jq(two) + ":" + jq(two) + "]"
        case 30: return ".[\(random.pick(["0", "-1", "999999", "1e9", "\"a\"", "null", "[1]"]))] = " + jq(two)
        case 31: return "setpath([" + jq(two) + "]; " + jq(two) + ")"
        case 32:
            return random.pick(["@csv", "@tsv", "@html", "@uri", "@sh", "@json", "@text", "@base64d"]) + " "
                + random.pick(["", "\"\\(.)\""])
        default:
            return random.pick(["combinations", "walk", "paths", "getpath", "pick", "env", "flatten", "transpose"])
                + "("
                + jq(two) + ")"
        }
    }

    private func quoted(_ text: String) -> String {
        text.map { $0 == "\"" ? "'" : $0 == "\\" ? "\\\\" : String($0) }.joined()
    }

    // MARK: - Dates and numbers

    mutating func date() -> String {
        if random.once(in: 3) {
            return random.pick([
                "iso", "iso_sec", "iso_milli", "sql", "sql_sec", "iso_zoned_date_time", "iso_week_date", "full", "long",
                "medium", "short", "rfc_1123_date_time", "iso_ordinal_date", "iso_instant",
            ])
        }
        let letters = Array("yuMLdDQqwWYEecahKkHmsSAnNVzOXxZGBp")
        var pattern = ""
        for _ in 0..<(1 + random.below(8)) {
            let count = random.once(in: 40) ? random.below(3000) : 1 + random.below(5)
            pattern += String(repeating: String(random.pick(letters)), count: count)
            pattern += random.pick(["", "-", ":", " ", "'T'", "''", "/", "[", "]", "'", "#", "{", "é"])
        }
        return pattern
    }

    mutating func number() -> String {
        var pattern = ""
        for _ in 0..<(1 + random.below(10)) {
            let count = random.once(in: 40) ? random.below(5000) : 1 + random.below(3)
            pattern += String(
                repeating: random.pick(["#", "0", ",", ".", "E", "%", "‰", "¤", "'", ";", "$", "x"]), count: count)
        }
        return random.once(in: 2) ? random.pick(["#,##0.00", "0%", "0.###E0", "¤#,##0.00;(#)", "000", "#"]) : pattern
    }
}
