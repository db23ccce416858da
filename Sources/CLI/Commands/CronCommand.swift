import ArgumentParser
import EngineCore
import EngineRuntime
import FlowModel

/// `sluice cron "EXPR"`: a schedule in words, and its next dates.
struct CronCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron", abstract: "Say a cron expression in words and list its next dates.")

    @Argument(help: "Five fields, or a nickname such as @hourly.") var expression: String
    @Option(help: "A time zone such as Europe/Paris.") var tz = "UTC"
    @Option(
        name: .shortAndLong, parsing: .unconditional, help: "How many dates, up to 10000. (default: 5)",
        transform: Limit.read)
    var number = 5
    @Flag(help: "The expression begins with a seconds field.") var seconds = false

    func run() throws {
        do throws(Problem) {
            let zone = try Zone(tz)
            let schedule = try CronSchedule(expression, withSeconds: seconds)
            Console.out(schedule.words)
            let dates = schedule.firings(after: SystemClock().now, in: zone, limit: number)
            if dates.isEmpty { Console.out("  never: no such day comes") }
            for date in dates { Console.out("  \(ZonedDateTime(Instant(date), in: zone).offsetText)") }
        } catch {
            throw Exit.told(error)
        }
    }
}
