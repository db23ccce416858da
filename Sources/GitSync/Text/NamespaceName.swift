/// What can be a namespace: `^[a-z0-9][a-z0-9._-]*`, without empty parts. Source: engine spec §1.2.
enum NamespaceName {
    static let rule = "lower-case letters, digits, `.`, `-` and `_`, beginning with a letter or a digit"

    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetterOrDigit(first) else { return false }
        return isPart(name)
    }

    /// Whether a folder of this name can stand for a part of a namespace, or for several with dots between them.
    static func isPart(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy {
                    isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
