import FlowModel

/// INT, FLOAT, BOOLEAN and BOOL.
enum NumberInputs {
    static func int(_ raw: Value, of input: FlowInput) throws(InputFault) -> Value {
        guard let number = integer(raw) else {
            throw .unreadable(raw, as: .int, because: "`\(raw.plain())` is not a whole number")
        }
        if let bound = Value.bound("min", of: input), let least = float(bound), Double(number) < least {
            throw InputFault("it must be more than `\(bound.plain())`")
        }
        if let bound = Value.bound("max", of: input), let most = float(bound), Double(number) > most {
            throw InputFault("it must be less than `\(bound.plain())`")
        }
        return .int(number)
    }

    /// With the precision of 32 bits.
    static func float(_ raw: Value, of input: FlowInput) throws(InputFault) -> Value {
        guard let number = float(raw).map({ Float($0) }), number.isFinite else {
            throw .unreadable(raw, as: .float, because: "`\(raw.plain())` is not a number")
        }
        if let least = Value.bound("min", of: input).flatMap(float).map({ Float($0) }), number < least {
            throw InputFault("it must be more than `\(least.javaText)`")
        }
        if let most = Value.bound("max", of: input).flatMap(float).map({ Float($0) }), number > most {
            throw InputFault("it must be less than `\(most.javaText)`")
        }
        return .float(number)
    }

    /// `true` in any case, `on` and `1` are true; everything else is not.
    static func flag(_ raw: Value) -> Bool {
        if case .bool(let flag) = raw { return flag }
        return ["true", "on", "1"].contains(raw.inputText.lowercased())
    }

    private static func integer(_ raw: Value) -> Int64? {
        switch raw {
        case .int(let number): number
        case .double(let number): Int64(exactly: number)
        case .float(let number): Int64(exactly: number)
        case .decimal(let number): number.int
        case .string: Int64(raw.inputText)
        default: nil
        }
    }

    private static func float(_ raw: Value) -> Double? {
        if case .string = raw { return Double(raw.inputText) }
        return raw.asDouble
    }
}
