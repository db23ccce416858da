#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The folder of the server's data. What is in it, secrets among it, is nobody else's business: whoever made the folder, the
/// program's own files and folders in it are open to its user alone.
struct DataFolder {
    let path: String
    private static let folders = ["tmp", "storage", "storage.incoming"]

    /// A folder that cannot be made.
    struct Refused: Error { var path: String }

    /// Makes the folders that are missing, and closes what an earlier version left open.
    func prepare() throws(Refused) {
        for folder in [path] + Self.folders.map({ "\(path)/\($0)" }) {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw Refused(path: folder)
            }
        }
        for name in Self.folders { close("\(path)/\(name)", to: 0o700) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix("sluice.db") { close("\(path)/\(name)", to: 0o600) }
    }

    /// Makes files that no one else can read. The mask is the whole process's, and what tasks start gets the one it was
    /// started with: so this is for the time before any task runs. Files of the database that are made later get the mode
    /// of the first.
    func whileClosed<Result, Failure: Error>(_ make: () throws(Failure) -> Result) throws(Failure) -> Result {
        let former = umask(0o077)
        defer { _ = umask(former) }
        return try make()
    }

    /// Whether others may look into the folder itself, told with how to mend it.
    /// - Parameter name: the folder as the user names it.
    func warning(as name: String) -> String? {
        guard let mode = mode(path), mode & 0o077 != 0 else { return nil }
        return "warning: the folder \(name) is open to other users of this machine (mode \(String(mode, radix: 8)))\n"
            + "   fix: chmod 700 \(name)"
    }

    private func close(_ file: String, to wanted: mode_t) {
        if let mode = mode(file), mode & 0o077 != 0 { chmod(file, wanted) }
    }

    private func mode(_ file: String) -> mode_t? {
        var facts = stat()
        return stat(file, &facts) == 0 ? facts.st_mode & 0o7777 : nil
    }
}
