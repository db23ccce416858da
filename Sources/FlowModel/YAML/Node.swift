/// A line and a column of a text, both counted from 1; columns count characters.
public struct Mark: Sendable, Hashable {
    public var line: UInt32
    public var column: UInt32

    public init(line: Int, column: Int) {
        self.line = UInt32(clamping: line)
        self.column = UInt32(clamping: column)
    }

    public func place(in file: String?) -> Place { Place(file: file, line: Int(line), column: Int(column)) }
}

/// One element of a YAML document, with the place where it begins.
public struct Node: Sendable {
    public enum Content: Sendable {
        case scalar(Scalar)
        case list([Node])
        case map([Member])
    }

    /// A key with its value. Keys are always taken as text.
    public struct Member: Sendable {
        public var key: String
        public var keyMark: Mark
        public var value: Node

        public init(key: String, keyMark: Mark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    public struct Scalar: Sendable {
        public enum Style: Sendable { case plain, quoted, block }
        public var text: String
        public var style: Style

        public init(text: String, style: Style) {
            self.text = text
            self.style = style
        }
    }

    public var content: Content
    public var mark: Mark

    public init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }

    /// The value of the member `key`; nil when this is no map or has no such member.
    public subscript(key: String) -> Node? {
        guard case .map(let members) = content else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text of a scalar as it is written, whatever its type.
    public var text: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    /// A plain scalar that means null: nothing, `~` or `null`.
    public var isNull: Bool {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return false }
        return scalar.meansNull
    }

    /// Nothing, or a list or a map without members.
    public var isEmpty: Bool {
        switch content {
        case .scalar: isNull
        case .list(let items): items.isEmpty
        case .map(let members): members.isEmpty
        }
    }

    /// The value that the element stands for: plain scalars get their type, quoted and block scalars are strings.
    public var value: Value {
        switch content {
        case .scalar(let scalar): scalar.value
        case .list(let items): .list(items.map(\.value))
        case .map(let members):
            .map(ValueMap(members.lazy.map { ($0.key, $0.value.value) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// What people call the element: `a text`, `a list`, `a map`.
    public var kindName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .map: "a map"
        }
    }
}

extension Node.Scalar {
    var meansNull: Bool {
        switch text {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }

    /// Plain texts that look like null, booleans, integers or decimals have that type; anything else is a string.
    public var value: Value {
        guard style == .plain else { return .string(text) }
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return numberValue ?? .string(text)
        case UInt8(ascii: "t"), UInt8(ascii: "T"):
            return text == "true" || text == "True" || text == "TRUE" ? .bool(true) : .string(text)
        case UInt8(ascii: "f"), UInt8(ascii: "F"):
            return text == "false" || text == "False" || text == "FALSE" ? .bool(false) : .string(text)
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "~"):
            return meansNull ? .null : .string(text)
        default:
            return .string(text)
        }
    }

    private var numberValue: Value? {
        var digits = 0, points = 0, exponents = 0, others = 0
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): points += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"): exponents += index > 0 ? 1 : 2
            case UInt8(ascii: "-"), UInt8(ascii: "+"): others += index == 0 || exponents == 1 ? 0 : 1
            case UInt8(ascii: "_"): break
            default: others += 1
            }
        }
        if text.hasPrefix("0x"), let number = Int64(text.dropFirst(2), radix: 16) { return .int(number) }
        if text.hasPrefix("0o"), let number = Int64(text.dropFirst(2), radix: 8) { return .int(number) }
        switch text {
        case ".inf", "+.inf", ".Inf", "+.Inf": return .double(.infinity)
        case "-.inf", "-.Inf": return .double(-.infinity)
        case ".nan", ".NaN": return .double(.nan)
        default: break
        }
        guard digits > 0, others == 0, points <= 1, exponents <= 1 else { return nil }
        let plain = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        if points == 0 && exponents == 0 { return Int64(plain).map(Value.int) ?? Decimal(plain).map(Value.decimal) }
        return Double(plain).map(Value.double)
    }
}
