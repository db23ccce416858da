/// Cuts a JSON array that arrives in pieces into its elements, so that memory never holds more than one of them and a piece.
struct JSONArrayCutter {
    /// The answer is no array, or an element of it is larger than any that a server sends.
    struct Unfit: Error {}

    /// Whether the end of the array was seen: an answer that broke off has none.
    private(set) var isComplete = false
    private var depth = 0
    private var isText = false
    private var isEscaped = false
    private var element: [UInt8] = []
    private let largest: Int

    /// - Parameter largest: bytes of an element.
    init(largest: Int = 16 << 20) { self.largest = largest }

    /// Takes in the next piece; gives the elements that end in it.
    mutating func cut(_ piece: some Sequence<UInt8>) throws(Unfit) -> [[UInt8]] {
        let bytes = Array(piece)
        var found: [[UInt8]] = []
        var index = 0
        while index < bytes.count { index = try cut(bytes, from: index, into: &found) }
        return found
    }

    /// Takes in bytes up to the end of the array or of the piece, one at least; gives where it stopped.
    mutating func cut(_ bytes: [UInt8], from start: Int, into found: inout [[UInt8]]) throws(Unfit) -> Int {
        var index = start
        repeat {
            if isText {
                index = text(bytes, from: index)
            } else {
                if let whole = try step(bytes[index]) { found.append(whole) }
                index += 1
            }
            guard element.count <= largest else { throw Unfit() }
        } while index < bytes.count && !isComplete
        return index
    }

    /// Takes the part of a text up to its next quote or backslash; almost all bytes of a log are of this kind.
    private mutating func text(_ bytes: [UInt8], from start: Int) -> Int {
        if isEscaped {
            isEscaped = false
            element.append(bytes[start])
            return start + 1
        }
        let rest = bytes[start...]
        let quote = rest.firstIndex(of: UInt8(ascii: "\""))
        let end = rest[..<(quote ?? rest.endIndex)].firstIndex(of: UInt8(ascii: "\\")) ?? quote
        guard let end else {
            element += rest
            return rest.endIndex
        }
        element += rest[...end]
        if end == quote { isText = false } else { isEscaped = true }
        return end + 1
    }

    /// Takes a byte outside of texts; gives the element that it ends.
    private mutating func step(_ byte: UInt8) throws(Unfit) -> [UInt8]? {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): return nil
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            depth += 1
            if depth == 1 {
                guard byte == UInt8(ascii: "["), !isComplete else { throw Unfit() }
                return nil
            }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth -= 1
            if depth == 0 {
                isComplete = true
                return element.isEmpty ? nil : taken()
            }
        case UInt8(ascii: ",") where depth == 1: return taken()
        case UInt8(ascii: "\""): isText = true
        default: break
        }
        guard depth > 0 else { throw Unfit() }
        element.append(byte)
        return nil
    }

    private mutating func taken() -> [UInt8] {
        defer { element = [] }
        return element
    }
}
