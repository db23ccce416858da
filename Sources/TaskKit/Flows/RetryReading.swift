import FlowModel

/// Reads a retry policy. Source: engine spec §1.5, §5.2; since-0.20 §2.
struct RetryReading {
    let findings: Findings

    private static let members: Set<String> = [
        "type", "maxAttempt", "maxAttempts", "maxDuration", "warningOnRetry", "behavior", "interval", "maxInterval",
        "delayFactor", "minInterval",
    ]

    func retry(_ node: Node) -> Retry? {
        guard let members = findings.members(node, "retry") else { return nil }
        for member in members where !Self.members.contains(member.key) {
            findings.unknown(member, on: "retry", known: Array(Self.members))
        }
        let maxDuration = node["maxDuration"].flatMap(findings.duration)
        guard let pace = pace(node, maxDuration) else { return nil }
        var retry = Retry(pace: pace, maxDuration: maxDuration)
        retry.maxAttempts = (node["maxAttempts"] ?? node["maxAttempt"]).flatMap(findings.int)
        if let count = retry.maxAttempts, count < 1 {
            findings.add("retry.attempts", at: node.mark, member: "maxAttempt", "must be greater than or equal to 1")
        }
        retry.warningOnRetry = node["warningOnRetry"].flatMap(findings.bool) ?? false
        if let text = node["behavior"].flatMap(findings.string) {
            guard let behavior = Retry.Behavior(rawValue: text) else {
                findings.add(
                    "flow.bad-choice", at: node.mark, member: "behavior", "`\(text)` is no retry behavior",
                    fix: "use RETRY_FAILED_TASK or CREATE_NEW_EXECUTION")
                return nil
            }
            retry.behavior = behavior
        }
        return retry
    }

    private func pace(_ node: Node, _ maxDuration: ISODuration?) -> Retry.Pace? {
        func required(_ name: String) -> ISODuration? {
            guard let child = node[name], !child.isNull else {
                findings.add(
                    "flow.missing", at: node.mark, member: name, "must not be null", fix: "add `\(name): PT1S`")
                return nil
            }
            return findings.within(name) { findings.duration(child) }
        }
        func below(_ name: String, _ value: ISODuration, _ limitName: String, _ limit: ISODuration?) {
            guard let limit, value >= limit else { return }
            findings.add(
                "retry.interval", at: node[name]?.mark ?? node.mark, member: name,
                "'\(name)' must be less than '\(limitName)' but is \(value)")
        }
        switch node["type"]?.text {
        case "constant":
            guard let interval = required("interval") else { return nil }
            below("interval", interval, "maxDuration", maxDuration)
            return .constant(interval: interval)
        case "exponential":
            guard let interval = required("interval"), let maxInterval = required("maxInterval") else { return nil }
            below("interval", interval, "maxDuration", maxDuration)
            below("interval", interval, "maxInterval", maxInterval)
            let factor: Double =
                switch node["delayFactor"]?.value {
                case .int(let number): Double(number)
                case .double(let number): number
                default: 2
                }
            return .exponential(interval: interval, maxInterval: maxInterval, factor: factor)
        case "random":
            guard let least = required("minInterval"), let most = required("maxInterval") else { return nil }
            below("minInterval", least, "maxDuration", maxDuration)
            below("maxInterval", most, "maxDuration", maxDuration)
            below("minInterval", least, "maxInterval", most)
            return .random(minInterval: least, maxInterval: most)
        case let other:
            findings.add(
                "retry.unknown-type", at: node["type"]?.mark ?? node.mark, member: "type",
                "Invalid type: \(other ?? "null")", fix: "use constant, exponential or random")
            return nil
        }
    }
}
