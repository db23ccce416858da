import EngineCore
import EngineRuntime
import FlowModel
import Hummingbird
import Storage

/// `POST /executions/{id}/restart` and its like: what can be done with one execution. Source: engine spec §8.2 – §8.8, §11.3.
///
/// Each answers at the older address and below `actions/`. A flow may bear the name of an operation: then the address is that
/// of a creation too, and what is meant follows from the first part of the path.
struct ExecutionActions: Sendable {
    let engine: any EngineDoor
    let executions: ExecutionRoutes

    private typealias Action = @Sendable (Call, ExecutionID) async throws -> Response

    var routes: [Route] {
        action("restart", "Runs the failed tasks of an execution again.", restart)
            + action("replay", "Makes a new execution that begins at a task of this one.", replay)
            + action("replay-with-inputs", "Replays with other inputs, given as a form or as JSON.", replay)
            + action("state", "Marks a task run with another state and goes on from there.", changeState)
            + action("change-status", "Sets the state of an execution that has ended.", changeStatus)
            + action("labels", "Sets labels of an execution that has ended.", changeLabels)
            + action("pause", "Pauses a running execution.", pause)
            + action("resume", "Resumes a paused execution; inputs as a form or as JSON.", resume)
            + action("unqueue", "Lets a queued execution run.", unqueue)
            + action("force-run", "Lets an execution run, whatever it waits for.", forceRun)
            + action("resume-from-breakpoint", "Goes on from a breakpoint.", resumeFromBreakpoint)
            + [
                .delete("/executions/{id}/kill", "Kills an execution.", handler: kill),
                .delete("/executions/{id}/actions/kill", "Kills an execution.", handler: kill),
                .post("/executions/{id}/resume/validate", "Checks the inputs of a resume.") { call in
                    if ExecutionID(call["id"]) == nil {
                        return try await executions.validate(call, flow: FlowKey(call["id"], "resume"))
                    }
                    return try await checkResume(call)
                },
                .post(
                    "/executions/{id}/actions/resume/validate", "Checks the inputs of a resume.", handler: checkResume),
                .post("/executions/{id}/eval", "Renders an expression as the execution sees it.") { call in
                    try await evaluate(call, taskRun: nil)
                },
                .post("/executions/{id}/actions/eval", "Renders an expression as the execution sees it.") { call in
                    try await evaluate(call, taskRun: nil)
                },
                .post("/executions/{id}/eval/{taskRun}", "Renders an expression as a task run sees it.") { call in
                    try await evaluate(call, taskRun: call["taskRun"])
                },
            ]
    }

    private func action(_ name: String, _ about: String, _ perform: @escaping Action) -> [Route] {
        [
            .post("/executions/{id}/\(name)", about) { call in
                if try await isCreation(call) {
                    try await checkFlow(name, call)
                    return try await executions.create(call, namespace: call["id"], flow: name)
                }
                return try await perform(call, try known(call["id"]))
            },
            .post("/executions/{id}/actions/\(name)", about) { call in try await perform(call, try known(call["id"])) },
        ]
    }

    /// A namespace is never an execution's id, but for one that looks like it: then a form of inputs means a creation unless
    /// the execution exists.
    private func isCreation(_ call: Call) async throws -> Bool {
        guard let id = ExecutionID(call["id"]) else { return true }
        return call.isMultipart ? try await engine.snapshot(of: id) == nil : false
    }

    /// Who names neither an execution nor a namespace with such a flow is told of both.
    private func checkFlow(_ name: String, _ call: Call) async throws {
        let text = call["id"]
        if try await engine.store.flow(FlowKey(text, name), revision: nil, evenDeleted: false) != nil { return }
        throw Refusal.notFound("Execution not found: \(text); nor has a namespace of this name a flow `\(name)`")
    }

    private func known(_ text: String) throws(Refusal) -> ExecutionID {
        guard let id = ExecutionID(text) else { throw .notFound("Execution not found: \(text)") }
        return id
    }

    private func answer(_ snapshot: ExecutionSnapshot) -> Response {
        ExecutionBody(snapshot, now: engine.clock.now).response
    }

    @Sendable private func restart(_ call: Call, _ id: ExecutionID) async throws -> Response {
        answer(try await engine.restart(id, revision: try call.query.int("revision", in: 1...Int.max)))
    }

    @Sendable private func replay(_ call: Call, _ id: ExecutionID) async throws -> Response {
        var order = ReplayOrder()
        let snapshot = try await engine.known(id.description)
        if let text = call.query.text("taskRunId") {
            guard let number = snapshot.number(ofTaskRun: text) else {
                throw Refusal.illegalArgument("No task found to replay execution from: there is no task run `\(text)`")
            }
            order.taskRun = number
        }
        order.revision = try call.query.int("revision", in: 1...Int.max)
        try call.refuseBreakpoints()
        let flow = FlowKey(snapshot.execution.namespace, snapshot.execution.flowID)
        let form = try await InputForm.read(call, into: target(flow, id))
        // A multipart form without parts means no inputs; any other body without some means those of the original.
        if call.isMultipart || !form.inputs.isEmpty { order.inputs = form.inputs }
        do {
            let (replayed, remarks) = try await engine.replay(id, order)
            return answer(replayed).warning(remarks)
        } catch {
            await form.discard(from: engine.files)
            throw error
        }
    }

    /// Body `{taskRunId, state}`.
    @Sendable private func changeState(_ call: Call, _ id: ExecutionID) async throws -> Response {
        let body = try await call.bodyJSON()
        guard let taskRun = body["taskRunId"]?.string, let name = body["state"]?.string else {
            throw Refusal.illegalArgument("the body must be {\"taskRunId\": …, \"state\": …}")
        }
        let state = try State.read(name)
        let snapshot = try await engine.known(id.description)
        guard let number = snapshot.number(ofTaskRun: taskRun) else {
            throw Refusal.illegalArgument("No task found: there is no task run `\(taskRun)`")
        }
        return answer(try await engine.changeState(of: number, in: id, to: state))
    }

