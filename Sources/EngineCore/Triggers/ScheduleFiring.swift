import Expressions
import FlowModel
import TaskKit

/// An execution that a schedule wants to have started.
public struct ScheduleFiring: Sendable {
    /// The schedule date that is run.
    public var date: Timestamp
    /// Set for ScheduleOnDates, whose executions carry the date themselves.
    public var scheduleDate: Timestamp?
    /// `trigger.…`: `date`, and `next` and `previous` where they are known. Also `schedule.…`, of old.
    public var variables: ValueMap
    /// Rendered values for the inputs, to be resolved with the flow's defaults.
    public var inputs: ValueMap
    /// The trigger's labels, rendered, and after them those of the backfill.
    public var labels: [Label]
    /// Set when the evaluation failed: then a FAILED execution shows why.
    public var failure: String?
    /// For the trigger's log.
    public var warnings: [String] = []
}

extension ScheduleDefinition {
    /// What is to be started for the first date from `reference` on (a second before it still counts); nil when that date
    /// lies more than a second ahead of `now`, the conditions do not hold, or a backfill is paused or not there yet.
    ///
    /// A condition or an input that cannot be evaluated gives a firing with a `failure`.
    public func evaluate(
        from reference: Timestamp, now: Timestamp, backfill: Backfill? = nil, scope: TriggerScope
    ) -> ScheduleFiring? {
        guard let date = date(from: reference), date.milliseconds <= now.milliseconds + 1000 else { return nil }
        if let backfill, backfill.paused || reference < date { return nil }
        var firing = ScheduleFiring(
            date: date, scheduleDate: hasVariables ? nil : date, variables: [:], inputs: [:], labels: [])
        do throws(TaskFailure) {
            guard try judge(date, scope) == .holds else { return nil }
            if hasVariables { firing.variables = variables(of: date, reference, scope, &firing.warnings) }
            let inner = scope.with(firing.variables, schedule: hasVariables)
            let (labels, warnings) = LabelRules.rendered(trigger.labels, in: inner) { scope.told($0) }
            firing.labels = labels + (backfill?.labels ?? []).filter { !LabelRules.isSystem($0) }
            firing.warnings += warnings
            firing.inputs = try TriggerInputs.rendered(inputs, in: inner)
            for (id, value) in backfill?.inputs ?? [:] { firing.inputs[id] = value }
        } catch {
            if hasVariables, firing.variables.isEmpty { firing.variables = ["date": text(of: date)] }
            firing.failure = scope.told(error)
        }
        return firing
    }

    /// The first date later than one second before `reference`.
    func date(from reference: Timestamp) -> Timestamp? {
        dates.next(after: Timestamp(milliseconds: reference.milliseconds - 1000))
    }

    private func variables(
        of date: Timestamp, _ reference: Timestamp, _ scope: TriggerScope, _ warnings: inout [String]
    ) -> ValueMap {
        var variables: ValueMap = ["date": text(of: date)]
        do throws(TaskFailure) {
            if let next = try nextFitting(after: date, scope) { variables["next"] = text(of: next) }
            if let previous = try previousFitting(before: min(reference, date), scope) {
                variables["previous"] = text(of: previous)
            }
        } catch {
            warnings.append("The dates before and after \(date) are not known: \(scope.told(error))")
        }
        return variables
    }
}

/// The `inputs` of a trigger.
public enum TriggerInputs {
    /// The values with their expressions rendered; a text that is one expression keeps its type.
    public static func rendered(_ inputs: Value?, in scope: Scope) throws(TaskFailure) -> ValueMap {
        guard case .map(let members)? = inputs else { return [:] }
        var values: ValueMap = [:]
        do throws(ExpressionError) {
            for (id, value) in members {
                if case .string(let text) = value {
                    values[id] = try Template.cached(text).value(in: scope)
                } else {
                    values[id] = try Renderer.render(value, in: scope)
                }
            }
        } catch {
            throw TaskFailure(error, property: "inputs")
        }
        return values
    }
}
