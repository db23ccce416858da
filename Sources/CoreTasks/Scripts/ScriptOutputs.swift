import FlowModel
import TaskKit

/// What a script gives out. Source: engine spec §6.9.
struct ScriptOutputs: TaskOutputs {
    static let about = [
        OutputAbout("exitCode", "The exit code.", .integer),
        OutputAbout("vars", "The values that the script printed as `::{\"outputs\": {…}}::`.", .map(.any)),
        OutputAbout("outputFiles", "The files that fit `outputFiles`: their URIs by relative path.", .map(.uri)),
    ]

    var exitCode: Int32
    var vars: ValueMap = [:]
    var outputFiles: ValueMap = [:]
    var outputLines = 0
    var errorLines = 0
    /// Whether it should end in a warning because it wrote to its error output.
    var isWarning = false

    var values: ValueMap {
        ["exitCode": .int(Int64(exitCode)), "vars": .map(vars), "outputFiles": .map(outputFiles)]
    }
}
