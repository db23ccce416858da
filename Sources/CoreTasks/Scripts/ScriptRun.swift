import FlowModel
import TaskKit

/// One run of a script as a process of this machine. Source: engine spec §6.8, §6.9; since-0.20 §7.
struct ScriptRun: Sendable {
    /// Longer command texts go through a file, as do those with expressions: Linux takes at most 128 KiB as one argument.
    private static let longestArgument = 100 * 1024

    let plan: ScriptPlan
    let context: RunContext
    let folder: WorkingDirectory
    /// What templates see besides: `workingDir`, `outputDir`, `outputFiles`.
    private let variables: ValueMap
    private let outputFolder: String?

    /// Runs a script in its own working directory, or the one it shares, and cleans up.
    static func run(_ plan: ScriptPlan, _ context: RunContext) async throws(TaskFailure) -> ScriptOutputs {
        try plan.checkRunner(context.log)
        let folder = try WorkingDirectory.forRun(context)
        let outcome: Result<ScriptOutputs, TaskFailure>
        do throws(TaskFailure) {
            outcome = .success(try await ScriptRun(plan, context, in: folder).run())
        } catch {
            outcome = .failure(error)
        }
        if WorkingDirectory.shared == nil { await folder.removeElsewhere() }
        return try outcome.get()
    }

    private init(_ plan: ScriptPlan, _ context: RunContext, in folder: WorkingDirectory) throws(TaskFailure) {
        self.plan = plan
        self.context = context
        self.folder = folder
        outputFolder = plan.hasOutputFolder ? try folder.outputFolder() : nil
        var variables: ValueMap = ["workingDir": .string(folder.path)]
        if let outputFolder { variables["outputDir"] = .string(outputFolder) }
        if !plan.outputFiles.isEmpty {
            variables["outputFiles"] = .map(
                ValueMap(
                    plan.outputFiles.map { ($0, .string("\(folder.path)/\($0)")) },
                    uniquingKeysWith: { first, _ in first }
                ))
        }
        self.variables = variables
    }

    private func run() async throws(TaskFailure) -> ScriptOutputs {
        try await plan.namespaceFiles?.copy(to: folder, for: context)
        if let files = plan.inputFiles {
            try await InputFiles(files: try context.render(files, adding: variables)).write(to: folder, for: context)
        }
        let packages = try await plan.packages?.folder(for: context, near: folder)
        var fetched: [String: String] = [:]
        var scriptFile: String?
        let text = try await commandText(&fetched, &scriptFile)
        let command = ProcessCommand(
            arguments: try await arguments(for: text), environment: try environment(packages: packages),
            folder: folder.path)
        let listener = ScriptListener(log: context.log, metrics: context.metrics)
        let report: ProcessReport
        do throws(SpawnError) {
            report = try await ProcessRun.run(
                command, mark: "WORKING_DIR=\(folder.path)", room: { context.log.hasRoom(orElse: $0) }
            ) { listener.take($0, $1) }
        } catch {
            throw TaskFailure(error.description)
        }
        if report.leftProcesses {
            context.log.warn(
                "Background processes that the script had left running when it ended (exit code \(report.end.code)) were ended"
            )
        }
        let heard = listener.finish()
        var outputs = ScriptOutputs(
            exitCode: report.end.code, vars: heard.vars, outputLines: heard.outputLines, errorLines: heard.errorLines)
        outputs.isWarning = plan.warnsOnErrorOutput && heard.errorLines > 0
        outputs.outputFiles = try await collected(except: scriptFile)
        if report.wasStopped {
            throw TaskFailure(
                "The script was ended: its run was killed or reached its timeout", outputs: outputs.values)
        }
        if case .signalled(let signal) = report.end {
            context.log.debug("The interpreter was ended by signal \(signal)")
        }
        guard outputs.exitCode == 0 else {
            if let refusal = heard.refusal { context.log.error(refusal) }
            throw TaskFailure("Command failed with exit code \(outputs.exitCode)", outputs: outputs.values)
        }
        if let refusal = heard.refusal { throw TaskFailure(refusal, outputs: outputs.values) }
        return outputs
    }

