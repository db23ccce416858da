/// Reads server-sent events from a stream that arrives in pieces.
struct EventReader {
    struct Event: Equatable {
        var id = ""
        var name = ""
        var data: [UInt8] = []
    }

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false

    /// Takes in the next piece; gives the events that end in it. Comments are passed over.
    mutating func read(_ piece: some Sequence<UInt8>) -> [Event] {
        var found: [Event] = []
        for byte in piece {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty {
                if hasData { found.append(event) }
                event = Event()
                hasData = false
            } else {
                take(line)
            }
            line.removeAll(keepingCapacity: true)
        }
        return found
    }

    private mutating func take(_ line: [UInt8]) {
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        var value = line.dropFirst(name.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: name, as: UTF8.self) {
        case "id": event.id = String(decoding: value, as: UTF8.self)
        case "event": event.name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            event.data += value
            hasData = true
        default: break
        }
    }
}
