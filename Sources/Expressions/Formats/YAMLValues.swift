import FlowModel

/// Reads YAML text as YAML 1.1 has it: `yes` and `on` are true, `010` is 8. Source: expressions spec §11.2 (`yaml`).
enum YAMLValues {
    static func value(of text: String) throws(Problem) -> Value {
        guard let node = try YAMLReader().documents(text).first else {
            throw Problem("yaml.empty", what: "there is no document in the text")
        }
        return value(of: node)
    }

    private static func value(of node: Node) -> Value {
        switch node.content {
        case .scalar(let scalar): scalar.style == .plain ? plain(scalar) : .string(scalar.text)
        case .list(let items): .list(items.map { value(of: $0) })
        case .map(let members):
            .map(ValueMap(members.lazy.map { ($0.key, value(of: $0.value)) }, uniquingKeysWith: { _, last in last }))
        }
    }

    private static func plain(_ scalar: Node.Scalar) -> Value {
        switch scalar.text {
        case "yes", "Yes", "YES", "on", "On", "ON": return true
        case "no", "No", "NO", "off", "Off", "OFF": return false
        default: break
        }
        let text = scalar.text
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
        if digits.utf8.count > 1, digits.utf8.first == 0x30,
            digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }), let number = Int64(digits, radix: 8)
        {
            return .int(digits.count < text.count ? -number : number)
        }
        return scalar.value
    }
}
