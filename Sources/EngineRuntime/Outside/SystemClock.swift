import FlowModel
import TaskKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The clock of the machine.
public struct SystemClock: FlowClock {
    public init() {}

    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// How long it sleeps before it looks at the clock again, which may be set meanwhile.
    private static let longestNap: Int64 = 30_000

    public func sleep(until moment: Timestamp) async throws {
        try Task.checkCancellation()
        while true {
            let now = now
            if moment <= now { return }
            let wait = moment.milliseconds - now.milliseconds
            try await Task.sleep(for: .milliseconds(min(wait, Self.longestNap)))
        }
    }
}
