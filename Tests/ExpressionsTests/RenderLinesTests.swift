import FlowModel
import Testing

@testable import Expressions

@Suite struct RenderLinesTests {
    private let lines = RenderLines(now: Instant(seconds: 1_767_225_600))

    @Test(arguments: [
        (#"{"id":"a","template":"Hi {{ n }}","variables":{"n":"Bo"}}"#, #"{"id":"a","result":"Hi Bo"}"#),
        (
            #"{"id":"a","template":"{{ d }}","variables":{"d":{"$date":"2013-09-08T16:19:00+02:00"}}}"#,
            #"{"id":"a","result":"2013-09-08T16:19+02:00"}"#
        ),
        (
            #"{"id":"a","template":"{{ x }}","mode":"typed","variables":{"x":{"$float":1.5}}}"#,
            #"{"id":"a","result":1.5,"type":"Float"}"#
        ),
        (
            #"{"id":"a","template":{"{{ k }}":["{{ k }}",1]},"mode":"object","variables":{"k":"v"}}"#,
            #"{"id":"a","result":{"v":["v",1]}}"#
        ),
        (
            #"{"id":"a","template":"{{ x }}","mode":"property","property_type":"duration","variables":{"x":"PT60S"}}"#,
            #"{"id":"a","result":"PT1M"}"#
        ),
        (
            #"{"id":"a","template":null,"mode":"property","property_type":"list<string>","variables":{}}"#,
            #"{"id":"a","result":[]}"#
        ),
        (
            #"{"id":"a","template":"{{ kv('k') }}","variables":{"flow":{"namespace":"a.b"}},"fixtures":{"kv":{"a":{"k":5}}}}"#,
            #"{"id":"a","result":"5"}"#
        ),
        (
            #"{"id":"a","template":"{{ secret('x') }}","variables":{},"fixtures":{"secretsBase64":{"X":"YWJj\nZA=="}}}"#,
            #"{"id":"a","result":"abcd"}"#
        ),
        (#"{"id":"a","template":"{{ now('yyyy') }}","variables":{}}"#, #"{"id":"a","result":"2026"}"#),
        (
            #"{"id":"a","template":"{{ x }}","recursive":true,"variables":{"x":"{{ y }}","y":"z"}}"#,
            #"{"id":"a","result":"z"}"#
        ),
        (
            #"{"id":"a","template":"{{ x }}","variables":{}}"#,
            #"{"id":"a","error":"Unable to find `x` used in the expression `{{ x }}` at line 1","kind":"undefined"}"#
        ),
        (
            #"{"id":"a","template":"{{ render('x') }}","recursive":true,"variables":{}}"#,
            #"{"id":"a","error":"Function or Macro [render] does not exist. ({{ render('x') }}:1)","kind":"evaluation"}"#
        ),
    ]) func `a line is answered`(line: String, answer: String) {
        #expect(lines.answer(to: line) == answer)
    }

    @Test(arguments: [
        "", "x", "[]", #"{"template":"a","mode":"nope"}"#,
        #"{"template":"a","mode":"property","property_type":"nope"}"#,
    ])
    func `a line that cannot be read is answered too`(line: String) {
        #expect(lines.answer(to: line).contains(#""error":"#))
    }

    @Test func `files belong to executions and namespaces`() {
        let file = "kestra:///a/b/f/executions/e1/x.txt"
        let fixtures = #""fixtures":{"storage":{"\#(file)":"text"},"namespaceFiles":{"a.b":{"q.sql":"select"}}}"#
        func answer(_ template: String, _ variables: String) -> String {
            lines.answer(to: #"{"id":1,"template":"\#(template)","variables":\#(variables),\#(fixtures)}"#)
        }
        let own = #"{"flow":{"id":"f","namespace":"a.b"},"execution":{"id":"e1"}}"#
        #expect(answer("{{ read('\(file)') }}", own).contains(#""result":"text""#))
        #expect(answer("{{ fileSize('\(file)') }}{{ isFileEmpty('q.sql') }}", own).contains(#""result":"4false""#))
        #expect(answer("{{ read('q.sql') }}{{ fileExists('nope') }}", own).contains(#""result":"selectfalse""#))
        #expect(answer("{{ read('../x') }}", own).contains("Path must not contain"))
        #expect(answer("{{ read('http://x/y') }}", own).contains("not supported"))
    }
}
