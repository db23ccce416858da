import FlowModel

/// Reads XML text as values: an element is the map of its attributes and elements, or its text where it has neither;
/// elements of one name are a list; text beside others stands under the empty name. The root's name is dropped.
///
/// No document types, no entities but the five of XML and numbers: nothing outside the text is ever read.
struct XMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private static let depthLimit = 100

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The root element; nil where the text is not XML.
    static func value(of bytes: [UInt8]) -> Value? {
        var reader = XMLReader(bytes)
        guard reader.skipToElement() else { return nil }
        return reader.element()?.value
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func isNext(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    /// Behind the next place where a text stands; false at the end.
    private mutating func skip(past text: String) -> Bool {
        guard let found = TextSearch.first(Array(text.utf8), in: bytes, from: position) else { return false }
        position = found + text.utf8.count
        return true
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    /// Declarations, comments and a document type without a body of its own.
    private mutating func skipToElement() -> Bool {
        if isNext("\u{FEFF}") { position += 3 }
        while true {
            skipBlanks()
            if isNext("<?") {
                guard skip(past: "?>") else { return false }
            } else if isNext("<!--") {
                guard skip(past: "-->") else { return false }
            } else if isNext("<!DOCTYPE") {
                guard skip(past: ">"), !bytes[..<position].contains(UInt8(ascii: "[")) else { return false }
            } else {
                return isNext("<")
            }
        }
    }

    private mutating func name() -> String? {
        let start = position
        while let byte = current, byte > 0x20, !"<>/='\"".utf8.contains(byte) { position += 1 }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private mutating func element() -> (name: String, value: Value)? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit, current == UInt8(ascii: "<") else { return nil }
        position += 1
        guard let name = name(), var members = attributes() else { return nil }
        if isNext("/>") {
            position += 2
            return (name, members.isEmpty ? "" : .map(members))
        }
        guard current == UInt8(ascii: ">") else { return nil }
        position += 1
        guard let text = content(of: name, &members) else { return nil }
        if members.isEmpty { return (name, .string(text)) }
        if !text.isBlank { Self.add(.string(text), "", to: &members) }
        return (name, .map(members))
    }

    private mutating func attributes() -> ValueMap? {
        var members: ValueMap = [:]
        while true {
            skipBlanks()
            guard let byte = current else { return nil }
            if byte == UInt8(ascii: ">") || isNext("/>") { return members }
            guard let name = name() else { return nil }
            skipBlanks()
            guard current == UInt8(ascii: "=") else { return nil }
            position += 1
            skipBlanks()
            guard let quote = current, quote == 0x22 || quote == 0x27 else { return nil }
            position += 1
            let start = position
            while let next = current, next != quote { position += 1 }
            guard current != nil, let text = unescaped(bytes[start..<position]) else { return nil }
            position += 1
            if !name.hasPrefix("xmlns") { Self.add(.string(text), local(name), to: &members) }
        }
    }

    /// The text of an element up to its end; elements in it become members.
    private mutating func content(of name: String, _ members: inout ValueMap) -> String? {
        var text = ""
        while let byte = current {
            if isNext("</") {
                position += 2
                guard self.name() == name else { return nil }
                skipBlanks()
                guard current == UInt8(ascii: ">") else { return nil }
                position += 1
                return text
            }
            if isNext("<!--") {
                guard skip(past: "-->") else { return nil }
            } else if isNext("<![CDATA[") {
                position += 9
                let start = position
                guard skip(past: "]]>") else { return nil }
                text += String(decoding: bytes[start..<(position - 3)], as: UTF8.self)
            } else if isNext("<?") {
                guard skip(past: "?>") else { return nil }
            } else if byte == UInt8(ascii: "<") {
                guard let child = element() else { return nil }
                Self.add(child.value, local(child.name), to: &members)
            } else {
                let start = position
                while let next = current, next != UInt8(ascii: "<") { position += 1 }
                guard let part = unescaped(bytes[start..<position]) else { return nil }
                text += part
            }
        }
        return nil
    }

    /// Without the prefix of a namespace.
    private func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }

    private static func add(_ value: Value, _ name: String, to members: inout ValueMap) {
        switch members[name] {
        case nil: members[name] = value
        case .list(var items):
            members[name] = .null
            items.append(value)
            members[name] = .list(items)
        case .some(let first): members[name] = .list([first, value])
        }
    }

    private func unescaped(_ part: ArraySlice<UInt8>) -> String? {
        guard part.contains(UInt8(ascii: "&")) else { return String(decoding: part, as: UTF8.self) }
        var (result, rest) = ([UInt8](), part)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                result.append(byte)
                continue
            }
            guard let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let scalar = Self.scalar(String(decoding: rest[..<end], as: UTF8.self))
            else { return nil }
            result += Array(String(scalar).utf8)
            rest = rest[(end + 1)...]
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        default:
            if name.hasPrefix("#x") {
                UInt32(name.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
            } else {
                name.hasPrefix("#") ? UInt32(name.dropFirst()).flatMap { Unicode.Scalar($0) } : nil
            }
        }
    }
}
