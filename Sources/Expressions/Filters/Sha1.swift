import Crypto

extension TemplateFilter {
    static let sha1 = TemplateFilter(
        "sha1", "The SHA-1 digest of a text.",
        examples: [Example("{{ 'abc' | sha1 }}", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    ) { input, _, _ throws(ExpressionError) in try Digests.hexadecimal(input) { Array(Insecure.SHA1.hash(data: $0)) } }
}
