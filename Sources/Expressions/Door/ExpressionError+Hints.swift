import FlowModel

extension ExpressionError {
    /// Which name was probably meant; nothing when none is near, or when there are too many to look at each.
    static func hint(nearest wrong: String, among known: [String]) -> String? {
        guard known.count <= 500, wrong.utf8.count <= 100 else { return nil }
        return known.closest(to: wrong).map { "did you mean `\($0)`?" }
    }

    /// The same, or else all names where they are few.
    static func hint(nearest wrong: String, orOneOf known: [String]) -> String? {
        if let near = hint(nearest: wrong, among: known) { return near }
        return known.isEmpty || known.count > 8 ? nil : "there are \(known.map { "`\($0)`" }.joined(separator: ", "))"
    }

    /// A function that other versions or editions have and this program cannot offer.
    static func absent(function name: String) -> String? {
        switch name {
        case "i18n": "it reads resource bundles of a Java program, which there are none of here"
        case "appLink": "it belongs to the apps of Kestra's enterprise edition, which this program does not have"
        case "credential": "it belongs to Kestra's enterprise edition: use `secret('…')`"
        case "assets": "it belongs to Kestra's enterprise edition, which this program does not have"
        case "datafaker": "it is in no release of Kestra: take a value from `inputs`, or make one in a script task"
        case "random": "write `randomInt(0, 100)` for a number, `nanoId()` or `uuid()` for a text"
        default: nil
        }
    }
}
