import FlowModel

/// What must hold for the triggers of a flow beyond their shape: cron expressions, time zones, keys, labels.
/// Source: engine spec §1.5; since-0.20 §1.
public enum TriggerRules {
    /// All findings in order of the triggers.
    public static func problems(in flow: Flow, file: String? = nil) -> [Problem] {
        flow.triggers.enumerated().flatMap { index, trigger in
            TriggerCheck(trigger: trigger, flow: flow, path: "triggers[\(index)]", file: file).problems()
        }
    }
}

private struct TriggerCheck {
    let trigger: FlowTrigger
    let flow: Flow
    let path: String
    let file: String?

    func problems() -> [Problem] {
        var found = labels()
        switch trigger.type {
        case Schedule.about.type: found += cron() + timezone() + missingInputs("Schedule")
        case ScheduleOnDates.about.type: found += timezone()
        case Webhook.about.type: found += webhook()
        case FlowEnd.about.type: found += everyExecution() + preconditions()
        default: break
        }
        return found
    }

    private func problem(
        _ code: String, severity: Problem.Severity = .error, member: String? = nil, _ what: String, fix: String? = nil
    ) -> Problem {
        let mark = member.flatMap { trigger.propertyMarks[$0] } ?? trigger.mark
        return Problem(
            code, severity: severity, at: mark.place(in: file), path: member.map { "\(path).\($0)" } ?? path,
            what: what,
            fix: fix)
    }

    private func labels() -> [Problem] {
        trigger.labels.filter(LabelRules.isSystem).map { label in
            let refusal = LabelRules.system(label)
            return problem("label.system", member: "labels", refusal.what, fix: refusal.fix)
        }
    }

    private func cron() -> [Problem] {
        guard let cron = trigger.properties["cron"], !cron.isNull else { return [] }
        do throws(Problem) {
            _ = try CronSchedule(cron.plain(), withSeconds: trigger.properties["withSeconds"] == .bool(true))
            return []
        } catch {
            return [problem(error.code, member: "cron", error.what, fix: error.fix)]
        }
    }

    private func timezone() -> [Problem] {
        guard let zone = trigger.properties["timezone"], !zone.isNull, (try? Zone(zone.plain())) == nil else {
            return []
        }
        return [
            problem(
                "schedule.unknown-timezone", member: "timezone",
                "timezone '\(zone.plain())' is not a valid time-zone ID",
                fix: "write a name such as Europe/Paris, or an offset such as +02:00")
        ]
    }

    private func webhook() -> [Problem] {
        var found: [Problem] = []
        if let key = trigger.properties["key"]?.string, key.count > 256 {
            found.append(problem("webhook.key", member: "key", "size must be between 0 and 256"))
        }
        if trigger.conditions.contains(where: { $0.type == MultipleCondition.about.type }) {
            found.append(
                problem(
                    "webhook.multiple-condition", member: "conditions",
                    "invalid webhook: conditions of type MultipleCondition are not supported",
                    fix: "use a Flow trigger for conditions on several executions"))
        }
        return found + (trigger.properties["inputs"] == nil ? [] : missingInputs("Webhook"))
    }

    private func missingInputs(_ kind: String) -> [Problem] {
        let given = trigger.properties["inputs"]?.map ?? [:]
        let missing = flow.inputs.filter { input in
            input.required && input.defaults == nil && input.condition == nil && input.dependsOn.isEmpty
                && given.value(at: input.id) == nil && input.properties["autoSelectFirst"] != .bool(true)
        }
        if missing.isEmpty { return [] }
        return [
            problem(
                "trigger.missing-inputs", severity: .warning,
                "Missing inputs for \(kind) Trigger '\(trigger.id)', missing inputs: '\(missing.map(\.id).joined(separator: ", "))'",
                fix: "give them under `inputs` of the trigger, or give the inputs defaults")
        ]
    }

    private func preconditions() -> [Problem] {
        guard let value = trigger.properties["preconditions"], !value.isNull else { return [] }
        var faults: [String] = []
        if value["id"]?.isNull ?? true { faults.append("`id` must not be null") }
        if case .map(let window)? = value["timeWindow"] { faults += TimeWindow.faults(in: window) }
        for condition in value["where"]?.list ?? [] {
            let filters = condition["filters"]?.list ?? []
            if filters.isEmpty { faults.append("`filters` must not be empty") }
            faults += filters.flatMap(UpstreamFilter.faults)
        }
        return faults.map { problem("trigger.preconditions", member: "preconditions", $0) }
    }

    private func everyExecution() -> [Problem] {
        let limits = ["preconditions", "dependsOn", "when"]
        guard trigger.conditions.isEmpty, limits.allSatisfy({ trigger.properties[$0]?.isNull ?? true }) else {
            return []
        }
        return [
            problem(
                "trigger.every-execution", severity: .warning,
                "this trigger will be triggered for EVERY execution of EVERY flow, as it has neither `conditions` nor `preconditions`",
                fix: "add `preconditions` that name the flows")
        ]
    }
}
