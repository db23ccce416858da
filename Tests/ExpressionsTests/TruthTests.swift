import Testing

@testable import Expressions

@Test(arguments: ["", "false", "0", "-0"]) func `these texts are false`(text: String) {
    #expect(!Truth.isTruthyText(text))
}

@Test(arguments: [" ", "False", "00", "0.0", "no", "null", "[]"]) func `every other text is true`(text: String) {
    #expect(Truth.isTruthyText(text))
}
