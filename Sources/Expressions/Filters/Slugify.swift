extension TemplateFilter {
    static let slugify = TemplateFilter(
        "slugify", "The text as part of a URL: lower-case letters, digits and hyphens.",
        examples: [Example("{{ 'Ünïcode Text_here!' | slugify }}", "unicode-text-here")]
    ) { input, _, run in .string(Slug.of(run.plainText(of: input))) }
}

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

/// The Latin letters that decompose into a plain letter and accents (Unicode NFD).
enum Accents {
    private static let table: [(base: Unicode.Scalar, letters: String)] = [
        ("A", "ÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶ"), ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"), ("B", "ḂḄḆ"), ("b", "ḃḅḇ"),
        ("C", "ÇĆĈĊČḈ"), ("c", "çćĉċčḉ"), ("D", "ĎḊḌḎḐḒ"), ("d", "ďḋḍḏḑḓ"),
        ("E", "ÈÉÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ"), ("e", "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"), ("F", "Ḟ"), ("f", "ḟ"),
        ("G", "ĜĞĠĢǦǴḠ"), ("g", "ĝğġģǧǵḡ"), ("H", "ĤȞḢḤḦḨḪ"), ("h", "ĥȟḣḥḧḩḫẖ"),
        ("I", "ÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ"), ("i", "ìíîïĩīĭįǐȉȋḭḯỉị"), ("J", "Ĵ"), ("j", "ĵǰ"), ("K", "ĶǨḰḲḴ"), ("k", "ķǩḱḳḵ"),
        ("L", "ĹĻĽḶḸḺḼ"), ("l", "ĺļľḷḹḻḽ"), ("M", "ḾṀṂ"), ("m", "ḿṁṃ"), ("N", "ÑŃŅŇǸṄṆṈṊ"), ("n", "ñńņňǹṅṇṉṋ"),
        ("O", "ÒÓÔÕÖŌŎŐƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ"), ("o", "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"), ("P", "ṔṖ"),
        ("p", "ṕṗ"),
        ("R", "ŔŖŘȐȒṘṚṜṞ"), ("r", "ŕŗřȑȓṙṛṝṟ"), ("S", "ŚŜŞŠȘṠṢṤṦṨ"), ("s", "śŝşšșṡṣṥṧṩ"), ("T", "ŢŤȚṪṬṮṰ"),
        ("t", "ţťțṫṭṯṱẗ"),
        ("U", "ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ"), ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"), ("V", "ṼṾ"), ("v", "ṽṿ"),
        ("W", "ŴẀẂẄẆẈ"), ("w", "ŵẁẃẅẇẉẘ"), ("X", "ẊẌ"), ("x", "ẋẍ"), ("Y", "ÝŶŸȲẎỲỴỶỸ"), ("y", "ýÿŷȳẏẙỳỵỷỹ"),
        ("Z", "ŹŻŽẐẒẔ"), ("z", "źżžẑẓẕ"),
    ]

    private static let bases: [UInt32: Unicode.Scalar] = {
        var bases: [UInt32: Unicode.Scalar] = [:]
        for (base, letters) in table { for letter in letters.unicodeScalars { bases[letter.value] = base } }
        return bases
    }()

    static func withoutAccent(_ scalar: Unicode.Scalar) -> Unicode.Scalar? { bases[scalar.value] }
}
