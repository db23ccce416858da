/// Cuts the elements of one list out of a JSON object that arrives in pieces, so that memory never holds more than one of
/// them, a piece, and the object without the list.
struct JSONObjectCutter {
    /// The object with the list empty.
    private(set) var rest: [UInt8] = []
    /// Whether the end of the object was seen: an answer that broke off has none.
    private(set) var isComplete = false
    /// The name of the list, in quotes.
    private let name: [UInt8]
    private var elements = JSONArrayCutter()
    private var isInList = false
    private var depth = 0
    private var isText = false
    private var isEscaped = false
    private var textStart = 0
    /// Whether the last name of the object itself is that of the list, and its value comes.
    private var isListNext = false
    private var lastText = 0..<0

    /// - Parameter list: a member of the object.
    init(list: String) { name = Array("\"\(list)\"".utf8) }

    /// Takes in the next piece; gives the elements of the list that end in it.
    mutating func cut(_ piece: some Sequence<UInt8>) throws(JSONArrayCutter.Unfit) -> [[UInt8]] {
        let bytes = Array(piece)
        var found: [[UInt8]] = []
        var index = 0
        while index < bytes.count {
            if !isInList { try step(bytes[index]) }
            guard isInList else {
                index += 1
                continue
            }
            index = try elements.cut(bytes, from: index, into: &found)
            guard elements.isComplete else { continue }
            elements = JSONArrayCutter()
            (isInList, isListNext) = (false, false)
            rest += Array("[]".utf8)
        }
        return found
    }

    /// Takes a byte outside of the list, or finds that the list begins with it.
    private mutating func step(_ byte: UInt8) throws(JSONArrayCutter.Unfit) {
        if isText {
            takeText(byte)
            return
        }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard depth > 0 || byte == UInt8(ascii: "{") && !isComplete else { throw JSONArrayCutter.Unfit() }
            if depth == 1, isListNext, byte == UInt8(ascii: "[") {
                isInList = true
                return
            }
            depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth -= 1
            guard depth >= 0 else { throw JSONArrayCutter.Unfit() }
            isComplete = depth == 0
        case UInt8(ascii: "\""):
            isText = true
            textStart = rest.count
        case UInt8(ascii: ":") where depth == 1: isListNext = rest[lastText].elementsEqual(name)
        case UInt8(ascii: ",") where depth == 1: isListNext = false
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): return
        default: break
        }
        guard depth > 0 || isComplete else { throw JSONArrayCutter.Unfit() }
        rest.append(byte)
    }

    private mutating func takeText(_ byte: UInt8) {
        rest.append(byte)
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isText = false
            if depth == 1 { lastText = textStart..<rest.count }
        }
    }
}
