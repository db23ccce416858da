import FlowModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Inputs as commands take them: `name=value`, or `name=@path` for a file.
enum InputArguments {
    enum Content {
        case text(String)
        case file([UInt8], name: String)
    }

    /// - Throws: exit code 2 after telling which word is no input, or which file cannot be read.
    static func read(_ words: [String]) throws -> [(String, Content)] {
        try words.map { word in
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw Exit.told(
                    "an input has no value: \(word)", fix: "write it as name=value, or name=@PATH for a file")
            }
            let (name, text) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
            guard text.hasPrefix("@") else { return (name, .text(text)) }
            let path = String(text.dropFirst())
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Exit.told(
                    "the file \(path) of input \(name) cannot be read", fix: "check its path and its permissions")
            }
            return (name, .file(Array(data), name: path.split(separator: "/").last.map(String.init) ?? path))
        }
    }

    /// What is wrong with names that a flow does not declare; nil when it declares them all.
    static func unknown(_ names: [String], declared: [String], flow: String) -> (what: String, fix: String)? {
        let unknown = names.filter { !declared.contains($0) }
        guard let first = unknown.first else { return nil }
        let what = "flow \(flow) has no input \(unknown.map { "\"\($0)\"" }.joined(separator: ", "))"
        if declared.isEmpty { return (what, "leave it out: the flow takes no inputs") }
        return (
            what,
            declared.closest(to: first).map { "did you mean \"\($0)\"?" }
                ?? "its inputs are \(declared.joined(separator: ", "))"
        )
    }

    /// - Throws: exit code 2 after telling which name the flow does not declare.
    static func check(_ names: [String], declared: [String], flow: String) throws {
        if let (what, fix) = unknown(names, declared: declared, flow: flow) { throw Exit.told(what, fix: fix) }
    }
}
