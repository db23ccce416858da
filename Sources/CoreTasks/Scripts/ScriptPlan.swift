import FlowModel
import TaskKit

/// What a flow says about a script, in the form that all languages share.
struct ScriptPlan: Sendable {
    enum Work: Sendable {
        /// A script: one text.
        case script(Value)
        /// Commands: a list of texts, or a text with a JSON list.
        case commands(Value)
    }

    var language: LanguageFacts
    /// Unrendered, like all values here: `workingDir` and its like are only known later.
    var work: Work
    var beforeCommands: Value?
    var interpreter: [String]?
    var failFast = true
    var env: Value?
    var inputFiles: Value?
    var outputFiles: [String] = []
    var namespaceFiles: NamespaceFiles?
    var warnsOnErrorOutput = false
    var hasOutputFolder = false
    var taskRunner: Value?
    var runner: String?
    /// What is installed before a Python script runs.
    var packages: PythonPackages?

    /// Whether the commands or the script hold expressions.
    var hasExpressions: Bool {
        switch work {
        case .script(let value), .commands(let value):
            value.holdsExpressions || beforeCommands?.holdsExpressions ?? false
        }
    }

    /// Whether the interpreter is the language's own or another shell, so that it understands what is put in front.
    var isForLanguageShell: Bool {
        guard let program = interpreter?.first else { return true }
        let name = program.split(separator: "/").last.map(String.init) ?? program
        return program == language.interpreter.first || ["sh", "bash", "dash", "ash", "zsh", "ksh"].contains(name)
    }

    /// Checks where the script is to run. Without a runner, and with one that is not here, it is a process of this machine.
    /// - Throws: for runners of other machines.
    func checkRunner(_ log: RunLog) throws(TaskFailure) {
        let type = taskRunner?["type"]?.string ?? (runner.map { "runner \($0)" } ?? "")
        if type.isEmpty || type.hasSuffix(".Process") || type == "runner PROCESS" { return }
        guard type.lowercased().contains("docker") else {
            throw .property(
                "taskRunner", "names `\(type)`, which is not available here",
                fix: "use io.kestra.plugin.core.runner.Process")
        }
        log.warn("Containers are not available: the task runs as a process of this server, not in its image")
    }
}

extension Value {
    fileprivate var holdsExpressions: Bool {
        switch self {
        case .string(let text): text.contains("{{") || text.contains("{%")
        case .list(let items): items.contains { $0.holdsExpressions }
        default: false
        }
    }

    /// The texts of a rendered list, or of a text with a JSON list; any other text is a list of one.
    var commandTexts: [String] {
        switch self {
        case .null: return []
        case .list(let items): return items.filter { !$0.isNull }.map { $0.printed() }
        case .string(let text):
            if text.utf8.first(where: { $0 != 0x20 && $0 != 0x0A }) == UInt8(ascii: "["),
                case .list(let items)? = try? JSON.parse(text)
            {
                return items.filter { !$0.isNull }.map { $0.printed() }
            }
            return [text]
        default: return [printed()]
        }
    }

    /// A rendered map, or a text with a JSON object; nil for anything else.
    var mapOrJSON: ValueMap? {
        switch self {
        case .null: return [:]
        case .map(let members): return members
        case .string(let text):
            guard !text.isEmpty else { return [:] }
            return (try? JSON.parse(text))?.map
        default: return nil
        }
    }
}
