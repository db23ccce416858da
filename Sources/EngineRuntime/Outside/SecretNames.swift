/// The secrets that a flow's source names.
enum SecretNames {
    /// Those in `secret('NAME')` and `secret("NAME")`; names that expressions make up are not found.
    static func literal(in source: String) -> Set<String> {
        var names: Set<String> = []
        for part in source.split(separator: "secret(", omittingEmptySubsequences: false).dropFirst() {
            let argument = part.drop { $0 == " " || $0 == "\\" }
            guard let quote = argument.first, quote == "'" || quote == "\"" else { continue }
            let name = argument.dropFirst().prefix { $0 != quote && $0 != "\\" && !$0.isNewline }
            if !name.isEmpty { names.insert(String(name)) }
        }
        return names
    }
}
