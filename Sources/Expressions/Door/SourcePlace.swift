import FlowModel

/// Turns byte offsets of a template into lines and columns. Line ends: expressions spec §2.3.
enum SourcePlace {
    static func of(_ offset: Int, in source: String) -> Place {
        var (line, column, position) = (1, 1, 0)
        for character in source {
            guard position < offset else { break }
            position += character.utf8.count
            if isLineEnd(character) {
                (line, column) = (line + 1, 1)
            } else {
                column += 1
            }
        }
        return Place(line: line, column: column)
    }

    private static func isLineEnd(_ character: Character) -> Bool {
        switch character {
        case "\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
