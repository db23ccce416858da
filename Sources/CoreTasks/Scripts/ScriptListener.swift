import FlowModel
import Synchronization
import TaskKit

/// Listens to the outputs of a script: lines go to the run's log, messages of the form `::{…}::` are carried out.
/// Source: engine spec §6.9, since-0.20 §7.
final class ScriptListener: Sendable {
    /// All messages of a run together may have as many bytes.
    static let mostMessageBytes = 8 * 1024 * 1024

    struct Heard {
        var vars: ValueMap = [:]
        var outputLines = 0
        var errorLines = 0
    }

    private struct State {
        var heard = Heard()
        var output = LineSplitter()
        var errors = LineSplitter()
        var messageBytes = 0
    }

    private let log: RunLog
    private let metrics: RunMetrics
    private let state = Mutex(State())

    init(log: RunLog, metrics: RunMetrics) {
        self.log = log
        self.metrics = metrics
    }

    /// Takes the next piece of an output.
    func take(_ stream: ProcessStream, _ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            switch stream {
            case .output:
                var splitter = state.output
                state.output = LineSplitter()
                splitter.take(bytes) { take($0, .output, &state) }
                state.output = splitter
            case .errors:
                var splitter = state.errors
                state.errors = LineSplitter()
                splitter.take(bytes) { take($0, .errors, &state) }
                state.errors = splitter
            }
        }
    }

    /// Takes the ends of both outputs and tells what was heard.
    func finish() -> Heard {
        state.withLock { state in
            var (output, errors) = (state.output, state.errors)
            output.finish { take($0, .output, &state) }
            errors.finish { take($0, .errors, &state) }
            (state.output, state.errors) = (output, errors)
            return state.heard
        }
    }

    private func take(_ line: String, _ stream: ProcessStream, _ state: inout State) {
        switch stream {
        case .output: state.heard.outputLines += 1
        case .errors: state.heard.errorLines += 1
        }
        guard line.hasPrefix("::{"), line.hasSuffix("}::"), line.utf8.count >= 6 else {
            log(stream == .output ? .info : .error, line)
            return
        }
        state.messageBytes += line.utf8.count
        guard state.messageBytes <= Self.mostMessageBytes else {
            log.warn("A message is left out: those of this run have more than \(Self.mostMessageBytes) bytes together")
            return
        }
        let text = String(line.dropFirst(2).dropLast(2))
        guard case .map(let message)? = try? JSON.parse(text) else {
            log.warn("Invalid outputs '\(text)'")
            return
        }
        if case .map(let outputs)? = message["outputs"] {
            for (name, value) in outputs { state.heard.vars[name] = value }
        }
        for entry in message["metrics"]?.list ?? [] { take(metric: entry) }
        for entry in message["logs"]?.list ?? [] {
            guard let text = entry["message"]?.printed() else { continue }
            log(entry["level"]?.string.flatMap { LogLevel(name: $0) } ?? .info, text)
        }
    }

    private func take(metric entry: Value) {
        guard let name = entry["name"]?.string, let value = entry["value"]?.metricNumber, value.isFinite,
            let kind = RunMetric.Kind(rawValue: entry["type"]?.string?.lowercased() ?? "counter")
        else {
            return log.warn(
                "Invalid metric '\(entry.printed())': it needs a name, a number as value, and counter, timer or gauge as type"
            )
        }
        let tags = (entry["tags"]?.map ?? [:]).map { Label(key: $0.key, value: $0.value.printed()) }
        // Timers are told in seconds.
        let metric = RunMetric(kind, name, kind == .timer ? value * 1000 : value, tags: tags)
        if !metrics.add(metric) { log.warn("The metric '\(name)' is left out: a run tells at most \(RunMetrics.most)") }
    }
}

extension Value {
    /// The number of a metric; nil for anything else.
    fileprivate var metricNumber: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .float(let number): Double(number)
        case .decimal(let number): number.double
        case .string(let text): Double(text)
        default: nil
        }
    }
}
