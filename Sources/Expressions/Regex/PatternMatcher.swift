/// One search with a pattern: the text, the groups found so far and the way back.
struct PatternMatcher {
    private enum Entry {
        case branch(pc: Int32, position: Int32)
        /// What ``Pattern/Instruction/run`` took: how far it can give back, and where it stands.
        case run(pc: Int32, least: Int32, position: Int32)
        case group(slot: Int32, old: Int32)
        case mark(index: Int32, old: Int32)
    }

    private let pattern: Pattern
    let text: [UInt32]
    private var groups: [Int]
    private var marks: [Int]
    private var stack: [Entry] = []
    /// Instructions carried out so far.
    private(set) var steps = 0

    /// Steps after which a search is given up.
    private static let stepLimit = 10_000_000
    /// Ways back that are kept: some 16 bytes each.
    private static let stackLimit = 1_000_000
    /// Whose time is used; looked at every so many steps.
    private let rendering: Rendering?
    private var nextCheck = Self.checked
    private static let checked = 1 << 16

    init(_ pattern: Pattern, _ text: [UInt32], _ rendering: Rendering? = nil) {
        self.rendering = rendering
        self.pattern = pattern
        self.text = text
        groups = [Int](repeating: -1, count: 2 * pattern.groupCount)
        marks = [Int](repeating: -1, count: pattern.markCount)
    }

    struct Match {
        /// Positions in scalars; nil for a group that took no part.
        let groups: [Range<Int>?]
        let range: Range<Int>
    }

    /// The first match that starts at `start` or later.
    mutating func next(from start: Int) throws(ExpressionError) -> Match? {
        var position = start
        while position <= text.count {
            if let first = pattern.firstScalar {
                guard let place = text[position...].firstIndex(of: first) else { return nil }
                position = place
            }
            if let match = try match(at: position) { return match }
            position += 1
        }
        return nil
    }

    /// A match that starts exactly there; with `whole`, one that ends at the end of the text.
    mutating func match(at position: Int, whole: Bool = false) throws(ExpressionError) -> Match? {
        for index in groups.indices { groups[index] = -1 }
        stack.removeAll(keepingCapacity: true)
        guard try run(pc: 0, at: position, endingAt: whole ? text.count : nil) != nil else { return nil }
        let found = stride(from: 0, to: groups.count, by: 2).map { slot -> Range<Int>? in
            groups[slot] >= 0 && groups[slot + 1] >= groups[slot] ? groups[slot]..<groups[slot + 1] : nil
        }
        guard let range = found[0] else { return nil }
        return Match(groups: found, range: range)
    }

    /// Runs from an instruction to the next `match` and gives the position reached; nil when nothing matches.
    private mutating func run(pc start: Int, at begin: Int, endingAt end: Int?) throws(ExpressionError) -> Int? {
        let base = stack.count
        var (pc, position) = (start, begin)
        while true {
            steps += 1
            if steps > Self.stepLimit || stack.count > Self.stackLimit {
                throw .evaluation("The regular expression '\(pattern.source)' timed out")
            }
            if steps >= nextCheck {
                nextCheck = steps + Self.checked
                try rendering?.step(weight: 1 << 10)
            }
            var isMatching = true
            switch pattern.instructions[pc] {
            case .split(let one, let other):
                stack.append(
                    .branch(pc: Int32(truncatingIfNeeded: other), position: Int32(truncatingIfNeeded: position)))
                pc = one
                continue
            case .jump(let target):
                pc = target
                continue
            case .run:
                let least = position
                while length(of: pattern.instructions[pc + 1], at: position) != nil { position += 1 }
                steps += position - least
                pc += 2
                giveBack(to: least, from: position, pc: pc)
                continue
            case .save(let slot):
                stack.append(
                    .group(slot: Int32(truncatingIfNeeded: slot), old: Int32(truncatingIfNeeded: groups[slot])))
                groups[slot] = position
            case .mark(let index):
                stack.append(
                    .mark(index: Int32(truncatingIfNeeded: index), old: Int32(truncatingIfNeeded: marks[index])))
                marks[index] = position
            case .progress(let mark, let exit):
                if marks[mark] == position {
                    pc = exit
                    continue
                }
            case .match:
                if end == nil || position == end { return position }
                isMatching = false
            case .look(let ahead, let negative, let after):
                isMatching = try looks(ahead: ahead, negative: negative, from: pc + 1, at: position)
                if isMatching {
                    pc = after
                    continue
                }
            case .atomic(let after):
                if let reached = try first(from: pc + 1, at: position, endingAt: nil) {
                    (pc, position) = (after, reached)
                    continue
                }
                isMatching = false
            case let instruction:
                if let length = length(of: instruction, at: position) {
                    position += length
                } else {
                    isMatching = false
                }
            }
            if isMatching {
                pc += 1
            } else if let branch = goBack(to: base) {
                (pc, position) = branch
            } else {
                return nil
            }
        }
    }

