import ArgumentParser
import FlowModel

/// The program: server, local runner and remote client in one.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "A workflow engine whose flows live in Git.",
        version: Program.version,
        subcommands: [
            ServerCommand.self, RunCommand.self, ValidateCommand.self, FlowCommand.self, ExecCommand.self,
            TriggerCommand.self, TypeCommand.self, SchemaCommand.self, CronCommand.self, RenderCommand.self,
            GitTransportCommand.self,
        ])
}
