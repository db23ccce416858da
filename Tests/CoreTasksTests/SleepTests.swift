import FlowModel
import TestSupport
import Testing

@testable import CoreTasks

@Test func `Sleep waits as long as it says`() async throws {
    let clock = ManualClock()
    let sleep = try Sleep.make(["duration": "PT5S"])
    async let done = sleep.run(.forTests(clock: clock))
    await clock.sleepers(1)
    clock.advance(by: .seconds(5))
    _ = try await done
}
