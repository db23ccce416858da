#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import Foundation
import Synchronization

/// Tells which files below a folder were written, over inotify.
enum FolderWatch {
    /// Batches of paths of files that were written or moved in, until the consumer stops listening.
    /// - Throws: when the kernel gives no watch, such as at its limit of watches.
    static func changes(in folder: String) throws(WatchFailure) -> AsyncStream<[String]> {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(O_NONBLOCK))
        guard descriptor >= 0 else { throw WatchFailure(folder: folder, code: errno) }
        var watcher = Watcher(descriptor: descriptor, root: folder)
        do throws(WatchFailure) {
            try watcher.add(folder)
        } catch {
            close(descriptor)
            throw error
        }
        // What was not fetched yet is one set of paths, however long the consumer takes.
        let pending = Pending()
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let stop = StopSignal()
        continuation.onTermination = { _ in stop.raise() }
        let start = watcher
        // A thread of its own: reading inotify waits.
        let thread = Thread {
            var watcher = start
            while let files = watcher.next(stop: stop) {
                if files.isEmpty { continue }
                pending.add(files)
                continuation.yield()
            }
            close(watcher.descriptor)
            continuation.finish()
        }
        thread.name = "flow-folder"
        thread.start()
        let turns = Turns(signals)
        return AsyncStream { await turns.next() ? pending.take() : nil }
    }

    private final class Pending: Sendable {
        private let paths = Mutex<Set<String>>([])

        func add(_ more: [String]) { paths.withLock { $0.formUnion(more) } }
        func take() -> [String] {
            paths.withLock { paths in
                defer { paths = [] }
                return paths.sorted()
            }
        }
    }

    /// Signals one after the other.
    private actor Turns {
        private var iterator: AsyncStream<Void>.AsyncIterator

        init(_ signals: AsyncStream<Void>) { iterator = signals.makeAsyncIterator() }

        func next() async -> Bool {
            var current = iterator
            return await current.next(isolation: self) != nil
        }
    }

    struct WatchFailure: Error, CustomStringConvertible {
        var folder: String
        var code: Int32
        var description: String { "The folder \(folder) cannot be watched: \(String(cString: strerror(code)))" }
    }

    private final class StopSignal: Sendable {
        let handle: Int32
        private let end: Int32

        init() {
            var ends: [Int32] = [-1, -1]
            _ = pipe(&ends)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (handle, end) = (ends[0], ends[1])
        }

        func raise() { _ = write(end, "x", 1) }

        deinit {
            close(handle)
            close(end)
        }
    }

    private struct Watcher: Sendable {
        let descriptor: Int32
        private let root: String
        private var folders: [Int32: String] = [:]

        init(descriptor: Int32, root: String) {
            self.descriptor = descriptor
            self.root = root
        }

        private static let events = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE)

        mutating func add(_ folder: String) throws(WatchFailure) {
            let watch = inotify_add_watch(descriptor, folder, Self.events)
            guard watch >= 0 else { throw WatchFailure(folder: folder, code: errno) }
            folders[watch] = folder
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where !name.hasPrefix(".")
            {
                var isFolder = false
                if FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder), isFolder {
                    try add("\(folder)/\(name)")
                }
            }
        }

        /// Waits for the next changes and collects what follows within a few milliseconds; nil when it should stop.
        mutating func next(stop: StopSignal) -> [String]? {
            var changed: Set<String> = []
            var timeout: Int32 = -1
            // A folder that never rests is told all the same.
            for _ in 0..<50 {
                var polls = [
                    pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: stop.handle, events: Int16(POLLIN), revents: 0),
                ]
                let ready = poll(&polls, 2, timeout)
                if polls[1].revents != 0 { return nil }
                if ready == 0 { return changed.sorted() }
                if ready > 0 { drain(into: &changed) }
                timeout = 20
            }
            return changed.sorted()
        }

        private mutating func drain(into changed: inout Set<String>) {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count <= 0 { return }
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.withUnsafeBytes {
                        $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    }
                    let nameStart = offset + MemoryLayout<inotify_event>.size
                    let name = String(
                        decoding: buffer[nameStart..<(nameStart + Int(event.len))].prefix { $0 != 0 }, as: UTF8.self)
                    offset = nameStart + Int(event.len)
                    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
                        // The kernel dropped events: everything may have changed.
                        try? add(root)
                        changed.formUnion(FlowFiles.below(root))
                        continue
                    }
                    if event.mask & UInt32(IN_IGNORED) != 0 { folders[event.wd] = nil }
                    guard let folder = folders[event.wd], !name.isEmpty, !name.hasPrefix(".") else { continue }
                    let path = "\(folder)/\(name)"
                    if event.mask & UInt32(IN_ISDIR) != 0 {
                        // What was put into a new folder before its watch is found by looking.
                        if (try? add(path)) != nil { changed.formUnion(FlowFiles.below(path)) }
                    } else if event.mask & UInt32(IN_CREATE) == 0 {
                        changed.insert(path)
                    }
                }
            }
        }
    }
}
