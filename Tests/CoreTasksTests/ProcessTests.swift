import Glibc
import Synchronization
import Testing

@testable import CoreTasks

/// A process under test: what it wrote, and a way to wait until it has written something.
private final class Heard: Sendable {
    private struct State {
        var bytes: [ProcessStream: [UInt8]] = [:]
        var waiting: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    func take(_ stream: ProcessStream, _ piece: UnsafeRawBufferPointer) {
        state.withLock { state in
            state.bytes[stream, default: []] += piece
            let text = String(decoding: state.bytes[.output] ?? [], as: UTF8.self)
            for waiter in state.waiting where text.contains(waiter.text) { waiter.continuation.resume() }
            state.waiting.removeAll { text.contains($0.text) }
        }
    }

    func bytes(_ stream: ProcessStream) -> [UInt8] { state.withLock { $0.bytes[stream] ?? [] } }
    var text: String { String(decoding: bytes(.output), as: UTF8.self) }

    func wait(for text: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if String(decoding: state.bytes[.output] ?? [], as: UTF8.self).contains(text) { return true }
                state.waiting.append((text, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

private func command(_ script: String, mark: String = "TEST_MARK=none") -> ProcessCommand {
    ProcessCommand(
        arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin", mark], folder: "/tmp")
}

private let hasty = ProcessPatience(grace: .milliseconds(200), drain: .milliseconds(200))

/// Whether a process is there and no zombie.
private func isAlive(_ id: pid_t) -> Bool {
    guard kill(id, 0) == 0 else { return false }
    guard let file = try? LocalFile("/proc/\(id)/stat", for: .reading), let bytes = try? file.read() else {
        return false
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.split(separator: ")").last?.split(separator: " ").first != "Z"
}

private func openFiles() throws -> Int {
    var count = 0
    for descriptor in 0..<Int32(4096) where fcntl(descriptor, F_GETFD) >= 0 { count += 1 }
    return count
}

@Suite(.serialized) struct ProcessTests {
    @Test func `Exit codes and signals are told apart`() async throws {
        #expect(try await ProcessRun.run(command("exit 3")) { _, _ in }.end == .exited(3))
        #expect(try await ProcessRun.run(command("kill -TERM $$")) { _, _ in }.end == .signalled(SIGTERM))
    }

    @Test func `A program that is not there is told by name`() async {
        let nothing = ProcessCommand(arguments: ["no-such-program"], environment: [], folder: "/tmp")
        await #expect(throws: SpawnError.self) { try await ProcessRun.run(nothing) { _, _ in } }
        let nowhere = ProcessCommand(arguments: ["/bin/true"], environment: [], folder: "/no/such/folder")
        await #expect(throws: SpawnError.self) { try await ProcessRun.run(nowhere) { _, _ in } }
    }

    @Test func `The input is empty and signals are as usual`() async throws {
        let heard = Heard()
        let script = "cat; ls /proc/self/fd; sed -n 's/SigIgn:.//p; s/SigBlk:.//p' /proc/self/status"
        _ = try await ProcessRun.run(command(script)) { heard.take($0, $1) }
        let lines = heard.text.split(separator: "\n")
        #expect(lines.prefix(4) == ["0", "1", "2", "3"])  // 3 is the folder that ls reads
        #expect(lines.count == 6)
        for line in lines.dropFirst(4) { #expect(UInt64(line, radix: 16).map { $0 & 0x7FFF_FFFF } == 0) }
    }

    @Test func `Megabytes of binary output come whole`() async throws {
        let heard = Heard()
        _ = try await ProcessRun.run(command("head -c 20000000 /dev/zero; head -c 1000 /dev/zero >&2")) {
            heard.take($0, $1)
        }
        #expect(heard.bytes(.output).count == 20_000_000)
        #expect(heard.bytes(.errors).count == 1000)
    }

    @Test func `Cancelling ends the whole tree, also what changed its session or ignores SIGTERM`() async throws {
        let heard = Heard()
        let mark = "TEST_MARK=\(UInt64.random(in: .min ... .max))"
        let script = """
            trap '' TERM
            sleep 1000 & echo $!
            setsid sh -c 'sleep 1000 & echo $!; trap "" TERM; echo $$; while :; do sleep 0.05; done' &
            (setsid sh -c 'echo $$; exec sleep 1000' > /proc/$$/fd/1 &)
            while [ -e /proc/$$ ]; do sleep 0.05; done
            """
        let run = Task {
            try await ProcessRun.run(command(script, mark: mark), patience: hasty, mark: mark) { heard.take($0, $1) }
        }
        while heard.text.split(separator: "\n").count < 4 { await Task.yield() }
        let ids = heard.text.split(separator: "\n").compactMap { pid_t($0) }
        #expect(ids.count == 4)
        #expect(ids.allSatisfy(isAlive))
        run.cancel()
        let report = try await run.value
        #expect(report.wasStopped)
        #expect(report.end == .signalled(SIGKILL))
        for id in ids { #expect(!isAlive(id)) }
    }

    @Test(arguments: [false, true])
    func `What changed its session and holds no output is ended with its run`(isCancelled: Bool) async throws {
        let heard = Heard()
        let mark = "TEST_MARK=\(UInt64.random(in: .min ... .max))"
        // Leaves the group and the outputs, and does not listen: only its environment says whose it is.
        let script = """
            echo '#!/bin/sh\ntrap "" TERM HUP\necho $$ > "$1"\nwhile :; do sleep 0.05; done' > "$FILE.sh"
            (setsid sh "$FILE.sh" "$FILE" > /dev/null 2>&1 < /dev/null &)
            while [ ! -s "$FILE" ]; do sleep 0.02; done
            cat "$FILE"; rm "$FILE" "$FILE.sh"
            \(isCancelled ? "while :; do sleep 0.02; done" : "exit 0")
            """
        var command = command(script, mark: mark)
        command.environment.append("FILE=/tmp/sluice-test-\(UInt64.random(in: .min ... .max))")
        let run = Task { [command] in
            try await ProcessRun.run(command, patience: hasty, mark: mark) { heard.take($0, $1) }
        }
        await heard.wait(for: "\n")
        if isCancelled { run.cancel() }
        let report = try await run.value
        let id = try #require(pid_t(heard.text.split(separator: "\n")[0]))
        #expect(report.wasStopped == isCancelled && report.leftProcesses != isCancelled)
        #expect(!isAlive(id))
        #expect(kill(id, 0) != 0 || !Orphans.comeHere, "it is reaped too")
    }

    @Test func `At the end of the server nothing is asked`() async throws {
        let heard = Heard()
        var command = command("trap '' TERM; echo up; while :; do sleep 0.02; done")
        command.folder = "/usr"
        let run = Task { [command] in try await ProcessRun.run(command) { heard.take($0, $1) } }
        await heard.wait(for: "up")
        run.cancel()
        await ProcessRun.endAll(in: "/usr")
        #expect(try await run.value.end == .signalled(SIGKILL))
    }

    @Test func `A program that listens to SIGTERM ends by itself`() async throws {
        let heard = Heard()
        let run = Task {
            try await ProcessRun.run(command("trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.02; done")) {
                heard.take($0, $1)
            }
        }
        await heard.wait(for: "up")
        run.cancel()
        let report = try await run.value
        #expect(report.end == .exited(5))
        #expect(heard.text == "up\nbye\n")
    }

    @Test func `A run cancelled before it began starts nothing`() async throws {
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await ProcessRun.run(command("echo started")) { _, _ in Issue.record("it was started") }
        }
        #expect(try await run.value.wasStopped)
    }

    @Test func `Processes left behind do not hold a run for ever`() async throws {
        let heard = Heard()
        let report = try await ProcessRun.run(command("sleep 1000 & echo $!"), patience: hasty) { heard.take($0, $1) }
        #expect(report.end == .exited(0))
        #expect(report.leftProcesses)
        let id = try #require(pid_t(heard.text.split(separator: "\n")[0]))
        while isAlive(id) { await Task.yield() }
    }

    @Test func `While there is no room the program waits, and nothing is lost`() async throws {
        let heard = Heard()
        let asked = Atomic(0)
        let report = try await ProcessRun.run(
            command("seq 1 100000; echo FATAL >&2; exit 1"),
            room: { again in
                // No room the first time and every third time; it comes a little later, from elsewhere.
                guard asked.wrappingAdd(1, ordering: .relaxed).oldValue % 3 == 0 else { return true }
                Task { again() }
                return false
            }
        ) { heard.take($0, $1) }
        #expect(report.end == .exited(1) && !report.leftProcesses)
        #expect(heard.bytes(.output).count { $0 == UInt8(ascii: "\n") } == 100_000)
        #expect(heard.bytes(.errors) == Array("FATAL\n".utf8))
    }

    @Test func `Without room a run ends, with what is in the pipes`() async throws {
        let heard = Heard()
        let report = try await ProcessRun.run(command("seq 1 5000"), patience: hasty, room: { _ in false }) {
            heard.take($0, $1)
        }
        #expect(report.end == .exited(0) && !report.leftProcesses)
        #expect(heard.text.hasSuffix("\n4999\n5000\n"))
    }

    @Test func `A program that waits for room can be stopped`() async throws {
        let (full, noRoom) = AsyncStream.makeStream(of: Void.self)
        let run = Task {
            try await ProcessRun.run(
                command("yes"), patience: hasty,
                room: { _ in
                    noRoom.yield()
                    return false
                }
            ) { _, _ in }
        }
        for await _ in full { break }
        run.cancel()
        let report = try await run.value
        #expect(report.end == .signalled(SIGTERM) && report.wasStopped && !report.leftProcesses)
    }

    @Test func `Output that comes after the end of the program is waited for`() async throws {
        let heard = Heard()
        let report = try await ProcessRun.run(command("(sleep 0.1; echo late) & echo early")) { heard.take($0, $1) }
        #expect(heard.text == "early\nlate\n")
        #expect(!report.leftProcesses)
    }

    @Test func `200 runs at once leave no open file`() async throws {
        _ = try await ProcessRun.run(command("true")) { _, _ in }
        let before = try openFiles()
        try await withThrowingTaskGroup(of: ProcessEnd.self) { group in
            for number in 0..<200 {
                group.addTask { try await ProcessRun.run(command("echo x; exit \(number)")) { _, _ in }.end }
            }
            var codes: Set<Int32> = []
            for try await end in group { codes.insert(end.code) }
            #expect(codes == Set(0..<200))
        }
        // Other tests open files meanwhile, but not as many as runs that forgot one each.
        #expect(try openFiles() < before + 100)
    }
}

@Suite struct LineSplitterTests {
    private func lines(_ pieces: [UInt8]...) -> [String] {
        var splitter = LineSplitter()
        var lines: [String] = []
        for piece in pieces { piece.withUnsafeBytes { splitter.take($0) { lines.append($0) } } }
        splitter.finish { lines.append($0) }
        return lines
    }

    @Test func `Line ends may be cut anywhere`() {
        #expect(lines(Array("a\r".utf8), Array("\nb\r".utf8), Array("\rc".utf8)) == ["a", "b", "", "c"])
        #expect(lines(Array("a".utf8), Array("b\n".utf8), []) == ["ab"])
        #expect(lines([]) == [])
    }

    @Test func `Long lines come in pieces that keep characters whole`() {
        let text = String(repeating: "ä", count: 70_000)
        let pieces = lines(Array(("x" + text).utf8))
        #expect(pieces.joined() == "x" + text)
        #expect(pieces.allSatisfy { $0.utf8.count <= LineSplitter.longestLine })
    }

    @Test func `Bytes that are no text do no harm`() {
        #expect(lines([0xFF, 0x00, 0x0A, 0xC3]) == ["\u{FFFD}\u{0}", "\u{FFFD}"])
    }
}
