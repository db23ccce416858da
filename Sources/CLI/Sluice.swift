import ArgumentParser
import FlowModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The program: server, local runner and remote client in one.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "A workflow engine whose flows live in Git.",
        discussion: """
            Exit code 0: done; 1: the answer is no (an execution that failed, a flow that is not valid); 2: wrong usage, a bad \
            file or configuration; 3: no server; 4: not allowed; 5: no such object; 6: conflict; 7: gave up waiting.
            """,
        version: Program.version,
        subcommands: [
            ServerCommand.self, RunCommand.self, ValidateCommand.self, FlowCommand.self, ExecCommand.self,
            TriggerCommand.self, TypeCommand.self, SchemaCommand.self, CronCommand.self, RenderCommand.self,
            VersionCommand.self, GitTransportCommand.self,
        ])

    static func main() async {
        // A reader that leaves early (`| head`) is no reason to die halfway: what is written to it is dropped.
        signal(SIGPIPE, SIG_IGN)
        exit(withError: ExitCode(await CommandRun(words: Array(CommandLine.arguments.dropFirst())).ended()))
    }
}
