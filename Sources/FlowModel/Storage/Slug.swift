/// Texts as parts of URLs and file names.
public enum Slug {
    /// Blanks become hyphens, accents and other characters vanish, runs of hyphens become one; lower case.
    public static func of(_ text: String) -> String {
        var slug: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || scalar == "-" || scalar == "_" {
                if slug.last != UInt8(ascii: "-") { slug.append(UInt8(ascii: "-")) }
            } else if let letter = asciiLetter(scalar) {
                slug.append(letter)
            }
        }
        if slug.first == UInt8(ascii: "-") { slug.removeFirst() }
        if slug.last == UInt8(ascii: "-") { slug.removeLast() }
        return String(decoding: slug, as: UTF8.self)
    }

    /// The letter or digit in lower case, without accents; nil for anything else.
    private static func asciiLetter(_ scalar: Unicode.Scalar) -> UInt8? {
        var base = scalar
        if !scalar.isASCII {
            guard let first = Accents.withoutAccent(scalar) else { return nil }
            base = first
        }
        switch base {
        case "a"..."z", "0"..."9": return UInt8(ascii: base)
        case "A"..."Z": return UInt8(ascii: base) + 0x20
        default: return nil
        }
    }
}
