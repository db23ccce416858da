import ArgumentParser
import FlowModel

/// One command line, carried out: every refusal in one form, every end with the code that the documentation names.
struct CommandRun {
    let words: [String]

    init(words: [String]) {
        // `sluice exec help start` is `sluice help exec start`.
        let end = words.firstIndex { $0 == "help" || $0.hasPrefix("-") } ?? words.endIndex
        let isHelp = (1...2).contains(end) && end < words.endIndex && words[end] == "help"
        let parent = Self.search(words.prefix(isHelp ? end : 0))
        let moves = isHelp && parent.unknown == nil && parent.hasCommands
        self.words = moves ? ["help"] + words[..<end] + words[(end + 1)...] : words
    }

    /// Carries it out and gives the exit code.
    func ended() async -> Int32 { Console.code(await code()) }

    private func code() async -> Int32 {
        if let unknown { return tell(unknown) }
        do {
            var command = try await Sluice.asyncParseAsRoot(words)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return tell(error)
        }
    }

    private func tell(_ unknown: Unknown) -> Int32 {
        let fix =
            unknown.known.closest(to: unknown.word).map { "did you mean \"\($0)\"?" }
            ?? "use one of: \(unknown.known.joined(separator: ", "))"
        Console.note("error: \(unknown.command) has no command \"\(unknown.word)\"\n   fix: \(fix)")
        return Exit.usage.rawValue
    }

    private func tell(_ error: any Error) -> Int32 {
        switch Sluice.exitCode(for: error) {
        case .success:
            Console.out(Sluice.fullMessage(for: error))
            return 0
        case .validationFailure:
            let message = Sluice.message(for: error)
            Console.note(
                "error: \(message.prefix(1).lowercased())\(message.dropFirst())\n   fix: see `\(command) --help`")
            return Exit.usage.rawValue
        case let code:
            let message = Sluice.message(for: error)  // empty where the command has told already
            if !message.isEmpty { Console.note("error: \(message)") }
            return code.rawValue
        }
    }

    /// A word where a command was expected, and the commands that there are.
    struct Unknown: Equatable {
        var command: String
        var word: String
        var known: [String]
    }

    /// The command that the words name, as a user writes it: `sluice exec start`.
    private var command: String { found.names.joined(separator: " ") }

    /// The first word that should name a command and does not.
    var unknown: Unknown? { found.unknown }

    private var found: Search { Self.search(words.first == "help" ? words.dropFirst() : words[...]) }

    private struct Search {
        var names = ["sluice"]
        var hasCommands = true
        var unknown: Unknown?
    }

    private static func search(_ words: ArraySlice<String>) -> Search {
        var search = Search()
        var type: any ParsableCommand.Type = Sluice.self
        for word in words {
            let below = type.configuration.subcommands
            if below.isEmpty || word.hasPrefix("-") || word == "help" { break }
            guard let next = below.first(where: { Self.names(of: $0).contains(word) }) else {
                let known = below.filter { $0.configuration.shouldDisplay }.flatMap { Self.names(of: $0) }
                search.unknown = Unknown(command: search.names.joined(separator: " "), word: word, known: known)
                break
            }
            search.names.append(Self.names(of: next)[0])
            type = next
        }
        search.hasCommands = !type.configuration.subcommands.isEmpty
        return search
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command.configuration.commandName ?? String(describing: command).lowercased()] + command.configuration.aliases
    }
}
