import FlowModel

/// URLs as texts. Source: since-0.20 §3.1.
enum URLText {
    /// A URL as a user writes it made fit for a request: blanks at its ends go, and what no URL may hold is percent-encoded.
    static func cleaned(_ url: String) -> String {
        encoded(url.trimmingBlanks.utf8) { byte in
            byte > 0x20 && byte < 0x7F && !"\"<>\\^`{|}".utf8.contains(byte)
        }
    }

    /// The URL with more members in its query; values are texts or lists of texts.
    static func adding(_ params: ValueMap, to url: String) -> String {
        var pairs: [String] = []
        for (name, value) in params {
            for item in value.list ?? [value] where !item.isNull {
                pairs.append("\(component(name))=\(component(item.printed()))")
            }
        }
        guard !pairs.isEmpty else { return url }
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let fragment = parts.count > 1 ? "#\(parts[1])" : ""
        let joint = !parts[0].contains("?") ? "?" : parts[0].hasSuffix("?") || parts[0].hasSuffix("&") ? "" : "&"
        return parts[0] + joint + pairs.joined(separator: "&") + fragment
    }

    /// The body of a form as `application/x-www-form-urlencoded`.
    static func form(_ members: ValueMap) -> String {
        members.filter { !$0.value.isNull }
            .map { "\(component($0.key, plus: true))=\(component($0.value.printed(), plus: true))" }
            .joined(separator: "&")
    }

    /// The URL without its query and without a user's name and password, for messages.
    static func shown(_ url: String) -> String {
        let base = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = base.range(of: "://") else { return String(base) }
        let rest = base[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(base) }
        return String(base[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
    }

    /// The last part of the URL's path; empty where the path ends in a slash or there is none.
    static func lastPathPart(_ url: String) -> String {
        let base = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = base.range(of: "://") else { return "" }
        let rest = base[scheme.upperBound...]
        guard let slash = rest.lastIndex(of: "/") else { return "" }
        return String(rest[rest.index(after: slash)...])
    }

    private static func component(_ text: String, plus: Bool = false) -> String {
        if plus {
            return text.split(separator: " ", omittingEmptySubsequences: false).map { component(String($0)) }.joined(
                separator: "+")
        }
        return encoded(text.utf8) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "*"):
                true
            default: false
            }
        }
    }

    private static func encoded(_ bytes: some Sequence<UInt8>, keeping isKept: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in bytes {
            if isKept(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
