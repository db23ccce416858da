/// Rows in columns as wide as their contents. On a terminal that is too narrow the last columns are left out and named
/// below; a piped table is never cut.
struct Table {
    var columns: [String]
    var rows: [[String]] = []

    init(_ columns: String...) { self.columns = columns }

    func text(width: Int?) -> String {
        let widths = columns.indices.map { column in
            (rows.map { $0[column].count } + [columns[column].count]).max() ?? 0
        }
        var shown = columns.count
        if let width {
            while shown > 1, widths.prefix(shown).reduce(0, +) + 2 * (shown - 1) > width { shown -= 1 }
        }
        func line(_ cells: [String]) -> String {
            let text = cells.prefix(shown).enumerated().map { index, cell in
                cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined(separator: "  ")
            return String(text.prefix(text.count - text.reversed().prefix { $0 == " " }.count))
        }
        var lines = [line(columns)] + rows.map(line)
        if shown < columns.count {
            lines.append(
                "+\((columns.count - shown).of("column")): \(columns.dropFirst(shown).joined(separator: ", ")) (-o wide)"
            )
        }
        return lines.joined(separator: "\n")
    }
}
