import ArgumentParser
import CBuild
import CGit2
import CSQLite
import CYAML
import FlowModel

/// `sluice version`: the program and what it is made of.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the versions of the program and of the libraries in it.")
    @Option(name: .shortAndLong, help: "For people, or for programs.") var output: VersionOutput = .table

    func run() {
        let parts = Self.parts
        switch output {
        case .json:
            Console.out(
                Value.map(ValueMap(uniqueKeysWithValues: parts.map { ($0, $1.map(Value.string) ?? .null) })).jsonText())
        case .table:
            for (name, version) in parts {
                Console.out(name + String(repeating: " ", count: 10 - name.count) + (version ?? "not known"))
            }
        }
    }

    /// Nil for what the build was not told.
    static var parts: [(String, String?)] {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        git_libgit2_version(&major, &minor, &patch)
        let commit = String(cString: sluice_commit())
        return [
            ("sluice", Program.version), ("commit", commit.isEmpty ? nil : commit), ("Swift", swift),
            ("libgit2", "\(major).\(minor).\(patch)"), ("SQLite", String(cString: sqlite3_libversion())),
            ("libyaml", String(cString: yaml_get_version_string())),
        ]
    }

    /// The compiler that made the program.
    private static var swift: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3.3)
            "6.3.3"
        #elseif compiler(>=6.3.2)
            "6.3.2"
        #elseif compiler(>=6.3.1)
            "6.3.1"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}

enum VersionOutput: String, ExpressibleByArgument, CaseIterable { case table, json }
