import FlowModel

extension TemplateFilter {
    static let abs = TemplateFilter(
        "abs", "The number without its sign.", examples: [Example("{{ -3 | abs }}", "3")]
    ) { input, _, _ throws(ExpressionError) in
        switch input {
        case .int(let number): return .int(number < 0 ? 0 &- number : number)
        case .float(let number): return .float(number.magnitude)
        case .double(let number): return .double(number.magnitude)
        case .decimal(let number): return .decimal(number.absolute)
        default: throw .evaluation("The 'abs' filter can only be applied to numbers.")
        }
    }
}
