// swift-tools-version: 6.2

// swift-format-ignore-file

import PackageDescription

// The map of the house, read from the ground up: a room may use only the rooms and libraries that its line names.
let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "sluice", targets: ["CLI"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        .library("CYAML", "yaml-0.1"), .library("CGit2", "libgit2"), .library("CSQLite", "sqlite3"),
        .library("CProcess"),  // starting and watching processes, as Linux has it
        .facts("CBuild"),  // which commit the program was built from
        .room("FlowModel", uses: ["CYAML", .collections]),  // Flow, Execution, State, Value, Problem; YAML to Flow and back
        .room("Expressions", uses: ["FlowModel", .collections, .crypto]),  // {{ … }}: parser and evaluator; a file per filter and function
        .room("TaskKit", uses: ["FlowModel", "Expressions", .collections, .log]),  // what a task or trigger is; catalogue, schema and docs
        .room("EngineCore", uses: ["FlowModel", "Expressions", "TaskKit", .collections, .crypto]),  // event in, commands out; cron, retries. Pure
        .room("Storage", uses: ["FlowModel", "CSQLite", .grdb, .collections, .log]),  // rows, migrations, queries, files; one test suite for every backend
        .room("EngineRuntime", uses: ["FlowModel", "Expressions", "TaskKit", "EngineCore", "Storage", .lifecycle, .log, .collections, .deque, .heap]),  // executor, worker, scheduler
        .room("Connections", uses: [.httpClient, .nio]),  // why an exchange with another machine came to nothing
        .room("CoreTasks", uses: ["FlowModel", "Expressions", "TaskKit", "Connections", "CProcess", .httpClient, .nio, .nioHTTP, .collections]),  // the built-in tasks, a file each
        .room("GitSync", uses: ["FlowModel", "TaskKit", "Connections", "CGit2", .httpClient, .nio, .nioHTTP, .subprocess, .crypto, .collections, .log]),  // fetch, compare, push; the git tasks
        .room("WebServer", uses: ["FlowModel", "Expressions", "TaskKit", "EngineCore", "EngineRuntime", "Storage", .hummingbird, .nio, .lifecycle, .log, .collections]),  // routes, bodies, live logs
        .program("CLI", uses: ["FlowModel", "Expressions", "TaskKit", "EngineCore", "EngineRuntime", "Storage", "CoreTasks", "GitSync", "WebServer", "CYAML", "CGit2", "CSQLite", "CBuild", .arguments, .httpClient, .lifecycle, .log, .nio, .collections]),  // commands; the one place where rooms meet
        .room("TestSupport", uses: ["FlowModel", "Expressions", "TaskKit", .collections]),  // a clock set by hand, stores in memory; only tests use it
        .room("ExpressionFuzz", uses: ["FlowModel", "Expressions", .collections], path: "Benchmarks/ExpressionFuzz"),  // templates that want to break things
        .program("ExpressionBench", uses: ["FlowModel", "Expressions", "ExpressionFuzz", .collections], path: "Benchmarks/Expressions"),  // measures and fuzzes the template language; not shipped
        .tests("FlowModelTests", of: ["FlowModel", .collections]),
        .tests("ExpressionsTests", of: ["Expressions", "ExpressionFuzz", "FlowModel", .collections]),
        .tests("TaskKitTests", of: ["TaskKit", "Expressions", "FlowModel", .collections]),
        .tests("EngineCoreTests", of: ["EngineCore", "TaskKit", "Expressions", "FlowModel", .collections]),
        .tests("StorageTests", of: ["Storage", "FlowModel", .collections, .grdb]),
        .tests("EngineRuntimeTests", of: ["EngineRuntime", "EngineCore", "Storage", "TaskKit", "Expressions", "FlowModel", "TestSupport", .collections, .lifecycle, .log]),
        .tests("ConnectionsTests", of: ["Connections"]),
        .tests("CoreTasksTests", of: ["CoreTasks", "TestSupport", "TaskKit", "Expressions", "FlowModel", .collections]),
        .tests("GitSyncTests", of: ["GitSync", "TaskKit", "Expressions", "FlowModel", .collections]),
        .tests("WebServerTests", of: ["WebServer", "TestSupport", "EngineRuntime", "EngineCore", "Storage", "TaskKit", "Expressions", "FlowModel", .hummingbird, .hummingbirdTesting, .nio, .log, .collections]),
        .tests("CLITests", of: ["CLI", "FlowModel", "EngineCore", "Storage", .arguments]),
        .tests("ProgramTests", of: []),  // the built program as a black box; needs no room
    ]
)

extension Target {
    static func library(_ name: String, _ pkgConfig: String? = nil) -> Target {
        .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig)
    }

    /// Told by the environment of the build, so that nothing stale is ever told: `SLUICE_COMMIT`.
    static func facts(_ name: String) -> Target {
        let commit = (Context.environment["SLUICE_COMMIT"] ?? "").filter { $0.isLetter || $0.isNumber || "-.".contains($0) }
        return .target(
            name: name, path: "Sources/CLibraries/\(name)", cSettings: [.define("SLUICE_COMMIT", to: "\"\(commit)\"")])
    }

    static func room(_ name: String, uses: [Target.Dependency], path: String? = nil) -> Target {
        .target(name: name, dependencies: uses, path: path)
    }

    static func program(_ name: String, uses: [Target.Dependency], path: String? = nil) -> Target {
        .executableTarget(name: name, dependencies: uses, path: path)
    }

    static func tests(_ name: String, of uses: [Target.Dependency]) -> Target {
        .testTarget(name: name, dependencies: uses)
    }
}

extension Target.Dependency {
    static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let collections = product(name: "OrderedCollections", package: "swift-collections")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let heap = product(name: "HeapModule", package: "swift-collections")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let log = product(name: "Logging", package: "swift-log")
    static let nio = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP = product(name: "NIOHTTP1", package: "swift-nio")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
}
