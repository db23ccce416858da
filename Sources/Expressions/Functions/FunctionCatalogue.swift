/// The functions, in the order in which they are shown.
enum FunctionCatalogue {
    static let all: [TemplateFunction] = values + dates + engine + chance

    private static let values: [TemplateFunction] = [
        .block, .decrypt, .encrypt, .fromIon, .fromJson, .json, .max, .min, .parent, .range, .render, .renderOnce,
        .yaml,
    ]

    private static let engine: [TemplateFunction] = [
        .currentEachOutput, .env, .errorLogs, .fetchContext, .fileExists, .fileSize, .fileURI, .http, .isFileEmpty,
        .iterationOutput, .kv, .loopOutputs, .parentOutput, .printContext, .read, .secret, .subflow, .tasksWithState,
    ]

    private static let chance: [TemplateFunction] = [.id, .ksuid, .nanoId, .randomInt, .randomPort, .uuid]
}
