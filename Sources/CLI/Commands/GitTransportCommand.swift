import ArgumentParser
import GitSync

/// The child process in which libgit2 talks to a network: it can be killed, which the library cannot.
struct GitTransportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "git-transport", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

    func run() throws { throw ExitCode(runGitChild(arguments: arguments)) }
}
