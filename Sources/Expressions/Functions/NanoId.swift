extension TemplateFunction {
    static let nanoId = TemplateFunction(
        "nanoId", "A random text.",
        [
            Parameter("length", "how many characters, at most 1,000", default: 21),
            Parameter("alphabet", "the characters that may occur; letters, digits, _ and - if left out"),
        ],
        examples: [Example("{{ nanoId(8, 'a') }}", "aaaaaaaa")]
    ) { arguments, run throws(ExpressionError) in
        guard let length = try arguments.integer(0), (1...1000).contains(length) else {
            throw .evaluation("The length of the 'nanoId' function must be between 1 and 1000.")
        }
        let standard = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let alphabet = Array((try arguments.text(1, run) ?? standard).unicodeScalars)
        guard !alphabet.isEmpty else { throw .evaluation("The alphabet of the 'nanoId' function must not be empty.") }
        var text = String.UnicodeScalarView()
        for _ in 0..<length {
            text.append(alphabet[Int(run.world.random().multipliedFullWidth(by: UInt64(alphabet.count)).high)])
        }
        return .string(String(text))
    }
}
