import ArgumentParser
import FlowModel

/// What the program's exit code says; the same for every command.
enum Exit {
    /// The answer is no: an execution that failed, a flow that is not valid.
    static let no = ExitCode(1)
    /// Wrong usage, a bad file, a bad configuration, output that cannot be written.
    static let usage = ExitCode(2)
    static let unreachable = ExitCode(3)
    static let notAllowed = ExitCode(4)
    static let notFound = ExitCode(5)
    static let conflict = ExitCode(6)
    static let timeout = ExitCode(7)
    /// By Ctrl-C or SIGTERM.
    static let interrupted = ExitCode(130)

    /// Tells what is wrong and how to mend it; gives the code to end with.
    static func told(_ what: String, fix: String? = nil, _ code: ExitCode = usage) -> ExitCode {
        Console.note("error: \(what)" + (fix.map { "\n   fix: \($0)" } ?? ""))
        return code
    }

    static func told(_ problem: Problem, _ code: ExitCode = usage) -> ExitCode {
        Console.note(ProblemText(problem: problem, source: nil).text)
        return code
    }
}
