#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which files of a secrets folder are secrets.
public enum SecretFolder {
    /// ASCII letters, digits, `_`, `-` and `.`, the first one no dot; `README.md` is a page for people.
    public static func isName(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasPrefix("."), name.lowercased() != "readme.md" else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// The names of the secrets in a folder, ascending; nil when it cannot be read. Values are not looked at.
    public static func names(in folder: String) -> [String]? {
        guard let all = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        return all.filter { name in
            var isFolder = false
            return isName(name) && FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
                && !isFolder
        }.sorted()
    }
}