    /// All lines for the interpreter: fail fast, what comes before, and the commands or the command that runs the script.
    private func commandText(_ fetched: inout [String: String], _ scriptFile: inout String?) async throws(TaskFailure)
        -> String
    {
        var lines: [String] = []
        if plan.isForLanguageShell {
            if plan.failFast { lines.append(plan.language.failFastLine) }
            lines += plan.language.prelude() + (plan.packages?.prelude ?? [])
        }
        if let before = plan.beforeCommands {
            for line in try context.render(before, adding: variables).commandTexts {
                lines.append(try await withLocalFiles(line, &fetched))
            }
        }
        switch plan.work {
        case .commands(let commands):
            for line in try context.render(commands, adding: variables).commandTexts {
                lines.append(try await withLocalFiles(line, &fetched))
            }
        case .script(let script):
            let text = try await withLocalFiles(try context.render(script, adding: variables).printed(), &fetched)
            guard let command = plan.language.command else {
                lines.append(text)
                break
            }
            let name = "script-\(context.identity.taskRunID).\(plan.language.fileExtension)"
            scriptFile = name
            try write(plan.language.prepare(text), to: try folder.path(of: name))
            lines.append(command.replacing("{file}", with: "'\(folder.path)/\(name)'"))
        }
        return lines.joined(separator: "\n")
    }

    private func arguments(for text: String) async throws(TaskFailure) -> [String] {
        var interpreter = plan.interpreter ?? plan.language.interpreter
        guard let option = interpreter.last else {
            throw .property("interpreter", "is empty", fix: "write [\"/bin/sh\", \"-c\"]")
        }
        if text.utf8.contains(0) {
            throw TaskFailure("The commands hold a NUL character, which no program can be given")
        }
        // What was rendered may hold a secret, and every user of the machine can read the arguments of processes.
        guard text.utf8.count > Self.longestArgument || plan.hasExpressions, interpreter.count > 1,
            option.hasPrefix("-"), option.hasSuffix("c")
        else { return interpreter + [text] }
        interpreter.removeLast()
        if option != "-c" { interpreter.append(String(option.dropLast())) }  // `-ec` becomes `-e`
        let path = try folder.pathForFetched("commands.\(plan.language.fileExtension)")
        try write(text, to: path)
        return interpreter + [path]
    }

    private func write(_ text: String, to path: String) throws(TaskFailure) {
        do throws(LocalFileError) {
            try LocalFile.write(text.utf8, to: path)
        } catch {
            throw .of(error)
        }
    }

    /// What the process gets as its environment: the server's without secrets, the task's own on top.
    private func environment(packages: String?) throws(TaskFailure) -> [String] {
        var entries = ServerEnvironment.passedOn
        if let env = plan.env {
            guard let own = try context.render(env, adding: variables).mapOrJSON else {
                throw .property("env", "is not a map", fix: nil)
            }
            for (name, value) in own {
                guard !name.isEmpty, !name.contains("="), !name.utf8.contains(0) else {
                    throw .property("env", "has the name `\(name)`, which no variable can have", fix: nil)
                }
                let text = value.printed()
                if text.utf8.contains(0) { throw .property("env.\(name)", "holds a NUL character", fix: nil) }
                entries[name] = text
            }
        }
        if let packages {
            entries["PYTHONPATH"] = [packages, entries["PYTHONPATH"]].compactMap { $0 }.joined(separator: ":")
        }
        entries["WORKING_DIR"] = folder.path
        if let outputFolder { entries["OUTPUT_DIR"] = outputFolder }
        return entries.map { "\($0.key)=\($0.value)" }
    }

    /// The text with the URIs of stored files replaced by paths of local copies.
    private func withLocalFiles(_ text: String, _ fetched: inout [String: String]) async throws(TaskFailure) -> String {
        guard text.contains(StoredFileURI.scheme) else { return text }
        var result = ""
        for part in StoredFileURI.parts(of: text) {
            switch part {
            case .text(let piece): result += piece
            case .uri(let uri):
                if let known = fetched[uri] {
                    result += known
                    continue
                }
                let path = try folder.pathForFetched(uri)
                try await attempting { try await context.services.files.copy(uri, to: path) }
                fetched[uri] = path
                result += path
            }
        }
        return result
    }

    /// Stores the files that the script gives out.
    private func collected(except scriptFile: String?) async throws(TaskFailure) -> ValueMap {
        var files: ValueMap = [:]
        if !plan.outputFiles.isEmpty {
            for name in try folder.files(matching: plan.outputFiles) where name != scriptFile {
                files[name] = try await stored("\(folder.path)/\(name)", as: name)
            }
        }
        if let outputFolder {
            let names: [String]
            do throws(FileTree.TooMany) { names = try FileTree.files(in: outputFolder) } catch { throw .of(error) }
            for name in names { files[name] = try await stored("\(outputFolder)/\(name)", as: name) }
        }
        return files
    }

    private func stored(_ path: String, as name: String) async throws(TaskFailure) -> Value {
        .string(
            try await attempting {
                try await context.services.files.store(file: path, at: context.filePrefix + FileNames.uriPath(name))
            })
    }
}
