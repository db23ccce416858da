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

/// Measures the template language, and looks for what breaks it.
///
///     ExpressionBench measure [--json] [--seconds 1]
///     ExpressionBench fuzz [--count 10000] [--seed 1] [--from 0] [--corpus cases.jsonl] [--trace]
///     ExpressionBench hostile                  each template that wants everything: seconds, MiB, name, error
///     ExpressionBench lines [--recursive]      answers `render --jsonl`
@main
enum ExpressionBench {
    static func main() {
        let options = Options(CommandLine.arguments.dropFirst())
        switch options.command {
        case "measure": Measuring(seconds: Double(options["seconds"] ?? "1") ?? 1).run(asJSON: options.has("json"))
        case "fuzz": exit(FuzzRun(options).run())
        case "hostile":
            for (name, template) in HostileTemplates.all {
                let found = HostileTemplates.tried(name, template)
                print(found.seconds, found.grownKiB / 1024, name, found.error?.message.prefix(150) ?? "NO ERROR")
            }
        case "lines":
            let lines = RenderLines(
                now: Instant(seconds: 1_767_225_600, nanoseconds: 123_456_000), recursive: options.has("recursive"))
            while let line = readLine() { print(lines.answer(to: line)) }
        default:
            print(
                "ExpressionBench measure [--json] | fuzz --count N --seed S [--from N] [--corpus FILE] | hostile | lines"
            )
            exit(2)
        }
    }
}

/// `--name value` and `--flag`.
struct Options {
    let command: String
    private let words: [String]

    init(_ arguments: ArraySlice<String>) {
        command = arguments.first ?? ""
        words = Array(arguments.dropFirst())
    }

    func has(_ name: String) -> Bool { words.contains("--" + name) }

    subscript(_ name: String) -> String? {
        guard let place = words.firstIndex(of: "--" + name), place + 1 < words.count else { return nil }
        return words[place + 1]
    }
}
