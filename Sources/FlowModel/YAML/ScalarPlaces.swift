extension SourceText {
    /// The place in the document of byte `offset` of a scalar's text, whatever style it is written in: plain, quoted with
    /// escapes, folded or literal. White space stands for what follows it.
    ///
    /// Folding and indentation change only white space, so that the characters between are found again by their order.
    /// - Parameter node: a scalar of this very document.
    /// - Returns: nil for an alias, and when the text at the node's mark is another one.
    public func mark(of offset: Int, in node: Node) -> Mark? {
        guard case .scalar(let scalar) = node.content, let start = index(of: node.mark),
            var reader = ScalarReader(text.unicodeScalars[start...])
        else { return nil }
        var position = 0
        for wanted in scalar.text.unicodeScalars {
            defer { position += UTF8.width(wanted) }
            if wanted.isBlankInYAML { continue }
            guard let found = reader.nextVisible(), found.scalar == wanted else { return nil }
            if position >= offset { return mark(at: found.index) }
        }
        return nil
    }
}

/// Goes through the characters of a scalar as it is written.
private struct ScalarReader {
    private enum Style { case bare, single, double }

    private var rest: Substring.UnicodeScalarView
    private let style: Style

    /// - Parameter source: from the scalar's mark on; an anchor and a tag may come first. Nil for an alias.
    init?(_ source: Substring.UnicodeScalarView) {
        rest = source
        while let first = rest.first, first == "&" || first == "!" {
            rest = rest.drop { !$0.isBlankInYAML }
            rest = rest.drop { $0.isBlankInYAML }
        }
        switch rest.first {
        case "*", nil: return nil
        case "'":
            style = .single
            rest.removeFirst()
        case "\"":
            style = .double
            rest.removeFirst()
        case "|", ">":
            style = .bare
            rest = rest.drop { $0 != "\n" && $0 != "\r" }
        default: style = .bare
        }
    }

    /// The next character that is no white space, escapes decoded, with the place where it is written.
    mutating func nextVisible() -> (scalar: Unicode.Scalar, index: String.Index)? {
        while let found = next() {
            if !found.scalar.isBlankInYAML { return found }
        }
        return nil
    }

    private mutating func next() -> (scalar: Unicode.Scalar, index: String.Index)? {
        let index = rest.startIndex
        guard let first = rest.popFirst() else { return nil }
        switch (style, first) {
        case (.single, "'"):
            guard rest.first == "'" else { return nil }
            rest.removeFirst()
            return (first, index)
        case (.double, "\""): return nil
        case (.double, "\\"): return escape().map { ($0, index) }
        default: return (first, index)
        }
    }

    /// What stands for the escape whose backslash was just read.
    private mutating func escape() -> Unicode.Scalar? {
        guard let letter = rest.popFirst() else { return nil }
        switch letter {
        case "0": return "\0"
        case "a": return "\u{7}"
        case "b": return "\u{8}"
        case "t", "\t": return "\t"
        case "n": return "\n"
        case "v": return "\u{B}"
        case "f": return "\u{C}"
        case "r": return "\r"
        case "e": return "\u{1B}"
        case "N": return "\u{85}"
        case "_": return "\u{A0}"
        case "L": return "\u{2028}"
        case "P": return "\u{2029}"
        case "x": return hexadecimal(2)
        case "u": return hexadecimal(4)
        case "U": return hexadecimal(8)
        // The character itself, or a line break that goes away.
        default: return letter
        }
    }

    private mutating func hexadecimal(_ count: Int) -> Unicode.Scalar? {
        let digits = String(String.UnicodeScalarView(rest.prefix(count)))
        rest = rest.dropFirst(count)
        return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    }
}

extension Unicode.Scalar {
    /// What YAML folds, indents by or takes for a line's end.
    fileprivate var isBlankInYAML: Bool {
        switch self {
        case " ", "\t", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}

extension UTF8 {
    fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x80: 1
        case 0x80..<0x800: 2
        case 0x800..<0x1_0000: 3
        default: 4
        }
    }
}
