/// Compiles the text of a regular expression to the instructions of ``Pattern``.
struct PatternParser {
    private let source: String
    let text: [UInt32]
    var position = 0
    var options: Pattern.Options
    var depth = 0

    private(set) var instructions: [Pattern.Instruction] = []
    private(set) var sets: [CharacterSet] = []
    private(set) var groupCount = 1
    private(set) var markCount = 0
    private(set) var names: [String: Int] = [:]

    private static let longest = 50_000
    private static let longestSource = 100_000

    init(_ source: String, _ options: Pattern.Options) {
        self.source = source
        text = source.unicodeScalars.map(\.value)
        self.options = options
    }

    mutating func parse() throws(ExpressionError) {
        guard text.count <= Self.longestSource else {
            throw .evaluation("The regular expression is longer than \(Self.longestSource) characters.")
        }
        emit(.save(0))
        try alternatives()
        guard position == text.count else { throw error("Unmatched closing ')'") }
        emit(.save(1))
        emit(.match)
    }

    func error(_ what: String) -> ExpressionError {
        .evaluation("\(what) near index \(position) of the regular expression '\(source)'")
    }

    mutating func emit(_ instruction: Pattern.Instruction) { instructions.append(instruction) }

    var current: UInt32? { position < text.count ? text[position] : nil }

