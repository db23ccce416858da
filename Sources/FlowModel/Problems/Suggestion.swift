extension Collection where Element == String {
    /// The name that was probably meant: the nearest within two edits (one for short words), or one with the same last
    /// part after a dot. Nil when nothing is near.
    public func closest(to wrong: String) -> String? {
        let limit = wrong.count <= 3 ? 1 : 2
        let near = map { (name: $0, distance: editDistance($0, wrong, limit: limit)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        if let near { return near.name }
        guard let lastPart = wrong.split(separator: ".").last, wrong.contains(".") else { return nil }
        return filter { $0.hasSuffix("." + lastPart) }.min()
    }
}

/// The number of single-character edits between two texts, or `limit + 1` when there are more.
private func editDistance(_ one: String, _ other: String, limit: Int) -> Int {
    let (left, right) = (Array(one.lowercased()), Array(other.lowercased()))
    guard abs(left.count - right.count) <= limit else { return limit + 1 }
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, candidate) in right.enumerated() {
            let substitution = diagonal + (character == candidate ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = Swift.min(substitution, row[j] + 1, diagonal + 1)
        }
    }
    return Swift.min(row[right.count], limit + 1)
}
