#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization

extension ZoneRules {
    /// Regions read so far. A name that is none is not kept, so that made-up names cannot fill it.
    private static let known = Mutex<[String: ZoneRules]>(["UTC": .utc])
    private static let folder = "/usr/share/zoneinfo/"

    /// The rules of a region (`Europe/Paris`, `UTC`, `GMT+1`); nil when the database has no such name.
    static func named(_ id: String) -> ZoneRules? {
        if let found = known.withLock({ $0[id] }) { return found }
        guard let rules = prefixedOffset(id) ?? read(id) else { return nil }
        known.withLock { $0[id] = rules }
        return rules
    }

    /// `GMT`, `UT`, and these or `UTC` with an offset behind, as in `UTC+01:00`.
    private static func prefixedOffset(_ id: String) -> ZoneRules? {
        for prefix in ["UTC", "GMT", "UT"] where id.hasPrefix(prefix) {
            let rest = id.dropFirst(prefix.count)
            if rest.isEmpty { return ZoneRules(fixed: 0, id: id) }
            guard rest.first == "+" || rest.first == "-", let offset = Zone.parseOffset(String(rest)) else {
                return nil
            }
            return ZoneRules(fixed: offset, id: offset == 0 ? prefix : prefix + Zone.offsetText(offset))
        }
        return nil
    }

    private static func read(_ id: String) -> ZoneRules? {
        let isName = id.utf8.allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
        }
        guard isName, !id.hasSuffix("/"), !id.contains("//"), let first = id.utf8.first, first.isASCIILetter,
            id.utf8.count <= 64,
            !["posix/", "right/"].contains(where: id.hasPrefix), !["localtime", "posixrules", "Factory"].contains(id)
        else { return nil }
        guard let bytes = try? Data(contentsOf: URL(filePath: folder + id)) else {
            return FileManager.default.fileExists(atPath: folder + "UTC") ? nil : fromFoundation(id)
        }
        return TimeZoneFile(id: id, bytes: [UInt8](bytes)).rules()
    }
}