    /// Remembers that fewer characters may be tried.
    private mutating func giveBack(to least: Int, from position: Int, pc: Int) {
        guard position > least else { return }
        stack.append(
            .run(
                pc: Int32(truncatingIfNeeded: pc), least: Int32(truncatingIfNeeded: least),
                position: Int32(truncatingIfNeeded: position)))
    }

    /// Undoes what was done since the last alternative above `base` and gives that.
    private mutating func goBack(to base: Int) -> (Int, Int)? {
        while stack.count > base, let entry = stack.popLast() {
            switch entry {
            case .branch(let pc, let position): return (Int(pc), Int(position))
            case .run(let pc, let least, let position):
                giveBack(to: Int(least), from: Int(position) - 1, pc: Int(pc))
                return (Int(pc), Int(position) - 1)
            case .group(let slot, let old): groups[Int(slot)] = Int(old)
            case .mark(let index, let old): marks[Int(index)] = Int(old)
            }
        }
        return nil
    }

    /// The first match of a part, without a way back into it; groups that it set stay, and are undone with the rest.
    private mutating func first(
        from pc: Int, at position: Int, endingAt end: Int?
    ) throws(ExpressionError) -> Int? {
        let base = stack.count
        guard let reached = try run(pc: pc, at: position, endingAt: end) else { return nil }
        let undo = stack[base...].filter { entry in
            switch entry {
            case .branch, .run: false
            case .group, .mark: true
            }
        }
        stack.replaceSubrange(base..., with: undo)
        return reached
    }

    private mutating func looks(
        ahead: Bool, negative: Bool, from pc: Int, at position: Int
    ) throws(ExpressionError) -> Bool {
        let base = stack.count
        var found = false
        if ahead {
            found = try first(from: pc, at: position, endingAt: nil) != nil
        } else {
            var start = position
            while !found, start >= max(0, position - 255) {
                found = try first(from: pc, at: start, endingAt: position) != nil
                start -= 1
            }
        }
        if negative, found { _ = goBack(to: base) }
        return found != negative
    }

    /// How many characters the instruction takes here; nil when it does not match.
    private func length(of instruction: Pattern.Instruction, at position: Int) -> Int? {
        switch instruction {
        case .scalar(let value): position < text.count && text[position] == value ? 1 : nil
        case .folded(let value): position < text.count && CaseFolding.fold(text[position]) == value ? 1 : nil
        case .any: position < text.count ? 1 : nil
        case .anyButLineEnd: position < text.count && !isLineEnd(text[position]) ? 1 : nil
        case .set(let index): position < text.count && pattern.sets[index].contains(text[position]) ? 1 : nil
        case .textStart: position == 0 ? 0 : nil
        case .textEnd: position == text.count ? 0 : nil
        case .lastLineEnd: isLastLineEnd(position) ? 0 : nil
        case .lineStart:
            position == 0 || (position < text.count && isLineEnd(text[position - 1]) && !isInsideCRLF(position))
                ? 0 : nil
        case .lineEnd:
            position == text.count || (isLineEnd(text[position]) && !isInsideCRLF(position)) ? 0 : nil
        case .wordBoundary(let wanted): (isWord(position - 1) != isWord(position)) == wanted ? 0 : nil
        case .reference(let group, let ignoresCase): referenceLength(group, ignoresCase, at: position)
        default: nil
        }
    }

    private func isLineEnd(_ character: UInt32) -> Bool {
        character == 0x0A || character == 0x0D || character == 0x85 || character == 0x2028 || character == 0x2029
    }

    private func isInsideCRLF(_ position: Int) -> Bool {
        position > 0 && position < text.count && text[position - 1] == 0x0D && text[position] == 0x0A
    }

    private func isLastLineEnd(_ position: Int) -> Bool {
        if position == text.count { return true }
        if position == text.count - 1 { return isLineEnd(text[position]) && !isInsideCRLF(position) }
        return position == text.count - 2 && text[position] == 0x0D && text[position + 1] == 0x0A
    }

    private func isWord(_ position: Int) -> Bool {
        guard position >= 0, position < text.count else { return false }
        return CharacterSet.word.contains(text[position])
    }

    private func referenceLength(_ group: Int, _ ignoresCase: Bool, at position: Int) -> Int? {
        guard 2 * group + 1 < groups.count, groups[2 * group] >= 0, groups[2 * group + 1] >= groups[2 * group] else {
            return nil
        }
        let part = text[groups[2 * group]..<groups[2 * group + 1]]
        guard position + part.count <= text.count else { return nil }
        for (offset, value) in part.enumerated() {
            let other = text[position + offset]
            guard value == other || (ignoresCase && CaseFolding.fold(value) == CaseFolding.fold(other)) else {
                return nil
            }
        }
        return part.count
    }
}