    func isNext(_ character: Unicode.Scalar) -> Bool { current == character.value }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        position += 1
        return true
    }

    mutating func takeText(_ expected: String) -> Bool {
        let scalars = expected.unicodeScalars.map(\.value)
        guard text[position...].starts(with: scalars) else { return false }
        position += scalars.count
        return true
    }

    // MARK: - Structure

    private mutating func alternatives() throws(ExpressionError) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 200 else { throw error("Groups nested too deeply") }
        let outer = options
        defer { options = outer }
        var start = instructions.count
        var ends: [Int] = []
        try sequence()
        while take("|") {
            let branch = Array(instructions[start...])
            instructions.removeSubrange(start...)
            emit(.split(0, 0))
            append(branch, movedBy: 1, from: start)
            ends.append(instructions.count)
            emit(.jump(0))
            instructions[start] = .split(start + 1, instructions.count)
            start = instructions.count
            try sequence()
        }
        for end in ends { instructions[end] = .jump(instructions.count) }
    }

    /// Appends instructions that stood `distance` earlier, with their targets moved along.
    private mutating func append(_ code: [Pattern.Instruction], movedBy distance: Int, from base: Int) {
        for instruction in code { emit(Self.moved(instruction, by: distance)) }
    }

    private static func moved(_ instruction: Pattern.Instruction, by distance: Int) -> Pattern.Instruction {
        switch instruction {
        case .split(let one, let other): .split(one + distance, other + distance)
        case .jump(let target): .jump(target + distance)
        case .look(let ahead, let negative, let end): .look(ahead: ahead, negative: negative, end: end + distance)
        case .atomic(let end): .atomic(end: end + distance)
        case .progress(let mark, let exit): .progress(mark, exit: exit + distance)
        default: instruction
        }
    }

    private mutating func sequence() throws(ExpressionError) {
        while let character = current {
            if character == 0x7C || character == 0x29 { return }
            if options.isExtended, skipExtendedBlank() { continue }
            let start = instructions.count
            let isQuantifiable = try atom()
            if isQuantifiable { try quantifiers(from: start) }
            guard instructions.count < Self.longest else { throw error("Too large") }
        }
    }

    private mutating func skipExtendedBlank() -> Bool {
        guard let character = current else { return false }
        if character == 0x20 || (0x09...0x0D).contains(character) {
            position += 1
            return true
        }
        guard character == 0x23 else { return false }
        while let next = current, next != 0x0A { _ = next; position += 1 }
        return true
    }

    // MARK: - Quantifiers

    private mutating func quantifiers(from start: Int) throws(ExpressionError) {
        while let (least, most) = try quantifier() {
            let isLazy = take("?")
            let isPossessive = !isLazy && take("+")
            let code = Array(instructions[start...])
            instructions.removeSubrange(start...)
            let atomic = instructions.count
            if isPossessive { emit(.atomic(end: 0)) }
            try repeated(code, codeStart: start, least: least, most: most, isLazy: isLazy)
            if isPossessive {
                emit(.match)
                instructions[atomic] = .atomic(end: instructions.count)
            }
        }
    }

    private mutating func repeated(
        _ code: [Pattern.Instruction], codeStart: Int, least: Int, most: Int?, isLazy: Bool
    ) throws(ExpressionError) {
        let copies = max(least, most ?? 0) + 1
        guard copies * (code.count + 4) + instructions.count < Self.longest else { throw error("Too many repetitions") }
        func place(_ parser: inout PatternParser) {
            parser.append(code, movedBy: parser.instructions.count - codeStart, from: codeStart)
        }
        for _ in 0..<least { place(&self) }
        guard let most else {
            if !isLazy, code.count == 1, code[0].takesOneCharacter {
                emit(.run)
                place(&self)
                return
            }
            let mark = markCount
            markCount += 1
            let loop = instructions.count
            emit(.split(0, 0))
            emit(.mark(mark))
            place(&self)
            let check = instructions.count
            emit(.progress(mark, exit: 0))
            emit(.jump(loop))
            let end = instructions.count
            instructions[check] = .progress(mark, exit: end)
            instructions[loop] = isLazy ? .split(end, loop + 1) : .split(loop + 1, end)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(most, least) {
            splits.append(instructions.count)
            emit(.split(0, 0))
            place(&self)
        }
        let end = instructions.count
        for split in splits { instructions[split] = isLazy ? .split(end, split + 1) : .split(split + 1, end) }
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`; nil where none follows.
    private mutating func quantifier() throws(ExpressionError) -> (Int, Int?)? {
        if options.isExtended { while skipExtendedBlank() {} }
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard isNext("{") else { return nil }
        position += 1
        let least = number()
        var most = least
        if take(",") { most = number() }
        guard let low = least, take("}") else { throw error("Illegal repetition") }
        if let most, most < low { throw error("Illegal repetition range") }
        return (low, most)
    }

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let digit = current, digit >= 0x30, digit <= 0x39, value < 100_000 {
            value = value * 10 + Int(digit - 0x30)
            position += 1
        }
        return position > start ? value : nil
    }

    // MARK: - Atoms

    /// One atom; false for something that cannot be repeated.
    private mutating func atom() throws(ExpressionError) -> Bool {
        guard let character = current else { return false }
        position += 1
        switch Unicode.Scalar(character) {
        case "(": return try group()
        case "[": emitSet(try characterClass())
        case ".": emit(options.dotMatchesAll ? .any : .anyButLineEnd)
        case "^": emit(options.isMultiline ? .lineStart : .textStart)
        case "$": emit(options.isMultiline ? .lineEnd : .lastLineEnd)
        case "\\": return try escape()
        case "*", "+", "?":
            position -= 1
            throw error("Dangling meta character '\(Character(Unicode.Scalar(character) ?? "?"))'")
        case "{":
            position -= 1
            throw error("Illegal repetition")
        default: emitLiteral(character)
        }
        return true
    }

    mutating func emitLiteral(_ character: UInt32) {
        let folded = CaseFolding.fold(character)
        let hasCases = options.ignoresCase && CaseFolding.variants(of: character).contains { $0 != character }
        emit(hasCases ? .folded(folded) : .scalar(character))
    }

    mutating func emitSet(_ set: CharacterSet) {
        var set = set
        set.ignoresCase = options.ignoresCase
        sets.append(set)
        emit(.set(sets.count - 1))
    }

    private mutating func group() throws(ExpressionError) -> Bool {
        guard take("?") else { return try capturing(name: nil) }
        if take(":") {
            try alternatives()
        } else if take("=") {
            try look(ahead: true, negative: false)
        } else if take("!") {
            try look(ahead: true, negative: true)
        } else if takeText("<=") {
            try look(ahead: false, negative: false)
        } else if takeText("<!") {
            try look(ahead: false, negative: true)
        } else if take(">") {
            let start = instructions.count
            emit(.atomic(end: 0))
            try alternatives()
            emit(.match)
            instructions[start] = .atomic(end: instructions.count)
        } else if takeText("<") || takeText("P<") {
            return try capturing(name: try groupName())
        } else {
            return try flags()
        }
        guard take(")") else { throw error("Unclosed group") }
        return true
    }

    private mutating func capturing(name: String?) throws(ExpressionError) -> Bool {
        let index = groupCount
        groupCount += 1
        if let name { names[name] = index }
        emit(.save(2 * index))
        try alternatives()
        guard take(")") else { throw error("Unclosed group") }
        emit(.save(2 * index + 1))
        return true
    }

    mutating func groupName() throws(ExpressionError) -> String {
        var name = ""
        while let next = current, next != 0x3E, let scalar = Unicode.Scalar(next) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(">"), !name.isEmpty else { throw error("Bad group name") }
        return name
    }

    private mutating func look(ahead: Bool, negative: Bool) throws(ExpressionError) {
        let start = instructions.count
        emit(.look(ahead: ahead, negative: negative, end: 0))
        try alternatives()
        emit(.match)
        instructions[start] = .look(ahead: ahead, negative: negative, end: instructions.count)
    }

    /// `(?i)`, `(?im-s)`, `(?i:…)`
    private mutating func flags() throws(ExpressionError) -> Bool {
        var changed = options
        var value = true
        while let character = current {
            position += 1
            switch Unicode.Scalar(character) {
            case "i": changed.ignoresCase = value
            case "m": changed.isMultiline = value
            case "s": changed.dotMatchesAll = value
            case "x": changed.isExtended = value
            case "u", "U", "d": break
            case "-": value = false
            case ")":
                options = changed
                return false
            case ":":
                let outer = options
                options = changed
                try alternatives()
                options = outer
                guard take(")") else { throw error("Unclosed group") }
                return true
            default: throw error("Unknown inline modifier")
            }
        }
        throw error("Unclosed group")
    }
}

extension Pattern.Instruction {
    /// Whether it matches exactly one character and does nothing else.
    var takesOneCharacter: Bool {
        switch self {
        case .scalar, .folded, .any, .anyButLineEnd, .set: true
        default: false
        }
    }
}
