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
    @Option(name: .shortAndLong, help: "How many dates.") var number = 5
    @Flag(help: "The expression begins with a seconds field.") var seconds = false

    func run() throws {
        do throws(Problem) {
            let zone = try Zone(tz)
            let schedule = try CronSchedule(expression, withSeconds: seconds)
            Console.out(schedule.words)
            for date in schedule.firings(after: SystemClock().now, in: zone, limit: number) {
                Console.out("  \(ZonedDateTime(Instant(date), in: zone).offsetText)")
            }
        } catch {
            Console.note(error.description)
            throw Exit.usage
        }
    }
}
