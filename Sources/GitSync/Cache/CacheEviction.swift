import FoundationEssentials
import Glibc

extension BareCache {
    /// Removes the caches that were not used for longest until the rest fits into the limit. For a nightly call.
    /// - Returns: How many were removed.
    @discardableResult
    static func evict(settings: GitSettings, locks: CacheLocks) async -> Int {
        let root = root(settings)
        let files = FileManager.default
        var caches: [(folder: String, used: Date, bytes: Int)] = []
        for name in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
            let folder = root + "/" + name
            if name.hasPrefix("gone-") {
                try? files.removeItem(atPath: folder)
                continue
            }
            let used = (try? files.attributesOfItem(atPath: folder))?[.modificationDate] as? Date ?? .distantPast
            caches.append((folder, used, bytes(below: folder)))
        }
        var total = caches.reduce(0) { $0 + $1.bytes }
        var removed = 0
        for cache in caches.sorted(by: { $0.used < $1.used }) where total > settings.cacheLimit {
            guard (try? await locks.enter(cache.folder)) != nil else { break }
            if let lock = try? await FileLock(cache.folder + "/lock") {
                // At once out of everybody's way: a half-removed one would look like a damaged one.
                let gone = root + "/gone-" + UUID().uuidString
                if rename(cache.folder, gone) == 0 { try? files.removeItem(atPath: gone) }
                lock.release()
                total -= cache.bytes
                removed += 1
            }
            await locks.leave(cache.folder)
        }
        return removed
    }

    private static func bytes(below folder: String) -> Int {
        let files = FileManager.default
        return ((try? files.subpathsOfDirectory(atPath: folder)) ?? []).reduce(0) { sum, name in
            let size = (try? files.attributesOfItem(atPath: folder + "/" + name))?[.size]
            return sum + ((size as? Int) ?? (size as? UInt64).map(Int.init) ?? 0)
        }
    }
}
