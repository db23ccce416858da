import Expressions
import FlowModel

/// STRING, SECRET, EMAIL and URI.
enum TextInputs {
    /// Against the input's `validator`, if any: all of the text must match.
    static func check(_ raw: Value, against input: FlowInput) throws(InputFault) {
        guard case .string(let pattern)? = input.properties["validator"], !pattern.isEmpty else { return }
        let matches: Bool
        do throws(ExpressionError) {
            matches = try TextPattern(pattern).matchesWhole(raw.plain())
        } catch {
            throw InputFault("invalid pattern [\(pattern)]: \(error.message)")
        }
        if !matches { throw InputFault("it must match the pattern `\(pattern)`") }
    }

    /// Empty, or a part without blanks before and a host name after one `@`.
    static func checkEmail(_ raw: Value) throws(InputFault) {
        let text = raw.plain()
        if text.isEmpty { return }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isFine =
            parts.count == 2 && !parts[0].isEmpty && parts[0].allSatisfy { !$0.isWhitespace }
            && !parts[1].isEmpty && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
            && parts[1].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
        if !isFine { throw InputFault("The input must be a valid email") }
    }

    /// A lower-case scheme, `://`, and a host with a dot before an ending of 1–6 letters or digits.
    static func checkURI(_ raw: Value) throws(InputFault) {
        let text = Array(raw.plain().utf8)
        let scheme = text.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
        let rest = text.dropFirst(scheme.count)
        guard !scheme.isEmpty, rest.starts(with: "://".utf8) else { throw InputFault.unreadable(raw, as: .uri) }
        let address = Array(rest.dropFirst(3))
        let host = Array(address.prefix { !"/?&".utf8.contains($0) })
        let allowed = Set("-()@:%_+.~#?&/=,;!*'$[]|".utf8)
        let isFine =
            address.allSatisfy { $0.isWordByte || allowed.contains($0) || $0 >= 0x80 }
            && host.indices.dropFirst().contains { index in
                guard host[index] == UInt8(ascii: ".") else { return false }
                let ending = host[(index + 1)...].prefix { $0.isWordByte }
                return 1...6 ~= ending.count
            }
        if !isFine { throw InputFault.unreadable(raw, as: .uri) }
    }
}

extension UInt8 {
    /// `[A-Za-z0-9_]`
    var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// FILE: a URI of a stored file. Uploads were stored before, so they come as such a URI too.
enum FileInputs {
    static let schemes = ["kestra://", "nsfile://", "file://"]

    static func check(_ raw: Value, of input: FlowInput) throws(InputFault) {
        guard case .string(let uri) = raw, schemes.contains(where: uri.hasPrefix) else {
            throw InputFault.unreadable(
                raw, as: .file, because: "upload a file, or give the `kestra://` URI of a stored one")
        }
        guard case .list(let extensions)? = input.properties["allowedFileExtensions"], !extensions.isEmpty else {
            return
        }
        let allowed = extensions.map { $0.plain() }
        let path = uri.prefix { $0 != "?" }.lowercased()
        let fits = allowed.contains { path.hasSuffix(($0.hasPrefix(".") ? $0 : ".\($0)").lowercased()) }
        if !fits {
            throw InputFault("File type not allowed. Accepted extensions: \(allowed.joined(separator: ", "))")
        }
    }
}

/// ENUM, SELECT and MULTISELECT.
enum ChoiceInputs {
    /// The values that an input itself lists; nil when it lists none, or lets users write others.
    static func listed(_ input: FlowInput) -> [String]? {
        guard case .list(let values)? = input.properties["values"] ?? input.properties["options"] else { return nil }
        return values.compactMap(text)
    }

    /// A plain value, or the `value` of one with a label.
    static func text(_ value: Value) -> String? {
        if case .map = value { return (value["value"] ?? value["label"]).flatMap { $0.isNull ? nil : $0.plain() } }
        return value.isNull ? nil : value.plain()
    }

    static func check(_ raw: Value, among choices: [String]?) throws(InputFault) {
        guard let choices, !choices.contains(raw.plain()) else { return }
        throw InputFault("it must match the values `[\(choices.joined(separator: ", "))]`")
    }

    static func check(each items: [Value], among choices: [String]?) throws(InputFault) {
        guard let choices, let wrong = items.first(where: { !choices.contains($0.plain()) }) else { return }
        throw InputFault("value `\(wrong.plain())` doesn't match the values `[\(choices.joined(separator: ", "))]`")
    }
}
