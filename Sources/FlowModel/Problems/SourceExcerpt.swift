/// The lines around a place, and a caret below it, as people read them.
public struct SourceExcerpt: Sendable {
    /// Longer lines are cut around the place.
    private static let widest = 160

    private let source: SourceText
    private let indentation: String

    public init(_ source: SourceText, indentation: String = "  ") {
        self.source = source
        self.indentation = indentation
    }

    /// ```
    ///   11 |   type: io.kestra.plugin.core.log.Log
    ///   12 |   message: "{{ outputs.load.value }}"
    ///      |                ^
    /// ```
    /// - Parameters:
    ///   - before: how many lines to show before that of the place.
    ///   - marksWord: whether the whole word at the place is marked.
    public func lines(at place: Place, before: Int = 0, marksWord: Bool = false) -> [String] {
        guard let text = source.line(place.line) else { return [] }
        let width = String(place.line).count
        func margin(_ label: String) -> String {
            indentation + String(repeating: " ", count: width - label.count) + label + " | "
        }
        var lines: [String] = []
        for number in max(1, place.line - before)..<place.line {
            if let line = source.line(number) { lines.append(margin(String(number)) + line.prefix(Self.widest)) }
        }
        let scalars = text.unicodeScalars
        let target = scalars.index(scalars.startIndex, offsetBy: place.column - 1, limitedBy: scalars.endIndex)
        var (left, right) = (text[..<(target ?? text.endIndex)], text[(target ?? text.endIndex)...])
        let isCut = left.count + right.count > Self.widest
        if isCut {
            left = left.suffix(Self.widest / 2)
            right = right.prefix(Self.widest / 2)
        }
        lines.append(margin(String(place.line)) + left + right)
        let marks = marksWord ? max(1, right.prefix { !$0.isWhitespace }.count) : 1
        // Tabs stay, so that the caret stands where they end.
        let padding = String(left.map { $0 == "\t" ? "\t" : " " })
        lines.append(margin("") + padding + String(repeating: "^", count: marks))
        return lines
    }
}
