import FlowModel
import Testing

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("serve", "server"), ("strat", "start"), ("nmae", "name"), ("typ", "type"),
        ("companny.team/helo", "company.team/hello"),
        ("x.y.start", "a.b.start"), ("NAME", "name"),
    ])
    func `a slip of the fingers is seen`(_ wrong: String, _ meant: String) {
        let known = ["server", "start", "name", "type", "company.team/hello", "a.b.start", "cron", "now"]
        #expect(known.closest(to: wrong) == meant)
    }

    @Test(arguments: ["frob", "nope", "x", "", "abcde"])
    func `what is another word is not taken for one`(_ wrong: String) {
        #expect(["cron", "now", "run", "y", "abxye"].closest(to: wrong) == nil)
    }
}
