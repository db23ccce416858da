/// What Python scripts are used to find.
enum PythonScripts {
    private static let names = "true, false, null = True, False, None"

    /// The script with the names `true`, `false` and `null` defined, so that JSON that an expression printed into it is
    /// Python. The script's lines keep their numbers wherever that is possible. Source: since-0.20 §7.
    static func withJSONNames(_ script: String) -> String {
        if script.contains("from __future__") { return script }
        let end = script.firstIndex { $0.isNewline } ?? script.endIndex
        let first = script[..<end]
        if first.allSatisfy(\.isWhitespace) || first.hasPrefix("#!") { return names + script[end...] }
        if first.hasPrefix("import ") || first.hasPrefix("from ") { return names + "; " + script }
        return names + "\n" + script
    }

    /// On a machine with `python3` only, `python` means that, unless a virtual environment has its own.
    static func prelude() -> [String] { hasOnlyVersion3 ? [asVersion3] : [] }

    private static let hasOnlyVersion3 = !ServerEnvironment.has("python") && ServerEnvironment.has("python3")
    private static let asVersion3 =
        "python() { if [ -n \"$VIRTUAL_ENV\" ]; then command python \"$@\"; else python3 \"$@\"; fi; }"
}
