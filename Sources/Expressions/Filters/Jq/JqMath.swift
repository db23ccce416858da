import FlowModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

enum JqMath {
    static let all = ofMany.merging(ofOne.keys.map { ("\($0)/0", native($0)) }) { one, _ in one }

    /// A function of one number under its name.
    private static func native(_ name: String) -> JqNatives.Native {
        let keepsWhole = ["floor", "ceil", "round", "trunc"].contains(name)
        return { (values: [Value], _: JqEvaluator) throws(JqStop) -> Value in
            if keepsWhole, case .int = values[0] { return values[0] }
            let argument = try number(values[0], name)
            return ofOne[name].map { JqNumber.value($0(argument)) } ?? .null
        }
    }

    private static let ofMany: [String: JqNatives.Native] = [
        "infinite/0": { _, _ in .double(.infinity) },
        "nan/0": { _, _ in .double(.nan) },
        "abs/0": { values, _ throws(JqStop) in try absolute(values[0]) },
        "isinfinite/0": { values, _ throws(JqStop) in .bool(try number(values[0], "isinfinite").isInfinite) },
        "isnan/0": { values, _ throws(JqStop) in .bool(try number(values[0], "isnan").isNaN) },
        "isnormal/0": { values, _ throws(JqStop) in .bool(try number(values[0], "isnormal").isNormal) },
        "pow/2": { values, _ throws(JqStop) in
            JqNumber.value(pow(try number(values[1], "pow"), try number(values[2], "pow")))
        },
        "atan2/2": { values, _ throws(JqStop) in
            JqNumber.value(atan2(try number(values[1], "atan2"), try number(values[2], "atan2")))
        },
        "fmin/2": { values, _ throws(JqStop) in
            JqNumber.value(Double.minimum(try number(values[1], "fmin"), try number(values[2], "fmin")))
        },
        "fmax/2": { values, _ throws(JqStop) in
            JqNumber.value(Double.maximum(try number(values[1], "fmax"), try number(values[2], "fmax")))
        },
    ]

    private static let ofOne: [String: @Sendable (Double) -> Double] = [
        "floor": { $0.rounded(.down) }, "ceil": { $0.rounded(.up) }, "trunc": { $0.rounded(.towardZero) },
        "round": { $0.rounded(.toNearestOrAwayFromZero) }, "sqrt": { $0.squareRoot() }, "fabs": { $0.magnitude },
        "exp": { exp($0) }, "exp2": { exp2($0) }, "exp10": { pow(10, $0) }, "log": { log($0) }, "log2": { log2($0) },
        "log10": { log10($0) }, "sin": { sin($0) }, "cos": { cos($0) }, "tan": { tan($0) }, "asin": { asin($0) },
        "acos": { acos($0) }, "atan": { atan($0) }, "cbrt": { cbrt($0) },
    ]

    static func absolute(_ value: Value) throws(JqStop) -> Value {
        if case .int(let whole) = value, whole != .min { return .int(abs(whole)) }
        guard let number = value.asDouble else { throw .message("\(JqOrder.described(value)) has no absolute value") }
        return number < 0 ? JqNumber.value(-number) : value
    }

    static func number(_ value: Value, _ name: String) throws(JqStop) -> Double {
        if let number = value.asDouble { return number }
        throw .message("\(JqOrder.described(value)) number required by \(name)")
    }
}
