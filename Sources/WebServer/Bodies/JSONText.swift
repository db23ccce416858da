import FlowModel

/// JSON that is written member by member, without building a value first: what answers to frequent questions are made with.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(1024) }

    mutating func object(_ write: (inout JSONText) throws -> Void) rethrows {
        try enclosed(UInt8(ascii: "{"), UInt8(ascii: "}"), write)
    }

    mutating func list(_ write: (inout JSONText) throws -> Void) rethrows {
        try enclosed(UInt8(ascii: "["), UInt8(ascii: "]"), write)
    }

    mutating func list<Items: Sequence>(_ items: Items, _ write: (Items.Element, inout JSONText) throws -> Void)
        rethrows
    {
        try list { text in for item in items { try write(item, &text) } }
    }

    mutating func value(_ value: Value) {
        separate()
        value.appendJSON(to: &bytes)
        needsComma = true
    }

    /// - Parameter name: needs no escape.
    mutating func member(_ name: StaticString, _ value: Value) {
        key(name)
        self.value(value)
    }
    mutating func member(_ name: StaticString, _ text: String) { member(name, .string(text)) }
    mutating func member(_ name: StaticString, _ flag: Bool) { member(name, .bool(flag)) }
    mutating func member(_ name: StaticString, _ number: Int) { member(name, .int(Int64(number))) }
    mutating func member(_ name: StaticString, _ moment: Timestamp) {
        member(name, .moment(.instant(Instant(moment))))
    }

    /// Nothing at all for nil.
    mutating func member(_ name: StaticString, _ text: String?) { if let text { member(name, text) } }
    mutating func member(_ name: StaticString, _ moment: Timestamp?) { if let moment { member(name, moment) } }
    mutating func member(_ name: StaticString, _ number: Int?) { if let number { member(name, number) } }
    mutating func member(_ name: StaticString, _ map: ValueMap?) { if let map { member(name, .map(map)) } }

    mutating func object(_ name: StaticString, _ write: (inout JSONText) throws -> Void) rethrows {
        key(name)
        try object(write)
    }

    mutating func list<Items: Sequence>(
        _ name: StaticString, _ items: Items, _ write: (Items.Element, inout JSONText) throws -> Void
    ) rethrows {
        key(name)
        try list(items, write)
    }

    fileprivate mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func enclosed(
        _ open: UInt8, _ close: UInt8, _ write: (inout JSONText) throws -> Void
    ) rethrows {
        separate()
        bytes.append(open)
        needsComma = false
        try write(&self)
        bytes.append(close)
        needsComma = true
    }
}

extension JSONText {
    /// `{"results": […], "total": n}`. Source: engine spec §11.1.
    mutating func page<Item>(_ items: [Item], total: Int, _ write: (Item, inout JSONText) throws -> Void) rethrows {
        try object { text in
            try text.list("results", items, write)
            text.member("total", total)
        }
    }

    mutating func labels(_ name: StaticString, _ labels: [Label]) {
        list(name, labels) { label, text in
            text.object { text in
                text.member("key", label.key)
                text.member("value", label.value)
            }
        }
    }
}

extension JSONText {
    /// A member whose value `write` writes.
    mutating func body(_ name: StaticString, _ write: (inout JSONText) throws -> Void) rethrows {
        key(name)
        try write(&self)
    }
}
