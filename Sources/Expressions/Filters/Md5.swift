import Crypto

extension TemplateFilter {
    static let md5 = TemplateFilter(
        "md5", "The MD5 digest of a text.",
        examples: [Example("{{ 'hello' | md5 }}", "5d41402abc4b2a76b9719d911017c592")]
    ) { input, _, _ throws(ExpressionError) in try Digests.hexadecimal(input) { Array(Insecure.MD5.hash(data: $0)) } }
}
