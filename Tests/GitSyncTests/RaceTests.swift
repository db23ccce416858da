import FlowModel
import Foundation
import TaskKit
import Testing

@testable import GitSync

/// Many runs at once, and what a killed process leaves behind: nothing of it may fail a later run.
@Suite struct RaceTests {
    let bench: TaskBench
    private let common: ValueMap = ["targetNamespace": "a.b", "delete": true]

    init() throws { bench = try TaskBench() }

    private func cache(_ remote: TestRemote) throws -> BareCache {
        BareCache(try remote.connection, kind: .partial, settings: GitSettings(dataDirectory: bench.data.path))
    }

    private func memories(_ remote: TestRemote) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: try cache(remote).folder + "/sync")
    }

    private func file(_ i: Int) -> [String: String?] { ["_flows/f.yml": Fixture.new("f", "x") + "# \(i)\n"] }

    /// What memory the rows are of does not matter, but they must be whole.
    @Test func `many syncs at once with commits in between all give rows`() async throws {
        let remote = try await TestRemote()
        for round in 1...15 {
            try await remote.commit(file(round))
            let (bench, common) = (bench, common)
            try await withThrowingTaskGroup(of: [String].self) { group in
                for i in 1...20 {
                    group.addTask {
                        try await bench.sync(
                            remote, common, flow: FlowKey(namespace: "system", id: i % 2 == 0 ? "one" : "two"))
                    }
                }
                for try await rows in group {
                    #expect(rows.count == 1 && rows[0].contains("revision:\(round)"), "\(rows)")
                }
            }
            #expect(bench.library["a.b", "f"]?.revision == round)
        }
        // For each of the two flows: state, files, rows, lock.
        #expect(try memories(remote).count <= 8)
    }

    /// Two writers that do not see each other's turns, as two processes.
    @Test func `memories are handed out whole or not at all while others replace them`() async throws {
        let folder = bench.data.path + "/cache"
        let commit = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
        let directory = try GitDirectory("x")
        func files(_ count: Int) -> [SyncedFile] {
            (0..<count).map {
                SyncedFile(path: "\($0).yml", blob: commit, key: FlowKey(namespace: "a", id: "f\($0)"), revision: count)
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in 1...4 {
                group.addTask {
                    let store = SyncMemoryStore(cache: folder, name: "m")
                    for i in 1...100 {
                        store.save(
                            commit: commit, folder: commit, version: "v", files: files(i % 7 + writer),
                            directory: directory, hasLinks: false, notices: [])
                        if i % 10 == 0 { store.forget() }
                        if i % 3 == 0, let memory = store.load() { store.move(memory, to: commit) }
                        await Task.yield()
                    }
                }
                group.addTask {
                    let store = SyncMemoryStore(cache: folder, name: "m")
                    for _ in 1...400 {
                        if let memory = store.load(), let rows = store.rows(of: memory) {
                            #expect(rows.count { $0 == 10 } == memory.count)
                        }
                        if let memory = store.load(), let files = store.files(of: memory) {
                            #expect(files.count == memory.count)
                        }
                        await Task.yield()
                    }
                }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/sync").count <= 4)
    }

    @Test func `a memory whose rows are gone or cut off costs nothing but time`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(file(1))
        _ = try await bench.sync(remote, common)
        let folder = try cache(remote).folder + "/sync"
        for damage in ["remove", "cut"] {
            let rows = try #require(try memories(remote).first { $0.hasSuffix(".ion") })
            if damage == "remove" {
                try FileManager.default.removeItem(atPath: folder + "/" + rows)
            } else {
                try Data("{gitPath".utf8).write(to: URL(filePath: folder + "/" + rows))
            }
            let again = try await bench.sync(remote, common)
            #expect(again.count == 1 && again[0].contains("UNCHANGED"))
        }
    }

    @Test func `memories are bounded, and halves of killed writers go`() async throws {
        let remote = try await TestRemote()
        for i in 1...12 {
            try await remote.commit(file(i))
            _ = try await bench.sync(remote, common)
        }
        let folder = try cache(remote).folder + "/sync"
        let state = try #require(try memories(remote).first { $0.hasSuffix(".state") })
        let name = state.dropLast(6)
        for left in ["\(name).\(UUID()).ion", "\(name).\(UUID()).files", "\(name).\(UUID()).state"] {
            try Data("half".utf8).write(to: URL(filePath: folder + "/" + left))
        }
        for i in 1...300 { try Data().write(to: URL(filePath: folder + "/other\(i).state")) }
        let old = Date(timeIntervalSinceNow: -40 * 24 * 3600)
        for i in 1...150 {
            try FileManager.default.setAttributes(
                [.modificationDate: old], ofItemAtPath: folder + "/other\(i).state")
        }
        try await remote.commit(file(13))
        _ = try await bench.sync(remote, common)
        let left = try memories(remote)
        #expect(left.filter { $0.hasPrefix(name) }.count == 4)
        #expect(left.filter { $0.hasPrefix("other") }.count == 150)
    }

    @Test func `locks and halves of a killed process heal by themselves`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(file(1))
        _ = try await bench.sync(remote, common)
        let cache = try cache(remote)
        let left = [
            "shallow.lock", "packed-refs.lock", "config.lock", "HEAD.lock", "refs/sync/main.lock",
            "objects/pack/tmp_pack_abc", "objects/pack/pack_git2_abc",
        ]
        func leave() throws {
            for name in left { try Data("half".utf8).write(to: URL(filePath: cache.path + "/" + name)) }
        }
        try leave()
        try FileManager.default.createDirectory(
            atPath: cache.folder + "/gone-1/objects", withIntermediateDirectories: true)
        try await remote.commit(file(2))
        #expect(try await bench.sync(remote, common).first?.contains("UPDATED") == true)
        for name in left { #expect(!FileManager.default.fileExists(atPath: cache.path + "/" + name), "\(name)") }
        #expect(!FileManager.default.fileExists(atPath: cache.folder + "/gone-1"))
        try leave()
        bench.library.save(Fixture.new("g", "a.b"))
        #expect(try await bench.push(remote, ["sourceNamespace": "a.b"]).outputs.commitID != nil)
    }

    @Test(arguments: ["HEAD", "config", "refs/sync/main", "packs", "shallow", "objects"])
    func `a file that the machine lost heals by itself`(what: String) async throws {
        let remote = try await TestRemote()
        try await remote.commit(file(1))
        _ = try await bench.sync(remote, common)
        let cache = try cache(remote)
        let files = FileManager.default
        switch what {
        case "objects": try files.removeItem(atPath: cache.path + "/objects")
        case "packs":
            let folder = cache.path + "/objects/pack"
            for name in try files.contentsOfDirectory(atPath: folder) {
                try files.removeItem(atPath: folder + "/" + name)
                try Data().write(to: URL(filePath: folder + "/" + name))
            }
        default: try Data().write(to: URL(filePath: cache.path + "/" + what))
        }
        try await remote.commit(file(2))
        #expect(try await bench.sync(remote, common).first?.contains("UPDATED") == true)
    }

    @Test func `caches that are removed all the time fail nobody`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(file(1), on: "main")
        try await remote.commit(file(1), on: "dev")
        var settings = GitSettings(dataDirectory: bench.data.path)
        settings.cacheLimit = 0
        let (bench, common, evicting) = (bench, common, settings)
        let locks = GitService.shared(GitSettings(dataDirectory: bench.data.path)).locks
        for round in 2...6 {
            try await remote.commit(file(round), on: "main")
            try await remote.commit(file(round), on: "dev")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (i, branch) in ["main", "dev", "main", "dev"].enumerated() {
                    group.addTask {
                        let own: ValueMap = ["branch": .string(branch), "targetNamespace": .string("n\(i)")]
                        let rows = try await bench.sync(remote, common.merging(own) { _, new in new })
                        #expect(rows.count == 1)
                    }
                }
                group.addTask { _ = await BareCache.evict(settings: evicting, locks: locks) }
                try await group.waitForAll()
            }
            for i in 0..<4 {
                let source = bench.library["n\(i)", "f"]?.source
                #expect(source?.contains("# \(round)") == true, "n\(i): \(source ?? "none")")
            }
        }
    }

    @Test func `pushes and syncs of one repository at once all succeed`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(file(1))
        for i in 1...4 { bench.library.save(Fixture.new("p", "from\(i)")) }
        let (bench, common) = (bench, common)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 1...4 {
                group.addTask {
                    let pushed = try await bench.push(
                        remote, ["sourceNamespace": .string("from\(i)"), "gitDirectory": .string("dir\(i)")])
                    #expect(pushed.outputs.commitID != nil)
                }
                group.addTask { _ = try await bench.sync(remote, common) }
            }
            try await group.waitForAll()
        }
        #expect(try await remote.files() == ["_flows/f.yml"] + (1...4).map { "dir\($0)/p.yml" })
    }

    @Test func `who waits for a turn and is cancelled gives up at once`() async throws {
        let locks = CacheLocks()
        try await locks.enter("x")
        let waiting = Task { try await locks.enter("x") }
        waiting.cancel()
        await #expect(throws: GitError.self) { try await waiting.value }
        await locks.leave("x")
        #expect(try await locks.enter("x") == false)
    }

    @Test func `a lock that was removed while it was held is no lock`() async throws {
        let path = bench.data.path + "/new/lock"
        let first = try await FileLock(path)
        #expect(FileLock.ifFree(path) == nil)
        try FileManager.default.removeItem(atPath: path)
        let second = try #require(FileLock.ifFree(path))
        first.release()
        #expect(FileLock.ifFree(path) == nil)
        second.release()
        #expect(FileLock.ifFree(path) != nil)
    }
}
