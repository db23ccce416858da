import ArgumentParser
import CoreTasks
import EngineCore
import EngineRuntime
import FlowModel
import GitSync
import Logging
import Storage
import TaskKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the rooms meet: the catalogue of all types, the engine over its store.
enum Program {
    static let version = "0.1.0"

    static let catalogue = Catalogue(
        tasks: BuiltInTasks.all + EngineTasks.all + GitTasks.all, triggers: EngineTriggers.all,
        conditions: EngineConditions.all)

    /// The configuration file's contents; tells what is wrong with it and ends with exit code 2.
    static func configuration(_ path: String?) throws -> Configuration {
        let source = path.flatMap { FileManager.default.contents(atPath: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        func tell(_ problems: [Problem]) {
            for problem in problems where problem.severity != .info {
                Console.note(ProblemText(problem: problem, source: source).text)
            }
        }
        do throws(Problems) {
            let configuration = try Configuration.load(path, environment: ProcessInfo.processInfo.environment)
            tell(configuration.warnings)
            return configuration
        } catch {
            tell(error.all)
            throw Exit.usage
        }
    }

    /// The names of the secrets in a folder.
    /// - Throws: exit code 2 after one message when it cannot be read.
    static func secrets(in folder: String) throws -> [String] {
        if let names = SecretFolder.names(in: folder) { return names }
        throw Exit.told(
            "the folder \(folder) cannot be read", fix: "make it, or name another one with --secrets")
    }

    /// An engine over the SQLite store and the files in a data folder.
    struct Opened {
        var engine: Engine
        var store: SQLiteStore
        var isNew: Bool
    }

    struct Place {
        var data: String
        var secrets: String?
        var configuration: Configuration
        var url: String?
        /// What names the data folder on the command line.
        var option = "--data"
    }

    /// - Throws: exit code 2 after one message when the folder or the database cannot be used.
    static func open(_ place: Place, log: Logger) throws -> Opened {
        let configuration = place.configuration
        let data = absolute(place.data)
        do {
            let folder = DataFolder(path: data)
            do {
                try folder.prepare()
            } catch {
                throw Unusable("the folder \(error.path) cannot be made\n   fix: \(advice(.io, data, place.option))")
            }
            guard FileManager.default.isWritableFile(atPath: data) else {
                throw Unusable("the folder \(data) is not writable")
            }
            var settings = SQLiteSettings()
            if let name = configuration.synchronous {
                guard let mode = SQLiteSettings.Synchronous(rawValue: name.uppercased()) else {
                    throw Unusable("storage.synchronous is `\(name)`: use FULL or NORMAL")
                }
                settings.synchronous = mode
            }
            let database = "\(data)/sluice.db"
            let isNew = !FileManager.default.fileExists(atPath: database)
            let store = try folder.whileClosed { () throws(StorageError) in
                try SQLiteStore(path: database, settings: settings)
            }
            if let warning = folder.warning(as: place.data) { Console.note(warning) }
            let files = try DiskFileStore(root: "\(data)/storage")
            let environment = ProcessInfo.processInfo.environment
            var cipher: (any SecretCipher)?
            if let key = configuration.secretKey { cipher = try AESCipher(secretKey: key) }
            let zone = try configuration.timeZone.map { (id) throws(Problem) in try Zone(id) } ?? .utc
            var kestra: ValueMap = [:]
            if let url = place.url ?? configuration.url { kestra["url"] = .string(url) }
            var engineSettings = EngineSettings(
                server: ServerSettings(
                    dataFolder: data, temporaryFolder: "\(data)/tmp", url: place.url ?? configuration.url,
                    gitIdentity: (configuration.gitName ?? "Sluice", configuration.gitEmail ?? "sluice@localhost"),
                    executable: executable),
                secretsFolder: place.secrets.map(absolute), environment: environment,
                variables: ServerVariables(
                    envs: configuration.environmentVariables(environment), globals: configuration.globals,
                    kestra: kestra),
                timeZone: zone, pluginDefaults: configuration.pluginDefaults, cipher: cipher,
                workers: configuration.workers ?? 8 * ProcessInfo.processInfo.activeProcessorCount,
                grace: configuration.grace ?? .seconds(60))
            if let depth = configuration.subflowDepth { engineSettings.subflowDepth = depth }
            if let count = configuration.subflowDescendants { engineSettings.subflowDescendants = count }
            engineSettings.rendersRecursively = configuration.recursiveRendering
            if let recovery = configuration.recoverMissedSchedules { engineSettings.recoverMissedSchedules = recovery }
            let engine = Engine(
                store: store, quick: SQLiteQuickReads(store: store, root: "\(data)/storage"), files: files,
                catalogue: catalogue, settings: engineSettings, clock: SystemClock(), log: log)
            return Opened(engine: engine, store: store, isNew: isNew)
        } catch let error as StorageError {
            Console.note(
                "error: \(error.what)\n   fix: \(advice(error.kind, data, place.option))\n   code: storage.\(error.kind.rawValue)"
            )
        } catch let error as Problem {
            throw Exit.told(error)
        } catch {
            Console.note("error: \(error)")
        }
        throw Exit.usage
    }

    private struct Unusable: Error, CustomStringConvertible {
        var description: String
        init(_ what: String) { description = what }
    }

    static func advice(_ kind: StorageError.Kind, _ data: String, _ option: String = "--data") -> String {
        switch kind {
        case .diskFull: "make room on the disk of \(data), or name another folder with \(option)"
        case .inUse: "stop the other server on \(data), or name another folder with \(option)"
        case .newerSchema: "use the newer program, or the copy that was made before its migration"
        case .corrupt: "restore the last copy of \(data)"
        default: "check the permissions of \(data), or name another folder with \(option)"
        }
    }

    static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
