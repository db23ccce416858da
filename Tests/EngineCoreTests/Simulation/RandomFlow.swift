import FlowModel
import OrderedCollections

@testable import EngineCore

/// Makes a flow by chance: nested flowables, failures, retries, tolerated failures, handlers.
struct RandomFlow {
    var chance: Chance
    private var count = 0

    init(_ seed: Int) { chance = Chance(seed) }

    mutating func make() throws -> CompiledFlow {
        var flow = Flow(id: "random", namespace: "tests", source: "")
        flow.revision = 1
        flow.tasks = tasks(depth: 3)
        if chance.happens(30) { flow.errors = tasks(depth: 1) }
        if chance.happens(20) { flow.finally = tasks(depth: 1) }
        if chance.happens(20) { flow.afterExecution = tasks(depth: 1) }
        if chance.happens(15) { flow.retry = retry() }
        return try CompiledFlow(flow, catalogue: TestCatalogue.all)
    }

    private mutating func tasks(depth: Int) -> [FlowTask] {
        (0...chance.below(3)).map { _ in depth > 0 && chance.happens(55) ? flowable(depth: depth - 1) : leaf() }
    }

    private mutating func retry() -> Retry {
        let second = ISODuration.seconds(1)
        let pace: Retry.Pace =
            switch chance.below(3) {
            case 0: .constant(interval: second)
            case 1: .exponential(interval: second, maxInterval: .seconds(4), factor: 2)
            default: .random(minInterval: second, maxInterval: .seconds(9))
            }
        return Retry(pace: pace, maxAttempts: 2 + chance.below(2), warningOnRetry: chance.happens(20))
    }

    private mutating func task(_ type: String) -> FlowTask {
        count += 1
        var task = FlowTask(id: "t\(count)", type: type, mark: Mark(line: 1, column: 1))
        task.allowFailure = chance.happens(12)
        task.allowWarning = chance.happens(8)
        task.disabled = chance.happens(4)
        if chance.happens(5) { task.runIf = chance.pick(["false", "{{ 1 }}", "{{ nothing }}"]) }
        if chance.happens(15) { task.retry = retry() }
        return task
    }

    private mutating func leaf() -> FlowTask {
        switch chance.below(10) {
        case 0...3:
            var task = task("test.Work")
            task.properties["say"] = "{{ task.id }} {{ taskrun.value ?? '' }}"
            return task
        case 4: return task("io.kestra.plugin.core.execution.Fail")
        case 5:
            var task = task("io.kestra.plugin.core.flow.Subflow")
            task.properties = ["namespace": "tests", "flowId": "other"]
            if chance.happens(30) { task.properties["wait"] = false }
            return task
        default:
            var task = task("io.kestra.plugin.core.debug.Return")
            task.properties["format"] = "{{ task.id }} {{ taskrun.value ?? '' }} {{ tasks | length }}"
            return task
        }
    }

    private mutating func flowable(depth: Int) -> FlowTask {
        let prefix = "io.kestra.plugin.core.flow."
        let kind = chance.pick([
            "Sequential", "Parallel", "If", "Switch", "ForEach", "ForEach", "EachSequential", "EachParallel", "Dag",
            "AllowFailure",
            "Pause", "LoopUntil",
        ])
        var task = task(prefix + kind)
        let values: Value = .list((0..<chance.below(5)).map { .string("v\($0)") })
        let children = tasks(depth: depth)
        task.lists = [TaskList(name: "tasks", tasks: children)]
        switch kind {
        case "Parallel": task.properties["concurrent"] = .int(Int64(chance.below(3)))
        case "If":
            task.properties["condition"] = .string(chance.pick(["{{ 1 == 1 }}", "false"]))
            task.lists = [TaskList(name: "then", tasks: children), TaskList(name: "else", tasks: tasks(depth: 0))]
        case "Switch":
            task.properties["value"] = .string(chance.pick(["a", "b", "c"]))
            task.lists = [
                TaskList(name: "cases.a", tasks: children), TaskList(name: "cases.b", tasks: tasks(depth: 0)),
            ]
            if chance.happens(70) { task.lists.append(TaskList(name: "defaults", tasks: tasks(depth: 0))) }
        case "ForEach":
            task.properties["values"] = values
            task.properties["concurrencyLimit"] = .int(Int64(chance.below(4)))
        case "EachSequential": task.properties["value"] = values
        case "EachParallel":
            task.properties["value"] = values
            task.properties["concurrent"] = .int(Int64(chance.below(3)))
        case "Dag":
            task.properties["concurrent"] = .int(Int64(chance.below(3)))
            var dependencies: ValueMap = [:]
            for (place, child) in children.enumerated().dropFirst() where chance.happens(60) {
                dependencies[child.id] = [.string(children[chance.below(place)].id)]
            }
            task.properties["dependsOn"] = .map(dependencies)
        case "Pause":
            task.properties["pauseDuration"] = .string("PT\(1 + chance.below(20))S")
            task.properties["behavior"] = .string(chance.pick(["RESUME", "RESUME", "RESUME", "WARN", "FAIL"]))
            if chance.happens(30) { task.lists.append(TaskList(name: "onPause", tasks: [leaf()])) }
        case "LoopUntil":
            let value = "outputs.\(task.id)"
            task.properties["condition"] = .string("{{ (\(value) ?? {'iterationCount': 3}).iterationCount > 2 }}")
            task.properties["checkFrequency"] = ["interval": "PT1S", "maxIterations": 4]
            task.properties["failOnMaxReached"] = .bool(chance.happens(50))
        default: break
        }
        if chance.happens(25) { task.lists.append(TaskList(name: "errors", tasks: tasks(depth: 0))) }
        if chance.happens(15) { task.lists.append(TaskList(name: "finally", tasks: tasks(depth: 0))) }
        return task
    }
}
