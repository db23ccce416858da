import Foundation

/// How a program ended, and what it said.
struct Ended: Sendable {
    var status: Int32
    var output: String
    var errors: String
}

/// A started program. It is killed when its owner lets go of it.
final class Child: Sendable {
    private let process: Process
    private let errorsFile: String
    private let reading: FileHandle
    private let ending: Ending

    init(
        _ program: String, _ arguments: [String], at folder: String, environment: [String: String] = [:],
        input: String? = nil
    ) throws {
        errorsFile = NSTemporaryDirectory() + "/sluice-errors-" + UUID().uuidString
        _ = FileManager.default.createFile(atPath: errorsFile, contents: nil)
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLUICE_") }
            .merging(environment) { $1 }
        let (output, entry) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: errorsFile)
        process.standardInput = entry
        reading = output.fileHandleForReading
        ending = Ending()
        process.terminationHandler = { [ending] in ending.tell($0.terminationStatus) }
        try process.run()
        if let input { try entry.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try entry.fileHandleForWriting.close()
    }

    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: errorsFile)
    }

    var errors: String { (try? String(contentsOfFile: errorsFile, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

    /// Its exit code; the number of the signal that ended it.
    func status() async -> Int32 { await ending.wait() }

    /// Waits for its end.
    func ended() async -> Ended {
        let output = await rest()
        return Ended(status: await status(), output: output, errors: errors)
    }

    /// All that it still writes on standard output.
    private func rest() async -> String {
        await blocking { [reading] in String(decoding: (try? reading.readToEnd()) ?? Data(), as: UTF8.self) }
    }

    /// Standard output up to a line that holds this text, or to its end.
    func output(until text: String) async -> String {
        await blocking { [reading] in
            var seen = ""
            while !seen.contains(text) {
                let more = reading.availableData
                guard !more.isEmpty else { break }
                seen += String(decoding: more, as: UTF8.self)
            }
            return seen
        }
    }
}

/// Runs a call that waits apart from Swift's own threads.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: work()) }.start()
    }
}

/// The end of a process, for everyone who waits for it.
private final class Ending: Sendable {
    private nonisolated(unsafe) var status: Int32?
    private nonisolated(unsafe) var waiting: [CheckedContinuation<Int32, Never>] = []
    private let lock = NSLock()

    func tell(_ status: Int32) {
        let told = lock.withLock {
            self.status = status
            defer { waiting = [] }
            return waiting
        }
        for one in told { one.resume(returning: status) }
    }

    func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let known: Int32? = lock.withLock {
                if status == nil { waiting.append(continuation) }
                return status
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
