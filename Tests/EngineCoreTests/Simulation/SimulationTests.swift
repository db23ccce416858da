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
