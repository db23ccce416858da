import FlowModel

/// `test`, `match` and what is built on them.
enum JqRegex {
    static let all: [String: JqNatives.Native] = [
        "test/1": { values, run throws(JqStop) in .bool(!(try matches(values[0], values[1], nil, run).isEmpty)) },
        "test/2": { values, run throws(JqStop) in .bool(!(try matches(values[0], values[1], values[2], run).isEmpty)) },
        // The list of all matches, from which the prelude makes `match`, `capture`, `scan` and `split/2`.
        "_matches/2": { values, run throws(JqStop) in .list(try matches(values[0], values[1], values[2], run)) },
        "_pieces/2": { values, run throws(JqStop) in
            let text = try JqNatives.text(values[0], "split").patternScalars
            let found = try matches(values[0], values[1], .string("g" + (values[2].string ?? "")), run)
            var (pieces, start) = ([Value](), 0)
            for match in found {
                guard case .int(let offset) = match["offset"], case .int(let length) = match["length"] else { continue }
                pieces.append(.string(String(scalars: text[start..<Int(offset)])))
                start = Int(offset + length)
            }
            return .list(pieces + [.string(String(scalars: text[start...]))])
        },
    ]

    private static func matches(
        _ input: Value, _ expression: Value, _ flags: Value?, _ run: JqEvaluator
    ) throws(JqStop) -> [Value] {
        var (source, letters) = (expression, flags?.string ?? "")
        if case .list(let parts) = expression, let first = parts.first {
            source = first
            if parts.count > 1 { letters += parts[1].string ?? "" }
        }
        guard case .string(let text) = input else {
            throw .message("\(JqOrder.described(input)) cannot be matched, as it is not a string")
        }
        guard case .string(let regex) = source else {
            throw .message("\(JqOrder.described(source)) cannot be matched, as it is not a string")
        }
        if let wrong = letters.first(where: { !"gimnpslx".contains($0) }) {
            throw .message("\(wrong) is not a valid modifier string")
        }
        let options = Pattern.Options(
            ignoresCase: letters.contains("i"), isMultiline: false,
            dotMatchesAll: letters.contains("s") || letters.contains("p") || letters.contains("m"),
            isExtended: letters.contains("x"))
        do throws(ExpressionError) {
            let pattern = try Pattern.cached(regex, options)
            let scalars = try pattern.scalars(of: text, run.run)
            var found: [PatternMatcher.Match] = []
            if letters.contains("g") {
                found = try pattern.allMatches(in: scalars, run.run)
            } else {
                var matcher = PatternMatcher(pattern, scalars, run.run)
                if let match = try matcher.next(from: 0) { found = [match] }
            }
            if letters.contains("n") { found.removeAll { $0.range.isEmpty } }
            return found.map { described($0, pattern, scalars) }
        } catch {
            throw .message("\(regex) cannot be used as a regular expression: \(error.message)")
        }
    }

    private static func described(_ match: PatternMatcher.Match, _ pattern: Pattern, _ text: [UInt32]) -> Value {
        let names = Dictionary(pattern.names.map { ($1, $0) }, uniquingKeysWith: { one, _ in one })
        let captures = match.groups.enumerated().dropFirst().map { number, range -> Value in
            [
                "offset": .int(Int64(range?.lowerBound ?? -1)), "length": .int(Int64(range?.count ?? 0)),
                "string": range.map { .string(String(scalars: text[$0])) } ?? .null,
                "name": names[number].map { .string($0) } ?? .null,
            ]
        }
        return [
            "offset": .int(Int64(match.range.lowerBound)), "length": .int(Int64(match.range.count)),
            "string": .string(String(scalars: text[match.range])), "captures": .list(captures),
        ]
    }
}
