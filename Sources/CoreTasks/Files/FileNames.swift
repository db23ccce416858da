import TaskKit

/// Names of files in the internal storage.
enum FileNames {
    /// A relative path as part of a URI: blanks become `+`, bytes that a URI does not know are written `%XX`.
    static func uriPath(_ path: String) -> String {
        var encoded = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): encoded += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    /// `.csv` for `a/b.csv`; nothing for a name without a point, or that begins with its only one.
    static func fileExtension(of path: String) -> String {
        guard let name = path.split(separator: "/").last, let point = name.lastIndex(of: "."), point != name.startIndex
        else { return "" }
        return String(name[point...])
    }
}

extension RunContext {
    /// A name that no other file of this run has.
    func freshFileName(_ fileExtension: String) -> String {
        "\(identity.attempt)-\(String(scope.world.random(), radix: 36))\(fileExtension)"
    }
}
