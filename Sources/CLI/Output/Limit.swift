import ArgumentParser

/// How many rows a list shows at most, as `--limit` says it.
enum Limit {
    /// As many as a server gives at once.
    static let most = 10_000

    static let help: ArgumentHelp = "At most this many, up to 10000. (default: 50)"

    static func read(_ text: String) throws -> Int {
        guard let number = Int(text), (1...most).contains(number) else {
            throw ValidationError("say a whole number from 1 to \(most)")
        }
        return number
    }
}
