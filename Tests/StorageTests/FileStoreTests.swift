import FlowModel
import Foundation
import Storage
import Testing

@Suite struct FileStoreTests {
    private func withFiles(_ test: (DiskFileStore, String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await test(try DiskFileStore(root: folder.path + "/storage"), folder.path)
    }

    @Test(arguments: [
        ("kestra:///a/b.txt", "/a/b.txt"), ("/a//b/./c/", "/a/b/c"), ("a", "/a"), ("", "/"),
        ("/a/..b/c..", "/a/..b/c.."),
    ]) func `a path is what its text says`(text: String, wanted: String) throws {
        let path = try FilePath(text)
        #expect(path.text == wanted && path.uri == "kestra://" + wanted)
        #expect(try FilePath(path.uri) == path)
    }

    @Test(arguments: ["/a/../b", "..", "kestra:///..", "/a\0b", "/" + String(repeating: "x", count: 256)])
    func `a path that leads elsewhere is refused`(text: String) {
        #expect(throws: StorageError.self) { try FilePath(text) }
    }

    @Test func `the engine's paths are as the storage layout says`() throws {
        let flow = FlowKey("company.team", "My_flow.2")
        let execution = id(0)
        #expect(try FilePath.execution(execution, of: flow).text == "/company/team/my-flow2/executions/\(execution)")
        #expect(
            StoragePath.taskRun(3, taskID: "A__b-", execution: execution, of: flow)
                == "/company/team/my-flow2/executions/\(execution)/tasks/a-b/\(execution.taskRunID(3))")
        #expect(try FilePath.namespaceFiles("a.b").text == "/a/b/_files")
        #expect(try FilePath.input("f", execution: execution, of: flow).folder.name == "inputs")
        #expect(try FilePath("/a/b").isWithin(FilePath("/a")))
        #expect(try !FilePath("/ab").isWithin(FilePath("/a")))
    }

    @Test func `files are put, read, listed, moved and deleted`() async throws {
        try await withFiles { files, _ in
            let (one, two) = (try FilePath("/a/b/1.txt"), try FilePath("/a/c/2.txt"))
            try await files.put(Array("hello".utf8), at: one)
            try await files.put(Array("hello world".utf8), at: one)
            try await files.put([], at: two)
            #expect(try await files.bytes(at: one, limit: 100) == Array("hello world".utf8))
            #expect(try await files.bytes(at: one, from: 6, count: 100) == Array("world".utf8))
            #expect(try await files.bytes(at: one, from: 3, count: 2) == Array("lo".utf8))
            #expect(try await files.bytes(at: one, from: 99, count: 2).isEmpty)
            #expect(await kind { _ = try await files.bytes(at: one, limit: 10) } == .invalid)
            #expect(await kind { _ = try await files.bytes(at: FilePath("/no"), limit: 10) } == .notFound)
            #expect(await kind { _ = try await files.bytes(at: FilePath("/a"), limit: 10) } == .notFound)
            #expect(await kind { try await files.put([1], at: FilePath("/a/b")) } == .invalid)
            #expect(await kind { try await files.put([1], at: FilePath("/a/b/1.txt/x")) } != nil)
            #expect(try await files.info(at: one)?.size == 11)
            #expect(try await files.info(at: FilePath("/a"))?.isFolder == true)
            #expect(try await files.info(at: FilePath("/none")) == nil)
            #expect(
                try await files.list(.root, deep: true).map(\.path.text) == [
                    "/a", "/a/b", "/a/b/1.txt", "/a/c", "/a/c/2.txt",
                ])
            #expect(try await files.list(FilePath("/a"), deep: false).map(\.path.text) == ["/a/b", "/a/c"])
            #expect(try await files.list(FilePath("/none"), deep: true).isEmpty)
            try await files.move(one, to: FilePath("/x/y.txt"))
            #expect(try await files.bytes(at: FilePath("/x/y.txt"), limit: 100).count == 11)
            #expect(await kind { try await files.move(one, to: two) } == .notFound)
            #expect(await kind { try await files.move(FilePath("/a"), to: FilePath("/a/b/a")) } == .invalid)
            #expect(try await files.delete(two, keeping: FilePath("/a")).map(\.text) == ["/a/c/2.txt", "/a/c"])
            #expect(try await files.info(at: FilePath("/a"))?.isFolder == true)
            #expect(try await files.delete(FilePath("/x"), keeping: nil).map(\.text) == ["/x/y.txt", "/x"])
            #expect(try await files.delete(FilePath("/x"), keeping: nil).isEmpty)
        }
    }

    @Test func `files of the local disk are taken in`() async throws {
        try await withFiles { files, folder in
            let local = folder + "/local.txt"
            try Data("abc".utf8).write(to: URL(fileURLWithPath: local))
            try await files.put(copying: local, to: FilePath("/copied"))
            #expect(FileManager.default.fileExists(atPath: local))
            try await files.put(moving: local, to: FilePath("/moved"))
            #expect(!FileManager.default.fileExists(atPath: local))
            #expect(try await files.bytes(at: FilePath("/copied"), limit: 9) == Array("abc".utf8))
            #expect(try await files.bytes(at: FilePath("/moved"), limit: 9) == Array("abc".utf8))
            #expect(try String(contentsOfFile: await files.localPath(of: FilePath("/moved")), encoding: .utf8) == "abc")
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "/etc/passwd")
            #expect(await kind { try await files.put(moving: folder + "/link", to: FilePath("/l")) } == .invalid)
            #expect(await kind { try await files.put(copying: folder, to: FilePath("/l")) } == .invalid)
            #expect(await kind { try await files.put(copying: folder + "/none", to: FilePath("/l")) } == .notFound)
        }
    }

    @Test func `a file written in pieces is seen when it is finished`() async throws {
        try await withFiles { files, folder in
            let path = try FilePath("/big/file.bin")
            let writer = try await files.writer(at: path)
            for piece in 0..<10 { try await writer.write([UInt8](repeating: UInt8(piece), count: 1000)) }
            #expect(try await files.info(at: path) == nil)
            #expect(try await writer.finish() == 10_000)
            #expect(try await files.bytes(at: path, from: 8999, count: 2) == [8, 9])
            let other = try await files.writer(at: path)
            try await other.write([1])
            await other.abandon()
            #expect(try await files.info(at: path)?.size == 10_000)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/storage.incoming").isEmpty)
            #expect(await kind { _ = try await other.finish() } == .closed)
        }
    }
}
