import FlowModel

/// The parameters of a query or a form, in their order; a name may come several times.
struct Query: Sendable {
    struct Item: Sendable, Hashable {
        var name: String
        var value: String
    }

    private(set) var items: [Item] = []

    init() {}

    /// - Parameter text: `a=1&b=2`, percent-encoded, `+` for a blank. A member without `=` has an empty value.
    init(_ text: some StringProtocol) {
        for member in text.split(separator: "&") {
            let sign = member.firstIndex(of: "=")
            let value = sign.map { PercentText.decode(member[member.index(after: $0)...], plusIsSpace: true) }
            let name = PercentText.decode(member[..<(sign ?? member.endIndex)], plusIsSpace: true)
            items.append(Item(name: name, value: value ?? ""))
        }
    }

    /// The first value of this name that is not empty.
    func text(_ name: String) -> String? { items.first { $0.name == name && !$0.value.isEmpty }?.value }

    /// All values of this name, empty ones too.
    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// All values of this name, where one value may hold several, separated by commas.
    func list(_ name: String) -> [String] {
        all(name).flatMap { $0.split(separator: ",").map(String.init) }
    }

    /// - Throws: 400 when there is none. Source: engine spec §11.1.
    func required(_ name: String) throws(Refusal) -> String {
        guard let value = text(name) else { throw .missingQuery(name) }
        return value
    }

    func flag(_ name: String, default usual: Bool = false) throws(Refusal) -> Bool {
        guard let text = text(name) else { return usual }
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw .illegalArgument("query parameter `\(name)` must be true or false, not `\(text)`")
        }
    }

    func int(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(Refusal) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bounds = range == Int.min...Int.max ? "" : " from \(range.lowerBound) to \(range.upperBound)"
            throw .illegalArgument("query parameter `\(name)` must be a whole number\(bounds), not `\(text)`")
        }
        return number
    }

    /// An ISO 8601 date-time with an offset.
    func moment(_ name: String) throws(Refusal) -> Timestamp? {
        guard let text = text(name) else { return nil }
        return try Self.moment(text, name: name)
    }

    /// One beyond the years of four digits is the last or the first of them.
    static func moment(_ text: String, name: String) throws(Refusal) -> Timestamp {
        // A `+` of an offset that was not encoded arrives as a blank.
        let mended = text.replacing(" ", with: "+")
        do throws(Problem) {
            return min(max(try Timestamp(iso: mended), .earliest), .latest)
        } catch {
            throw .illegalArgument("`\(name)` must be a date-time such as 2026-01-31T12:00:00Z, not `\(text)`")
        }
    }

    static func duration(_ text: String, name: String) throws(Refusal) -> ISODuration {
        do throws(Problem) {
            return try ISODuration(text)
        } catch {
            throw .illegalArgument("`\(name)` must be an ISO 8601 duration such as PT5M, not `\(text)`")
        }
    }
}
