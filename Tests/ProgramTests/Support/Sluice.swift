import Foundation
import Testing

/// The program under test: the one beside the tests' own, or the one that SLUICE_TESTED names.
enum Sluice {
    static let path: String = {
        if let told = ProcessInfo.processInfo.environment["SLUICE_TESTED"] { return told }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "sluice").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        // The tests run in a helper of the toolchain: the build folder is named by the bundle that it was given.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "sluice").path
    }()

    /// The folder of the project.
    static let home = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static func run(_ arguments: String..., at folder: String = home, input: String = "") async throws -> Ended {
        try await Child(path, arguments, at: folder, input: input).ended()
    }
}

/// A folder that goes with its owner.
final class Folder: Sendable {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "/sluice-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file as editors do: beside it first, then in its place.
    func write(_ name: String, _ text: String) throws {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
