import Testing

@testable import CLI

@Suite struct CommandRunTests {
    @Test(arguments: [
        (["serve"], "sluice", "serve"), (["exec", "strat", "a/b"], "sluice exec", "strat"),
        (["executions", "x"], "sluice exec", "x"), (["flow", ""], "sluice flow", ""),
        (["help", "frob"], "sluice", "frob"),
        (["exec", "help", "x"], "sluice exec", "x"),
    ])
    func `a word where a command is expected is told`(_ words: [String], _ command: String, _ word: String) {
        let unknown = CommandRun(words: words).unknown
        #expect(unknown?.command == command && unknown?.word == word)
        #expect(unknown?.known.contains("_git-transport") == false)
    }

    @Test(arguments: [
        [], ["--version"], ["help", "exec"], ["exec", "--help"], ["flows", "list", "anything"],
        ["run", "nothing.yaml"],
        ["exec"], ["cron", "* * * * *"], ["type", "list", "log"],
    ])
    func `other words are left to their command`(_ words: [String]) {
        #expect(CommandRun(words: words).unknown == nil)
    }

    @Test func `help may stand after a command that has others`() {
        #expect(CommandRun(words: ["exec", "help", "start"]).words == ["help", "exec", "start"])
        #expect(CommandRun(words: ["run", "help"]).words == ["run", "help"])
        #expect(CommandRun(words: ["type", "list", "help"]).words == ["type", "list", "help"])
    }

    @Test(arguments: [("1", 1), ("10000", 10_000)])
    func `a limit is a whole number`(_ text: String, _ number: Int) throws { #expect(try Limit.read(text) == number) }

    @Test(arguments: ["0", "-5", "abc", "10001", "", "1.5"])
    func `another limit is refused`(_ text: String) { #expect(throws: (any Error).self) { try Limit.read(text) } }
}
