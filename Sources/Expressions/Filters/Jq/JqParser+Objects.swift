import FlowModel

/// `{a: 1}` and what `as` takes apart.
extension JqParser {
    mutating func object() throws(JqSyntaxError) -> JqNode {
        var members: [(key: JqNode, value: JqNode)] = []
        if take("}") { return .object([]) }
        repeat { members.append(try member()) } while take(",")
        try expect("}")
        return .object(members)
    }

    mutating func member() throws(JqSyntaxError) -> (key: JqNode, value: JqNode) {
        guard let token = current else { throw unexpected() }
        position += 1
        let key: JqNode
        switch token {
        case .variable(let name): return (.literal(.string(name)), .variable(name))
        case .name(let name): key = .literal(.string(name))
        case .string(let pieces): key = try string(pieces, format: nil)
        case .format(let name):
            guard case .string(let pieces) = current else {
                key = .format(name)
                break
            }
            position += 1
            key = try string(pieces, format: name)
        case .number(let number): key = .literal(.string(number.plain()))
        case .symbol("("):
            key = try pipe()
            try expect(")")
            try expect(":")
            return (key, try memberValue())
        default:
            position -= 1
            throw unexpected("a name")
        }
        return take(":") ? (key, try memberValue()) : (key, .index(.identity, key: key))
    }

    /// Terms joined by `|`; a comma would end the member.
    mutating func memberValue() throws(JqSyntaxError) -> JqNode {
        let left = try deeper { (parser) throws(JqSyntaxError) in try parser.alternative() }
        return take("|") ? .pipe(left, try memberValue()) : left
    }

    mutating func pattern() throws(JqSyntaxError) -> JqPattern {
        try deeper { (parser) throws(JqSyntaxError) in try parser.patternBody() }
    }

    mutating func patternBody() throws(JqSyntaxError) -> JqPattern {
        if case .variable(let name) = current {
            position += 1
            return .variable(name)
        }
        if take("[") {
            var items = [try pattern()]
            while take(",") { items.append(try pattern()) }
            try expect("]")
            return .array(items)
        }
        try expect("{")
        var members: [(key: JqNode, variable: String?, value: JqPattern?)] = []
        repeat {
            guard let token = current else { throw unexpected() }
            position += 1
            switch token {
            case .variable(let name):
                members.append((.literal(.string(name)), name, take(":") ? try pattern() : nil))
                continue
            case .name(let name): members.append((.literal(.string(name)), nil, nil))
            case .string(let pieces): members.append((try string(pieces, format: nil), nil, nil))
            case .symbol("("):
                members.append((try pipe(), nil, nil))
                try expect(")")
            default:
                position -= 1
                throw unexpected("a name")
            }
            try expect(":")
            members[members.count - 1].value = try pattern()
        } while take(",")
        try expect("}")
        return .object(members)
    }
}
