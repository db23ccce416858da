extension Collection where Element == String {
    /// The name that was probably meant: the nearest within two edits, and within a third of the word's length (a longer way
    /// is no slip of the fingers: `frob` is not `cron`), or one with the same last part after a dot. Nil when nothing is near.
    public func closest(to wrong: String) -> String? {
        let limit = Swift.min(2, wrong.count / 3)
        let near = map { (name: $0, distance: editDistance($0, wrong, limit: limit)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        if let near { return near.name }
        guard let lastPart = wrong.split(separator: ".").last, wrong.contains(".") else { return nil }
        return filter { $0.hasSuffix("." + lastPart) }.min()
    }
}

/// The number of single-character edits between two texts, two neighbours that changed places being one; `limit + 1` when
/// there are more.
private func editDistance(_ one: String, _ other: String, limit: Int) -> Int {
    let (left, right) = (Array(one.lowercased()), Array(other.lowercased()))
    guard abs(left.count - right.count) <= limit else { return limit + 1 }
    var (before, row) = ([Int](), Array(0...right.count))
    for (i, character) in left.enumerated() {
        var next = [i + 1]
        for (j, candidate) in right.enumerated() {
            var edits = Swift.min(row[j] + (character == candidate ? 0 : 1), row[j + 1] + 1, next[j] + 1)
            if i > 0, j > 0, character == right[j - 1], left[i - 1] == candidate {
                edits = Swift.min(edits, before[j - 1] + 1)
            }
            next.append(edits)
        }
        (before, row) = (row, next)
    }
    return Swift.min(row[right.count], limit + 1)
}
