import ArgumentParser
import GitSync

/// The child process in which libgit2 talks to a network: it can be killed, which the library cannot.
struct GitTransportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: GitChild.subcommand, shouldDisplay: false)

    func run() throws { throw ExitCode(GitChild.run()) }
}
