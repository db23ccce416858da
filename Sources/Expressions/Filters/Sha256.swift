import Crypto

extension TemplateFilter {
    static let sha256 = TemplateFilter(
        "sha256", "The SHA-256 digest of a text.",
        examples: [
            Example(
                "{{ 'abc' | sha256 }}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        ]
    ) { input, _, _ throws(ExpressionError) in try Digests.hexadecimal(input) { Array(SHA256.hash(data: $0)) } }
}
