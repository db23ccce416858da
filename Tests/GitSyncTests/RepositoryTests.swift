import Foundation
import Testing

@testable import GitSync

@Suite struct RepositoryTests {
    let data: TemporaryFolder
    let service: GitService

    init() throws {
        data = try TemporaryFolder()
        service = GitService(settings: GitSettings(dataDirectory: data.path, allowsFiles: true))
    }

    private func listing(
        of remote: TestRemote, _ directory: String = "flows", deep: Bool = true
    ) async throws -> TreeListing {
        let (service, connection) = (service, try remote.connection)
        return try await GitThreads.run {
            let tip = try await service.refs(of: connection, branch: "main").tip
            return try await service.work(on: connection, branch: "main", commit: tip) { view throws(GitError) in
                guard let tip else { throw GitError(.invalid, "no tip") }
                let root = try view.repository.tree(ofCommit: tip)
                let path = try GitDirectory(directory)
                guard case .folder(let folder) = try view.repository.folder(path, inTree: root) else {
                    throw GitError(.invalid, "no folder")
                }
                return try await view.list(folder: folder, at: path, root: root, deep: deep)
            }
        }
    }

    @Test func `files come parents first, then by path`() async throws {
        let remote = try await TestRemote()
        try await remote.commit([
            "flows/b.yml": "", "flows/a/z.yml": "", "flows/a.yml": "", "flows/a/b/c.yml": "", "x": "",
        ])
        #expect(try await listing(of: remote).files.map(\.path) == ["a.yml", "b.yml", "a/z.yml", "a/b/c.yml"])
        #expect(try await listing(of: remote, deep: false).files.map(\.path) == ["a.yml", "b.yml"])
        #expect(try await listing(of: remote, "").files.count == 5)
    }

    @Test func `links are followed inside the repository and never out of it`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(
            ["flows/a.yml": "id: a", "shared/s.yml": "id: s", "shared/deep/d.yml": "id: d"],
            links: [
                "flows/in.yml": "../shared/s.yml", "flows/folder": "../shared", "flows/chain.yml": "in.yml",
                "flows/out.yml": "/etc/passwd",
                "flows/up.yml": "../../../etc/passwd", "flows/gone.yml": "nowhere.yml", "flows/loop": "loop",
                "flows/self": ".",
                "flows/through.yml": "folder/deep/d.yml",
            ])
        let found = try await listing(of: remote)
        #expect(
            found.files.map(\.path) == [
                "a.yml", "chain.yml", "in.yml", "through.yml", "folder/s.yml", "folder/deep/d.yml",
            ])
        #expect(found.warnings.count == 5)
        #expect(found.missingLinks.isEmpty)
    }

    @Test func `a tree is changed by paths`() async throws {
        let folder = try TemporaryFolder()
        try await GitThreads.run {
            let repository = try Repository.create(folder.path + "/r.git")
            try repository.keepWritesInMemory()
            func blob(_ text: String) throws -> TreeChange {
                .write(try repository.write(blob: Array(text.utf8)), isProgram: false)
            }
            func files(_ tree: ObjectID?) throws -> [String] {
                guard let tree else { return [] }
                return try repository.list(folder: tree, at: try GitDirectory(""), root: tree, deep: true).files.map(
                    \.path)
            }
            let first = try repository.tree(
                from: nil, changing: ["a": blob("1"), "d/x": blob("2"), "d/y/z": blob("3")])
            #expect(try files(first) == ["a", "d/x", "d/y/z"])
            #expect(try files(repository.tree(from: first, changing: ["d/y/z": .remove])) == ["a", "d/x"])
            #expect(try files(repository.tree(from: first, changing: ["d": blob("file")])) == ["a", "d"])
            #expect(
                try files(repository.tree(from: first, changing: ["a/b": blob("x")]))
                    == ["a/b", "d/x", "d/y/z"].sorted { $0.count < $1.count })
            #expect(try repository.tree(from: first, changing: ["no/such": .remove, "b": .remove]) == first)
            #expect(
                try repository.tree(from: first, changing: ["a": .remove, "d/x": .remove, "d/y/z": .remove]) == nil)
            #expect(throws: GitError.self) { try repository.tree(from: first, changing: [".git/x": blob("x")]) }
            #expect(throws: GitError.self) { try repository.tree(from: first, changing: ["../x": blob("x")]) }
        }
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: folder.path + "/r.git/objects")
                == ["info", "pack"].sorted())
    }

    @Test func `a damaged cache is fetched again`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["flows/a.yml": "id: a"])
        _ = try await listing(of: remote)
        let cache = BareCache(try remote.connection, kind: .partial, settings: service.settings)
        for name in try FileManager.default.contentsOfDirectory(atPath: cache.path + "/objects/pack")
        where name.hasSuffix(".pack") {
            let path = cache.path + "/objects/pack/" + name
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            try Data("PACK damaged".utf8).write(to: URL(filePath: path))
        }
        #expect(try await listing(of: remote).files.map(\.path) == ["a.yml"])
    }

    @Test func `the least used caches go first`() async throws {
        let remotes = [try await TestRemote(), try await TestRemote()]
        for remote in remotes {
            try await remote.commit(["flows/a.yml": "id: a"])
            _ = try await listing(of: remote)
        }
        var settings = service.settings
        settings.cacheLimit = 0
        #expect(await BareCache.evict(settings: settings, locks: service.locks) == 2)
        #expect(try await listing(of: remotes[0]).files.count == 1)
    }

    @Test func `many changes do not pile up packs`() async throws {
        let remote = try await TestRemote()
        for i in 1...70 {
            try await remote.commit(["flows/a.yml": "id: a\(i)"])
            _ = try await listing(of: remote)
        }
        #expect(BareCache(try remote.connection, kind: .partial, settings: service.settings).packCount <= 61)
    }

    @Test func `a rewritten branch is read as it is now`() async throws {
        let remote = try await TestRemote()
        try await remote.commit(["flows/a.yml": "id: a"])
        #expect(try await listing(of: remote).files.count == 1)
        try await git("update-ref", "-d", "refs/heads/main", at: remote.path)
        try await remote.commit(["flows/b.yml": "id: b", "flows/c.yml": "id: c"])
        #expect(try await listing(of: remote).files.map(\.path) == ["b.yml", "c.yml"])
    }
}