    @Sendable private func changeStatus(_ call: Call, _ id: ExecutionID) async throws -> Response {
        let name = try call.query.text("newStatus") ?? call.query.required("status")
        return answer(try await engine.changeStatus(of: id, to: try State.read(name)))
    }

    /// Body `[{key, value}]`.
    @Sendable private func changeLabels(_ call: Call, _ id: ExecutionID) async throws -> Response {
        let labels = try Label.list(in: try await call.bodyJSON())
        guard try await engine.known(id.description).execution.state.current.isTerminated else {
            throw Refusal(.badRequest, "The execution is not terminated", code: "not-terminated")
        }
        return answer(try await engine.changeLabels(of: id, to: labels))
    }

    @Sendable private func pause(_ call: Call, _ id: ExecutionID) async throws -> Response {
        try await engine.pause(id)
        return .empty()
    }

    @Sendable private func resume(_ call: Call, _ id: ExecutionID) async throws -> Response {
        let execution = try await engine.known(id.description).execution
        let form = try await InputForm.read(call, into: target(FlowKey(execution.namespace, execution.flowID), id))
        do {
            let remarks = try await engine.resume(id, inputs: form.inputs)
            return .empty(.noContent).warning(remarks)
        } catch {
            await form.discard(from: engine.files)
            throw error
        }
    }

    @Sendable private func checkResume(_ call: Call) async throws -> Response {
        let execution = try await engine.known(call["id"]).execution
        var target = target(FlowKey(execution.namespace, execution.flowID), execution.id)
        target.keeps = false
        let form = try await InputForm.read(call, into: target)
        var values: ValueMap = [:]
        var problems: [InputProblem] = []
        do {
            values = try await engine.checkResumeInputs(of: execution.id, given: form.inputs)
        } catch EngineRefusal.inputs(let found) {
            problems = found
        }
        let ids = Array(form.inputs.keys) + problems.map(\.inputID).filter { form.inputs[$0] == nil }
        return .json { text in
            text.object { text in
                text.member("id", execution.flowID)
                text.member("namespace", execution.namespace)
                text.list("inputs", ids) { id, text in
                    text.object { text in
                        text.member("input", ["id": .string(id)])
                        text.member("value", values[id] ?? .null)
                        text.member("enabled", true)
                        text.list("errors", problems.filter { $0.inputID == id }) { problem, text in
                            text.object { $0.member("message", problem.message) }
                        }
                    }
                }
            }
        }
    }

    private func target(_ flow: FlowKey, _ id: ExecutionID) -> InputForm.Target {
        InputForm.Target(files: engine.files, flow: flow, execution: id, declared: { [] })
    }

    @Sendable private func unqueue(_ call: Call, _ id: ExecutionID) async throws -> Response {
        answer(try await engine.unqueue(id))
    }

    @Sendable private func forceRun(_ call: Call, _ id: ExecutionID) async throws -> Response {
        answer(try await engine.forceRun(id))
    }

    /// This engine stops at no breakpoint, so no execution is ever at one.
    @Sendable private func resumeFromBreakpoint(_ call: Call, _ id: ExecutionID) async throws -> Response {
        _ = try await engine.known(id.description)
        throw Refusal.illegalState("Execution '\(id)' is not at a breakpoint, can't resume it")
    }

    /// With the cascade, which is the usual case, an execution that has ended is accepted too: what it started is killed.
    /// Source: engine spec §8.6.
    @Sendable private func kill(_ call: Call) async throws -> Response {
        let id = try known(call["id"])
        let before = try await engine.snapshot(of: id)?.execution.state.current
        try await engine.kill(id, cascade: try call.query.flag("isOnKillCascade", default: true))
        guard let before, before.isTerminated else { return .empty(.accepted) }
        return .empty(.accepted).warning([
            "execution \(id) had already ended as \(before.rawValue); only what it started is killed"
        ])
    }

    /// `{result}` or `{error}`: an expression that fails is an answer, not an error.
    private func evaluate(_ call: Call, taskRun: String?) async throws -> Response {
        let snapshot = try await engine.known(call["id"])
        var number: Int?
        if let taskRun {
            number = snapshot.number(ofTaskRun: taskRun)
            if number == nil { throw Refusal.notFound("Task run not found: \(taskRun)") }
        }
        let expression = try await call.bodyText()
        do {
            let result = try await engine.evaluate(expression, in: snapshot.execution.id, taskRun: number)
            return .json(["result": .string(result)])
        } catch let problem as Problem {
            return .json(["error": .string(problem.what)])
        }
    }
}

extension ExecutionSnapshot {
    /// The number of the task run with this id; nil when it has none.
    func number(ofTaskRun id: String) -> Int? {
        taskRuns.first { execution.id.taskRunID($0.number) == id }?.number
    }
}

extension Label {
    /// `[{key, value}]`; elements where both are empty are left out. Source: engine spec §8.5.
    static func list(in body: Value) throws(Refusal) -> [Label] {
        guard let items = body.list else { throw .illegalArgument("the body must be a list of {key, value}") }
        var labels: [Label] = []
        for item in items {
            let (key, value) = (item["key"]?.string, item["value"]?.string)
            if (key ?? "").isEmpty && (value ?? "").isEmpty { continue }
            guard let key, let value, !key.isEmpty, !value.isEmpty else {
                throw .illegalArgument("each label needs a key and a value")
            }
            labels.append(Label(key: key, value: value))
        }
        return labels
    }
}
