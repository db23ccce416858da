import FoundationEssentials

extension BareCache {
    /// Removes what a process that was killed left half done: locks, packs that never became whole, refs without a text.
    ///
    /// Called with the lock held: nobody else writes here then, so whatever looks unfinished will stay so.
    func removeLeftovers() {
        let files = FileManager.default
        func names(_ folder: String) -> [String] { (try? files.contentsOfDirectory(atPath: folder)) ?? [] }
        func remove(_ file: String) { try? files.removeItem(atPath: file) }
        for name in names(path) where name.hasSuffix(".lock") { remove("\(path)/\(name)") }
        let packs = path + "/objects/pack"
        for name in names(packs)
        where name.hasPrefix("tmp_") || name.hasPrefix("pack_") || name.hasSuffix(".lock") {
            remove("\(packs)/\(name)")
        }
        for name in (try? files.subpathsOfDirectory(atPath: path + "/refs")) ?? [] {
            let file = "\(path)/refs/\(name)"
            let attributes = try? files.attributesOfItem(atPath: file)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            let size = (attributes?[.size] as? Int) ?? (attributes?[.size] as? UInt64).map(Int.init) ?? 0
            if name.hasSuffix(".lock") || name.hasPrefix("push/") || size == 0 { remove(file) }
        }
        for name in names(folder) {
            // A new one may be in the making: that needs no lock.
            let isOld = name.hasPrefix("new-") && Self.age(of: "\(folder)/\(name)") > GitLimits.wallClock.seconds
            if isOld || name.hasPrefix("gone-") { remove("\(folder)/\(name)") }
        }
    }

    /// Seconds since it was last written; none for what is not there.
    static func age(of file: String) -> Double {
        let date = (try? FileManager.default.attributesOfItem(atPath: file))?[.modificationDate] as? Date
        return date.map { Date().timeIntervalSince($0) } ?? 0
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) }
}
