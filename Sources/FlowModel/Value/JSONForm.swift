/// How a value is written as JSON.
public struct JSONForm: Sendable, Hashable {
    /// Whether members of maps whose value is null are written; items of lists always are.
    public var keepsNulls = true
    /// The zone to which zoned date-times are converted; nil leaves each in its own.
    public var zone: Zone?
    /// Durations as seconds with nine digits behind the point instead of ISO texts.
    public var durationsAsSeconds = false
    /// Members and items on lines of their own, indented by two blanks.
    public var isPretty = false

    /// Compact and complete: what storage and the REST API use.
    public static let storage = JSONForm()
    public static let pretty = JSONForm(isPretty: true)

    /// The form in which expressions print lists and maps. Source: expressions spec §8.2.
    public static func expression(in zone: Zone) -> JSONForm {
        JSONForm(keepsNulls: false, zone: zone, durationsAsSeconds: true)
    }
}

extension Value {
    /// JSON text as UTF-8 bytes. Dates and durations are written as texts, NaN and infinities too.
    public func json(_ form: JSONForm = .storage) -> [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes, form)
        return bytes
    }

    public func jsonText(_ form: JSONForm = .storage) -> String { String(decoding: json(form), as: UTF8.self) }

    public func appendJSON(to bytes: inout [UInt8], _ form: JSONForm = .storage) {
        var writer = JSONWriter(form: form)
        writer.write(self, to: &bytes)
    }
}
