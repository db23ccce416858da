import FoundationEssentials

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
            let used = (try? files.attributesOfItem(atPath: folder))?[.modificationDate] as? Date ?? .distantPast
            caches.append((folder, used, bytes(below: folder)))
        }
        var total = caches.reduce(0) { $0 + $1.bytes }
        var removed = 0
        for cache in caches.sorted(by: { $0.used < $1.used }) where total > settings.cacheLimit {
            await locks.enter(cache.folder)
            if let lock = try? await FileLock(cache.folder + "/lock") {
                try? files.removeItem(atPath: cache.folder)
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
