/// Everything that templates can call, with its documentation.
public enum Catalogue {
    public static let filters: [TemplateFilter] = FilterCatalogue.all
    public static let functions: [TemplateFunction] = FunctionCatalogue.all
    public static let tests: [TemplateTest] = TestCatalogue.all

    private static let filtersByName = Dictionary(filters.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
    private static let functionsByName = Dictionary(
        functions.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
    private static let testsByName = Dictionary(tests.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })

    static func filter(named name: String) -> TemplateFilter? { filtersByName[name] }
    static func function(named name: String) -> TemplateFunction? { functionsByName[name] }
    static func test(named name: String) -> TemplateTest? { testsByName[name] }
}
