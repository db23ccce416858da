/// Arithmetic of 34 significant digits, ties to the even neighbour, with the scales of IEEE 754 decimal128.
/// Source: expressions spec §4.2.
extension Decimal: Comparable {
    public static let significantDigits = 34

    public static func == (one: Decimal, other: Decimal) -> Bool { compare(one, other) == 0 }
    public static func < (one: Decimal, other: Decimal) -> Bool { compare(one, other) < 0 }

    private static func compare(_ one: Decimal, _ other: Decimal) -> Int {
        if one.isNegative != other.isNegative { return one.isNegative ? -1 : 1 }
        let sign = one.isNegative ? -1 : 1
        if one.isZero || other.isZero { return one.isZero ? (other.isZero ? 0 : -sign) : sign }
        // The place of the first digit decides without scaling, unless it is the same.
        let (top, otherTop) = (one.precision - one.scale, other.precision - other.scale)
        if top != otherTop { return top < otherTop ? -sign : sign }
        let (left, right, _) = aligned(one, other)
        return left == right ? 0 : (left < right ? -sign : sign)
    }

    private static func aligned(_ one: Decimal, _ other: Decimal) -> (BigUnsigned, BigUnsigned, scale: Int) {
        let scale = Swift.max(one.scale, other.scale)
        func raised(_ number: Decimal) -> BigUnsigned {
            number.scale == scale ? number.magnitude : number.magnitude * .powerOfTen(scale - number.scale)
        }
        return (raised(one), raised(other), scale)
    }

    public static prefix func - (number: Decimal) -> Decimal {
        Decimal(number.magnitude, isNegative: !number.isNegative, scale: number.scale)
    }

    public static func + (one: Decimal, other: Decimal) -> Decimal {
        let (left, right, scale) = aligned(one, other)
        let sum: Decimal
        if one.isNegative == other.isNegative {
            sum = Decimal(left + right, isNegative: one.isNegative, scale: scale)
        } else if left >= right {
            sum = Decimal(left - right, isNegative: one.isNegative, scale: scale)
        } else {
            sum = Decimal(right - left, isNegative: other.isNegative, scale: scale)
        }
        return sum.rounded()
    }

    public static func - (one: Decimal, other: Decimal) -> Decimal { one + -other }

    public static func * (one: Decimal, other: Decimal) -> Decimal {
        Decimal(
            one.magnitude * other.magnitude, isNegative: one.isNegative != other.isNegative,
            scale: one.scale + other.scale
        ).rounded()
    }

    /// The quotient; exact ones with the scale nearest to the difference of the scales. Nil for division by zero.
    public func divided(by other: Decimal) -> Decimal? {
        guard !other.isZero else { return nil }
        let preferred = scale - other.scale
        if isZero {
            return Decimal(
                .zero, isNegative: false, scale: Swift.max(-Self.largestScale, Swift.min(Self.largestScale, preferred)))
        }
        let raise = Swift.max(0, Self.significantDigits + 3 + other.precision - precision)
        let (quotient, rest) = (magnitude * .powerOfTen(raise)).divided(by: other.magnitude)
        // A digit that stands for what is left keeps ties from looking exact.
        let sticky = rest.isZero ? quotient : quotient * BigUnsigned(10) + BigUnsigned(1)
        let sign = isNegative != other.isNegative
        let result = Decimal(sticky, isNegative: sign, scale: preferred + raise + (rest.isZero ? 0 : 1)).rounded()
        return rest.isZero ? result.strippedDown(to: preferred) : result
    }

    /// The remainder of a division that rounds towards zero, with the sign of this number. Nil for division by zero.
    public func remainder(dividingBy other: Decimal) -> Decimal? {
        guard !other.isZero else { return nil }
        let (left, right, scale) = Self.aligned(self, other)
        return Decimal(left.divided(by: right).remainder, isNegative: isNegative, scale: scale).rounded()
    }

    public var absolute: Decimal { Decimal(magnitude, isNegative: false, scale: scale) }

    /// Rounded to `digits` significant ones, ties to even.
    public func rounded(to digits: Int = significantDigits) -> Decimal {
        let excess = precision - digits
        return excess > 0 ? rounded(toScale: scale - excess).carryingOver(digits) : self
    }

    /// Rounded to `newScale` digits behind the point, ties to even; a larger scale adds zeros.
    public func rounded(toScale newScale: Int) -> Decimal {
        if newScale >= scale {
            return Decimal(magnitude * .powerOfTen(newScale - scale), isNegative: isNegative, scale: newScale)
        }
        let divisor = BigUnsigned.powerOfTen(scale - newScale)
        let (quotient, rest) = magnitude.divided(by: divisor)
        let twice = rest + rest
        let isOdd = (quotient.groups.first ?? 0) % 2 == 1
        let up = twice > divisor || (twice == divisor && isOdd)
        return Decimal(up ? quotient + BigUnsigned(1) : quotient, isNegative: isNegative, scale: newScale)
    }

    /// Rounding `999` up made one digit too many.
    private func carryingOver(_ digits: Int) -> Decimal {
        guard precision > digits else { return self }
        return Decimal(magnitude.dividedBySmall(10).quotient, isNegative: isNegative, scale: scale - 1)
    }

    private func strippedDown(to preferred: Int) -> Decimal {
        guard scale > preferred else { return self }
        let zeros = magnitude.digits.reversed().prefix { $0 == 0x30 }.count
        let dropped = Swift.min(zeros, scale - preferred)
        if dropped == 0 { return self }
        return Decimal(
            BigUnsigned(digits: magnitude.digits.dropLast(dropped)), isNegative: isNegative, scale: scale - dropped)
    }
}

extension Decimal: Hashable {
    public func hash(into hasher: inout Hasher) {
        let plain = stripped
        hasher.combine(plain.magnitude)
        hasher.combine(plain.isNegative)
        hasher.combine(plain.scale)
    }
}
