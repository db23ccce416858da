import FlowModel
import Testing

@testable import EngineCore

@Suite struct `Simulated servers` {
    /// Ten blocks of fifty seeds, so that they run side by side.
    @Test(arguments: 0..<10)
    func `every execution ends, whatever happens to the server`(block: Int) throws {
        for seed in block * 50..<(block + 1) * 50 {
            var generator = RandomFlow(seed)
            var simulator = Simulator(try generator.make(), seed: seed, unluck: 30)
            simulator.run()
            simulator.check(seed)
        }
    }

    @Test(arguments: 0..<10)
    func `an execution that is killed ends, whatever happens to the server`(block: Int) throws {
        var killed = 0
        for seed in block * 50..<(block + 1) * 50 {
            var generator = RandomFlow(seed)
            var simulator = Simulator(try generator.make(), seed: seed, unluck: seed % 2 == 0 ? 30 : 0, kills: true)
            simulator.run()
            simulator.check(seed)
            if simulator.wasKilled { killed += 1 }
        }
        #expect(killed > 10)
    }

    @Test func `the oracle sees what is missing and what is too much`() throws {
        let flow = try TestCatalogue.flow(list("tasks", step("a"), step("b"), step("c")))
        func runs(_ states: [(String, State)]) -> [TaskRun] {
            states.enumerated().map { number, run in
                TaskRun(number: number, taskID: run.0, state: StateHistory(run.1, at: Timestamp(milliseconds: 0)))
            }
        }
        func complaints(_ states: [(String, State)]) -> [String] {
            var execution = Execution(
                id: ExecutionID(high: 1, low: 1), namespace: "tests", flowID: "story", flowRevision: 1,
                createdAt: Timestamp(milliseconds: 0))
            execution.state.set(.running, at: Timestamp(milliseconds: 0))
            return Oracle(flow, execution, runs(states)).complaints
        }
        #expect(complaints([("a", .success), ("b", .running)]).isEmpty)
        #expect(complaints([("a", .success)]) == ["the execution: another task should run"])
        #expect(complaints([("a", .failed)]) == ["the execution should have failed"])
        #expect(complaints([("a", .running), ("b", .running)]) == ["the execution: more than one task of a sequence"])
        #expect(complaints([("a", .success), ("b", .skipped), ("c", .warning)]) == ["the execution should have ended"])
    }

    @Test(arguments: 0..<4)
    func `and on a lucky server too`(block: Int) throws {
        for seed in block * 50..<(block + 1) * 50 {
            var generator = RandomFlow(seed)
            var simulator = Simulator(try generator.make(), seed: seed, unluck: 0)
            simulator.run()
            simulator.check(seed)
            #expect(simulator.crashes == 0)
        }
    }
}
