import EngineCore
import FlowModel
import Testing

@testable import EngineRuntime

struct PartsTests {
    @Test func `alarms that were cancelled take no places for ever`() async throws {
        let bench = Bench()
        try await bench.run { engine async throws in
            let id = engine.newExecutionID()
            let timer = EngineTimer(.pause, taskRun: 1, at: bench.clock.now.advanced(by: .hours(700)))
            for _ in 0..<10_000 {
                engine.alarms.set(timer, for: id)
                engine.alarms.cancel(timer, for: id)
            }
            #expect(engine.alarms.load.set == 0)
            #expect(engine.alarms.load.places <= 300)
        }
    }

    @Test func `names of secrets are found in a source`() {
        let source = """
            a: "{{ secret('ONE') }} {{ secret( \\"TWO\\" ) }}"
            b: '{{ secret("THREE") }} {{ secret(inputs.name) }} secret('
            """
        #expect(SecretNames.literal(in: source) == ["ONE", "TWO", "THREE"])
    }
}
