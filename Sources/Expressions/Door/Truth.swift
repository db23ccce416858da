/// What counts as true where a rendered text decides, as in `runIf` and conditions.
public enum Truth {
    /// False for the empty text, `false`, `0` and `-0`, exactly so written; true for anything else.
    /// Source: engine spec, "truthy".
    public static func isTruthyText(_ text: some StringProtocol) -> Bool {
        switch text.utf8.count {
        case 0: false
        case 1: text != "0"
        case 2: text != "-0"
        case 5: text != "false"
        default: true
        }
    }
}
