import FlowModel
import Synchronization
import TaskKit

/// Listens to the outputs of a script: lines go to the run's log, messages of the form `::{…}::` are carried out.
/// Source: engine spec §6.9, since-0.20 §7.
final class ScriptListener: Sendable {
    /// A message may have as many bytes, and so may all messages of a run that give outputs together.
    static let mostMessageBytes = 8 * 1024 * 1024
    /// As much of a message that cannot be understood is shown.
    private static let shownCharacters = 1000

    struct Heard {
        var vars: ValueMap = [:]
        var outputLines = 0
        var errorLines = 0
        /// Why outputs that were told are not among `vars`: the run has failed.
        var refusal: String?
    }

    private struct State {
        var heard = Heard()
        var output = LineSplitter()
        var errors = LineSplitter()
        var outputBytes = 0
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
                state.heard.outputLines += refuse(&splitter, &state)
                state.output = splitter
            case .errors:
                var splitter = state.errors
                state.errors = LineSplitter()
                splitter.take(bytes) { take($0, .errors, &state) }
                state.heard.errorLines += refuse(&splitter, &state)
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
            state.heard.outputLines += refuse(&output, &state)
            state.heard.errorLines += refuse(&errors, &state)
            (state.output, state.errors) = (output, errors)
            return state.heard
        }
    }

    /// Notes the messages that were too long, and tells how many they were.
    private func refuse(_ splitter: inout LineSplitter, _ state: inout State) -> Int {
        guard let bytes = splitter.tooLong.first else { return 0 }
        let count = splitter.tooLong.count
        splitter.tooLong = []
        refuse("a line `::{…}::` of \(bytes) bytes", &state)
        return count
    }

    private func refuse(_ what: String, _ state: inout State) {
        if state.heard.refusal != nil { return }
        state.heard.refusal =
            "The script printed \(what); at most \(Self.mostMessageBytes) bytes are taken: "
            + "write large values to a file and name it in `outputFiles`"
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
        guard let message = message(in: line) else { return }
        switch message["outputs"] {
        case nil, .null?: break
        case .map(let outputs)?:
            state.outputBytes += line.utf8.count
            guard state.outputBytes <= Self.mostMessageBytes else {
                refuse("outputs of more than \(state.outputBytes) bytes together", &state)
                break
            }
            for (name, value) in outputs { state.heard.vars[name] = value }
        case let other?:
            log.warn("Invalid outputs '\(Self.shown(other.printed()))': they are no map of names and values")
        }
        for entry in message["metrics"]?.list ?? [] { take(metric: entry) }
        for entry in message["logs"]?.list ?? [] {
            guard let text = entry["message"]?.printed() else { continue }
            log(entry["level"]?.string.flatMap { LogLevel(name: $0) } ?? .info, text)
        }
    }

    private func message(in line: String) -> ValueMap? {
        let text = String(decoding: line.utf8.dropFirst(2).dropLast(2), as: UTF8.self)
        do throws(Problem) {
            if case .map(let message) = try JSON.parse(text) { return message }
            log.warn("Invalid outputs '\(Self.shown(text))': it is no JSON object")
        } catch {
            let place = error.place.map { " at character \($0.column) of the JSON" } ?? ""
            log.warn("Invalid outputs '\(Self.shown(text))'\(place): \(error.what)")
        }
        return nil
    }

    private static func shown(_ text: String) -> String {
        text.utf8.count <= shownCharacters ? text : "\(text.prefix(shownCharacters))…"
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
