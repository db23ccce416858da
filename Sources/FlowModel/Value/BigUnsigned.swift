/// A whole number of any size, not negative, kept in groups of nine decimal digits, the lowest first: texts of numbers,
/// which is what these come from and go to, need no conversion.
struct BigUnsigned: Sendable, Hashable {
    static let base: UInt64 = 1_000_000_000

    /// Without a zero group at the end; none for 0.
    private(set) var groups: [UInt32]

    static let zero = BigUnsigned(groups: [])

    private init(groups: [UInt32]) { self.groups = groups }

    init(_ number: UInt64) {
        groups = []
        var rest = number
        while rest > 0 {
            groups.append(UInt32(rest % Self.base))
            rest /= Self.base
        }
    }

    /// From ASCII digits; anything else must have been refused before.
    init(digits: some BidirectionalCollection<UInt8>) {
        groups = []
        var end = digits.endIndex
        while end > digits.startIndex {
            let start = digits.index(end, offsetBy: -9, limitedBy: digits.startIndex) ?? digits.startIndex
            groups.append(digits[start..<end].reduce(0) { $0 * 10 + UInt32($1 & 15) })
            end = start
        }
        trim()
    }

    var isZero: Bool { groups.isEmpty }

    /// The number of decimal digits; 1 for zero.
    var digitCount: Int {
        guard let top = groups.last else { return 1 }
        return (groups.count - 1) * 9 + String(top).utf8.count
    }

    var digits: [UInt8] {
        guard let top = groups.last else { return [0x30] }
        var text: [UInt8] = []
        text.reserveCapacity(groups.count * 9)
        text.appendPadded(Int(top), width: 1)
        for group in groups.dropLast().reversed() { text.appendPadded(Int(group), width: 9) }
        return text
    }

    /// The lowest 64 bits.
    var truncated: UInt64 { groups.reversed().reduce(0) { $0 &* Self.base &+ UInt64($1) } }

    /// Nil when it needs more than 64 bits.
    var exact: UInt64? {
        guard groups.count <= 3 else { return nil }
        var number: UInt64 = 0
        for group in groups.reversed() {
            let (product, overflow) = number.multipliedReportingOverflow(by: Self.base)
            let (sum, carry) = product.addingReportingOverflow(UInt64(group))
            if overflow || carry { return nil }
            number = sum
        }
        return number
    }

    private mutating func trim() { while groups.last == 0 { groups.removeLast() } }
}

extension BigUnsigned: Comparable {
    static func < (one: BigUnsigned, other: BigUnsigned) -> Bool {
        if one.groups.count != other.groups.count { return one.groups.count < other.groups.count }
        return one.groups.reversed().lexicographicallyPrecedes(other.groups.reversed())
    }
}

extension BigUnsigned {
    static func + (one: BigUnsigned, other: BigUnsigned) -> BigUnsigned {
        let (long, short) =
            one.groups.count >= other.groups.count ? (one.groups, other.groups) : (other.groups, one.groups)
        var (sum, carry) = ([UInt32](), UInt32(0))
        sum.reserveCapacity(long.count + 1)
        for (index, group) in long.enumerated() {
            let total = group + (index < short.count ? short[index] : 0) + carry
            carry = total >= UInt32(base) ? 1 : 0
            sum.append(total - carry * UInt32(base))
        }
        if carry > 0 { sum.append(carry) }
        return BigUnsigned(groups: sum)
    }

    /// `one` must not be the smaller.
    static func - (one: BigUnsigned, other: BigUnsigned) -> BigUnsigned {
        var (difference, borrow) = ([UInt32](), Int64(0))
        difference.reserveCapacity(one.groups.count)
        for (index, group) in one.groups.enumerated() {
            var rest = Int64(group) - (index < other.groups.count ? Int64(other.groups[index]) : 0) - borrow
            borrow = rest < 0 ? 1 : 0
            rest += borrow * Int64(base)
            difference.append(UInt32(rest))
        }
        precondition(borrow == 0, "the smaller minus the larger")
        var result = BigUnsigned(groups: difference)
        result.trim()
        return result
    }

    static func * (one: BigUnsigned, other: BigUnsigned) -> BigUnsigned {
        if one.isZero || other.isZero { return zero }
        var product = [UInt32](repeating: 0, count: one.groups.count + other.groups.count)
        for (i, left) in one.groups.enumerated() {
            var carry: UInt64 = 0
            for (j, right) in other.groups.enumerated() {
                let total = UInt64(left) * UInt64(right) + UInt64(product[i + j]) + carry
                product[i + j] = UInt32(total % base)
                carry = total / base
            }
            product[i + other.groups.count] = UInt32(carry)
        }
        var result = BigUnsigned(groups: product)
        result.trim()
        return result
    }

    func dividedBySmall(_ divisor: UInt32) -> (quotient: BigUnsigned, remainder: UInt32) {
        var quotient = groups
        var rest: UInt64 = 0
        for index in quotient.indices.reversed() {
            let total = rest * Self.base + UInt64(quotient[index])
            quotient[index] = UInt32(total / UInt64(divisor))
            rest = total % UInt64(divisor)
        }
        var result = BigUnsigned(groups: quotient)
        result.trim()
        return (result, UInt32(rest))
    }

    /// Long division, a group at a time; each group of the quotient is found by bisection of an estimate.
    func divided(by divisor: BigUnsigned) -> (quotient: BigUnsigned, remainder: BigUnsigned) {
        precondition(!divisor.isZero, "division by zero")
        if self < divisor { return (.zero, self) }
        if divisor.groups.count == 1 {
            let (quotient, rest) = dividedBySmall(divisor.groups[0])
            return (quotient, BigUnsigned(UInt64(rest)))
        }
        // Both scaled so that the divisor's top group is at least half the base: estimates are then at most 2 too large.
        let scale = UInt32(Self.base) / (divisor.groups[divisor.groups.count - 1] + 1)
        let (scaledSelf, scaledDivisor) = (self * BigUnsigned(UInt64(scale)), divisor * BigUnsigned(UInt64(scale)))
        let top = UInt64(scaledDivisor.groups[scaledDivisor.groups.count - 1])
        var (rest, quotient) = (BigUnsigned.zero, [UInt32](repeating: 0, count: scaledSelf.groups.count))
        for index in scaledSelf.groups.indices.reversed() {
            rest = BigUnsigned(groups: [scaledSelf.groups[index]] + rest.groups)
            rest.trim()
            let count = scaledDivisor.groups.count
            let high = rest.groups.count > count ? UInt64(rest.groups[count]) : 0
            let next = rest.groups.count >= count ? UInt64(rest.groups[count - 1]) : 0
            var estimate = Swift.min((high * Self.base + next) / top, Self.base - 1)
            var product = scaledDivisor * BigUnsigned(estimate)
            while product > rest {
                estimate -= 1
                product = product - scaledDivisor
            }
            rest = rest - product
            quotient[index] = UInt32(estimate)
        }
        var result = BigUnsigned(groups: quotient)
        result.trim()
        return (result, rest.dividedBySmall(scale).quotient)
    }

    /// 10 to the power `exponent`, which must not be negative.
    static func powerOfTen(_ exponent: Int) -> BigUnsigned {
        var groups = [UInt32](repeating: 0, count: exponent / 9)
        groups.append((0..<exponent % 9).reduce(1) { power, _ in power * 10 })
        return BigUnsigned(groups: groups)
    }
}
