/// A compiled pattern on paths: linear in the length of what it is matched against, whatever the pattern.
struct GlobMachine: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case character(UnicodeScalar)
        /// One character, never a slash.
        case anyOne
        /// One of these characters, or none of them; never a slash.
        case oneOf([ClosedRange<UInt32>], negated: Bool)
        /// Any run without a slash.
        case run
        /// Any run.
        case anything
        /// Nothing, or whole folders with their slash: takes two places, of which the second is inside a folder's name.
        case folders
        case insideFolders
    }

    private let steps: [Step]

    init(_ steps: [Step]) { self.steps = steps }

    /// Whether the whole text fits.
    func matches(_ text: String) -> Bool {
        var active = [Bool](repeating: false, count: steps.count + 1)
        enter(0, &active)
        for character in text.unicodeScalars {
            var next = [Bool](repeating: false, count: steps.count + 1)
            for i in steps.indices where active[i] { advance(i, character, &next) }
            guard next.contains(true) else { return false }
            active = next
        }
        return active[steps.count]
    }

    /// Activates a place and all that may follow it without a character.
    private func enter(_ place: Int, _ active: inout [Bool]) {
        guard !active[place] else { return }
        active[place] = true
        guard place < steps.count else { return }
        switch steps[place] {
        case .run, .anything: enter(place + 1, &active)
        case .folders: enter(place + 2, &active)
        case .character, .anyOne, .oneOf, .insideFolders: break
        }
    }

    private func advance(_ place: Int, _ character: UnicodeScalar, _ next: inout [Bool]) {
        let isSlash = character == "/"
        switch steps[place] {
        case .character(let wanted): if character == wanted { enter(place + 1, &next) }
        case .anyOne: if !isSlash { enter(place + 1, &next) }
        case .oneOf(let ranges, let negated):
            if !isSlash, ranges.contains(where: { $0.contains(character.value) }) != negated { enter(place + 1, &next) }
        case .run: if !isSlash { enter(place, &next) }
        case .anything: enter(place, &next)
        case .folders: if isSlash { enter(place + 2, &next) } else { next[place + 1] = true }
        case .insideFolders:
            next[place] = true
            if isSlash { enter(place + 1, &next) }
        }
    }

    /// Reads what follows a `[`: the ranges and whether they are excluded. Nil, and nothing read, without an end.
    static func set(_ text: ArraySlice<UnicodeScalar>, negations: Set<UnicodeScalar>) -> (Step, end: Int)? {
        var i = text.startIndex
        var negated = false
        if i < text.endIndex, negations.contains(text[i]) {
            negated = true
            i += 1
        }
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while i < text.endIndex, text[i] != "]" || isFirst {
            isFirst = false
            if text[i] == "[", i + 1 < text.endIndex, text[i + 1] == ":",
                let end = text[(i + 2)...].firstIndex(of: ":"), end + 1 < text.endIndex, text[end + 1] == "]"
            {
                ranges += named(String(String.UnicodeScalarView(text[(i + 2)..<end])))
                i = end + 2
                continue
            }
            if text[i] == "\\", i + 1 < text.endIndex { i += 1 }
            let low = text[i]
            i += 1
            var high = low
            if i + 1 < text.endIndex, text[i] == "-", text[i + 1] != "]" {
                i += 1
                if text[i] == "\\", i + 1 < text.endIndex { i += 1 }
                high = text[i]
                i += 1
            }
            if low.value <= high.value { ranges.append(low.value...high.value) }
        }
        guard i < text.endIndex else { return nil }
        return (.oneOf(ranges, negated: negated), i + 1)
    }

    private static func named(_ name: String) -> [ClosedRange<UInt32>] {
        switch name {
        case "digit": [48...57]
        case "lower": [97...122]
        case "upper": [65...90]
        case "alpha": [65...90, 97...122]
        case "alnum": [48...57, 65...90, 97...122]
        case "xdigit": [48...57, 65...70, 97...102]
        case "space": [9...13, 32...32]
        case "blank": [9...9, 32...32]
        case "punct": [33...47, 58...64, 91...96, 123...126]
        default: []
        }
    }
}
