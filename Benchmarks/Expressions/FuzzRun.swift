import ExpressionFuzz
import Expressions
import FlowModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tries many templates one after the other and tells those that took too long, took too much memory or came out wrong.
/// A crash ends the process; the last line says near which input, and `--from N --trace` finds it.
struct FuzzRun {
    private let count: UInt64
    private let first: UInt64
    private let traces: Bool
    private let fuzzer: ExpressionFuzzer

    private static let batch: UInt64 = 500
    /// Seconds of processor time that one input may take, and KiB that a batch may add to the memory.
    private static let secondsLimit = 0.5
    private static let memoryLimit = 64 * 1024

    init(_ options: Options) {
        count = options["count"].flatMap(UInt64.init) ?? 10_000
        first = options["from"].flatMap(UInt64.init) ?? 0
        traces = options.has("trace")
        fuzzer = ExpressionFuzzer(
            seed: options["seed"].flatMap(UInt64.init) ?? 1, corpus: options["corpus"].map(Self.templates) ?? [])
    }

    /// The `template` of every line of a file of JSON objects.
    private static func templates(of path: String) -> [String] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var (text, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while case let read = fread(&buffer, 1, buffer.count, file), read > 0 { text += buffer[..<read] }
        return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSON.parse(Array(line)))?["template"]?.string
        }
    }

    /// The exit code: 0 when nothing was found.
    func run() -> Int32 {
        var (rendered, refused, faults) = (0, 0, 0)
        let (start, startTime) = (ContinuousClock.now, ProcessMemory.processorSeconds)
        var (slowest, slowestIndex, largest) = (0.0, UInt64(0), 0)
        let base = ProcessMemory.resident
        var index = first
        while index < first + count {
            let end = min(index + Self.batch, first + count)
            let before = ProcessMemory.resident
            ProcessMemory.forgetPeak()
            for current in index..<end {
                if traces { note("input \(current): \(String(reflecting: fuzzer.template(at: current)))") }
                let template = fuzzer.template(at: current)
                let since = ProcessMemory.processorSeconds
                let outcome = fuzzer.outcome(of: template, at: current)
                let took = ProcessMemory.processorSeconds - since
                if case .rendered = outcome { rendered += 1 } else { refused += 1 }
                if took > slowest { (slowest, slowestIndex) = (took, current) }
                if let fault = fuzzer.fault(outcome, of: template) { tell(fault, current, template, &faults) }
                if took > Self.secondsLimit { tell("took \(took) s", current, template, &faults) }
            }
            let grown = ProcessMemory.peak - before
            largest = max(largest, grown)
            if grown > Self.memoryLimit { memoryFault(index..<end, grown, &faults) }
            index = end
            if index % 100_000 == 0 { note("\(index) inputs, \(faults) faults, \(ProcessMemory.resident) KiB") }
        }
        let seconds = ContinuousClock.now - start
        note(
            "\(count) inputs of seed \(fuzzer.seed) from \(first): \(rendered) rendered, \(refused) refused, \(faults) faults;"
                + " \(seconds), \(ProcessMemory.processorSeconds - startTime) s of processor time; the slowest \(slowestIndex) took"
                + " \(slowest) s; the largest batch added \(largest) KiB; resident \(base) KiB before, \(ProcessMemory.resident) after"
        )
        return faults == 0 ? 0 : 1
    }

    /// Looks again which input of a batch took the memory.
    private func memoryFault(_ batch: Range<UInt64>, _ grown: Int, _ faults: inout Int) {
        for index in batch {
            let before = ProcessMemory.resident
            ProcessMemory.forgetPeak()
            let template = fuzzer.template(at: index)
            _ = fuzzer.outcome(of: template, at: index)
            let alone = ProcessMemory.peak - before
            if alone > Self.memoryLimit / 2 { tell("added \(alone) KiB (batch: \(grown))", index, template, &faults) }
        }
    }

    private func tell(_ what: String, _ index: UInt64, _ template: String, _ faults: inout Int) {
        faults += 1
        note(
            "FAULT input \(index) of seed \(fuzzer.seed): \(what): \(String(reflecting: String(template.prefix(2000))))"
        )
    }

    private func note(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
