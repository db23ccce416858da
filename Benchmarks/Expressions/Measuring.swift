import ExpressionFuzz
import Expressions
import FlowModel
import OrderedCollections

/// How many renderings and compilations a second one core does, and what templates cost that want everything.
struct Measuring {
    let seconds: Double

    private static let variables: ValueMap = [
        "inputs": ["name": "World"],
        "outputs": ["extract": ["rows": [["name": "a"], ["name": "b"], ["name": "c"], ["name": "dora"]]]],
        "execution": ["startDate": "2024-03-05T10:11:12.123456Z", "id": "x"],
        "flow": ["id": "hello", "namespace": "company.team"],
    ]

    /// Eighty-odd characters, as flows have them.
    static let typical = "Run {{ execution.id }} of {{ flow.id }} says {{ inputs.name | upper | default('x') }} !"

    func run(asJSON: Bool) {
        var figures: ValueMap = [:]
        let scope = Scope(variables: Self.variables)
        figures["hello"] = .double(rendering("Hello {{ inputs.name }}", scope))
        figures["rows"] = .double(
            rendering(
                "{{ outputs.extract.rows[3].name | upper }} at {{ execution.startDate | date('yyyy-MM-dd') }}", scope))
        figures["compile"] = .double(perSecond { (try? Template(Self.typical)) == nil ? 0 : 1 })
        let (small, large) = (Scope(variables: context(bytes: 1000)), Scope(variables: context(bytes: 10_000_000)))
        let one = "{{ outputs.task7.value }}"
        figures["small"] = .double(rendering(one, small))
        figures["large"] = .double(rendering(one, large))
        if seconds > 0.2 { figures["hostile"] = .map(HostileTemplates.measured()) }
        if asJSON { return print(Value.map(figures).jsonText()) }
        for (name, figure) in figures { print(name, figure.plain()) }
    }

    private func rendering(_ source: String, _ scope: Scope) -> Double {
        guard let template = try? Template(source), (try? template.text(in: scope)) != nil else { return 0 }
        return perSecond { (try? template.text(in: scope))?.utf8.count ?? 0 }
    }

    /// A context of about so many bytes: outputs of tasks.
    private func context(bytes: Int) -> ValueMap {
        var outputs: ValueMap = [:]
        for index in 0..<max(10, bytes / 100) {
            outputs["task\(index)"] = [
                "value": .string("value \(index)"), "text": .string(String(repeating: "x", count: 60)),
            ]
        }
        return ["outputs": .map(outputs)]
    }

    private func perSecond(_ work: () -> Int) -> Double {
        var sink = 0
        for _ in 0..<1000 { sink &+= work() }
        let start = ContinuousClock.now
        let end = start.advanced(by: .milliseconds(Int(seconds * 1000)))
        var count = 0
        while ContinuousClock.now < end {
            for _ in 0..<500 { sink &+= work() }
            count += 500
        }
        let took = ContinuousClock.now - start
        let elapsed = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        return sink == 0 ? 0 : Double(count) / elapsed
    }
}
