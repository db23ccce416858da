import Crypto

extension TemplateFilter {
    static let sha512 = TemplateFilter(
        "sha512", "The SHA-512 digest of a text.", examples: [Example("{{ 'abc' | sha512 | length }}", "128")]
    ) { input, _, _ throws(ExpressionError) in try Digests.hexadecimal(input) { Array(SHA512.hash(data: $0)) } }
}
