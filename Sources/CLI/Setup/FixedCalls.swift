import FlowModel
import Storage

/// A call of another flow whose name stands in the file.
struct FixedCall {
    var task: String
    var flow: FlowKey

    /// What is told when the flow is not there.
    /// - Parameter file: the file of the flow that calls, as the user named it.
    func warning(calledFrom file: String) -> String {
        let folder = file.contains("/") ? file.split(separator: "/").dropLast().joined(separator: "/") : "."
        let place = file == "-" ? "FOLDER" : file.hasPrefix("/") ? "/\(folder)" : folder
        return "warning: task \(task) calls the flow \(flow.namespace)/\(flow.id), which is not here\n"
            + "   fix: name its file or folder, such as --with \(place)"
    }
}

extension Flow {
    /// The calls of other flows by a name that is no expression, at any depth.
    var fixedCalls: [FixedCall] {
        var calls: [FixedCall] = []
        func walk(_ tasks: [FlowTask]) {
            for task in tasks {
                let (space, name) = (task.properties["namespace"]?.string, task.properties["flowId"]?.string)
                if task.type.hasPrefix("io.kestra.plugin.core.flow."), !task.disabled, let space, let name,
                    !space.contains("{{"), !name.contains("{{")
                {
                    calls.append(FixedCall(task: task.id, flow: FlowKey(space, name)))
                }
                for list in task.lists { walk(list.tasks) }
            }
        }
        for tasks in [tasks, errors, finally, afterExecution] { walk(tasks) }
        return calls
    }
}
