extension Double {
    /// The shortest text that reads back as this number: `1.0`, `0.001`, and from 10⁷ on or below 10⁻³ `1.0E8`, `1.0E-4`;
    /// `NaN`, `Infinity`. Source: expressions spec §8.1.
    public var javaText: String {
        if (1e-3..<1e7).contains(magnitude) { return description }
        return specialText ?? javaLayout(of: description)
    }

    private var specialText: String? {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        return isZero ? (sign == .minus ? "-0.0" : "0.0") : nil
    }
}

extension Float {
    /// As for Double, but the shortest text in this narrower width: `1.123`.
    public var javaText: String {
        if (1e-3..<1e7).contains(magnitude) { return description }
        return Double(self).isFinite && !isZero ? javaLayout(of: description) : Double(self).javaText
    }
}

/// The digits of a Swift number text (`1.5e-05`, `123456789.0`) laid out as `1.5E-5`, `1.23456789E8`.
private func javaLayout(of text: String) -> String {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = mantissa[0]
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    let digits = whole + fraction
    let leadingZeros = digits.prefix { $0 == "0" }.count
    let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1 - leadingZeros
    var significant = digits.dropFirst(leadingZeros)
    while significant.last == "0" { significant.removeLast() }
    let rest = significant.dropFirst()
    return "\(isNegative ? "-" : "")\(significant.prefix(1)).\(rest.isEmpty ? "0" : rest)E\(exponent)"
}
