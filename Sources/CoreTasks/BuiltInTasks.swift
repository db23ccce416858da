import TaskKit

/// The tasks that come with the program. A task is known by its line here.
public enum BuiltInTasks {
    public static let all: [TaskKind.Work] = instant + runnable + scripts

    /// Ends the scripts that still run, and gives back what the tasks share: the connections of HTTP requests. To be called
    /// when no task is waited for any more.
    public static func close() async {
        await ProcessRun.endAll()
        await HTTPConnections.shared.close()
    }

    private static let instant: [TaskKind.Work] = [
        .instant(WriteLog.self),
        .instant(ReturnValue.self),
        .instant(Echo.self),
        .instant(OutputValues.self),
        .instant(FailExecution.self),
        .instant(AssertConditions.self),
    ]

    private static let runnable: [TaskKind.Work] = [
        .runnable(Sleep.self),
        .runnable(SetKey.self),
        .runnable(GetKey.self),
        .runnable(ListKeys.self),
        .runnable(DeleteKey.self),
        .runnable(HTTPRequestTask.self),
        .runnable(HTTPDownloadTask.self),
        .runnable(WriteFile.self),
        .runnable(ConcatFiles.self),
        .runnable(SplitFile.self),
        .runnable(ReverseFile.self),
        .runnable(FileSize.self),
        .runnable(DeleteFile.self),
        .runnable(FilterItems.self),
        .runnable(DeduplicateItems.self),
        .runnable(LocalFilesTask.self),
        .runnable(PurgeExecutionFiles.self),
    ]

    private static let scripts: [TaskKind.Work] =
        [.runnable(PythonScriptTask.self), .runnable(PythonCommandsTask.self)]
        + tasks(Shell.self) + tasks(Node.self) + tasks(Ruby.self) + tasks(Go.self)
        + tasks(Bun.self) + tasks(Deno.self) + tasks(Julia.self) + tasks(PHP.self) + tasks(Perl.self)
        + tasks(Lua.self) + tasks(R.self) + tasks(Groovy.self) + tasks(JBang.self) + tasks(DotNet.self)
        + tasks(PowerShell.self)

    private static func tasks<Language: ScriptLanguage>(_ language: Language.Type) -> [TaskKind.Work] {
        [.runnable(ScriptTask<Language>.self), .runnable(CommandsTask<Language>.self)]
    }
}
