import FlowModel
import Testing

/// Places inside scalars: `@` marks the place that is asked for, in the document and, decoded, in the scalar's text.
@Suite struct ScalarPlacesTests {
    private struct NoScalar: Error {}

    /// The first scalar below `key`, at any depth.
    private func scalar(_ node: Node) throws -> Node {
        switch node.content {
        case .scalar: return node
        case .list(let items): return try scalar(#require(items.last))
        case .map(let members): return try scalar(#require(members.last).value)
        }
    }

    @Test(arguments: [
        "key: plain text with @ in it",
        "- a: 'single ''quoted'' @text'",
        "a: \"double \\\"quoted\\\" \\t\\n\\u00e9\\x41\\U0001F600 @text\"",
        "a: \"over\n  two lines \\\n  and @three\"",
        "a: plain over\n  two\n\n  lines @end",
        "a: 'single over\n\n   lines @end'",
        "a: |\n  first\n    indented\n  @third\n",
        "a: |2-\n    two more than it says\n  and @here\n",
        "a: |+   # a comment with | and '\n  x\n\n  @y\n\n",
        "a: >\n  folded\n  text\n\n    more indented\n  @end\n",
        "a: >-\n\n\n  after blank lines @x",
        "- - - >1\n     @deep",
        "a: &anchor \"text @x\"",
        "a: !!str text@x",
        "a: !!str &b |\n  text\n  @x",
        "a: |\r\n  one\r\n  two @x\r\n",
        "a: \"ein Ä und 😀 @x\"",
        "{a: [b, \"c @d\"]}",
        "? a\n: \"x @y\"",
        "a: \"{{ b }}\\n{{ @c }}\"",
    ])
    func `a place in a scalar's text is found in the document`(_ document: String) throws {
        let node = try scalar(try YAMLReader().document(document))
        let text = try #require(node.text)
        let at = try #require(text.firstIndex(of: "@"))
        let offset = text.utf8.distance(from: text.startIndex, to: at)
        let mark = try #require(SourceText(document).mark(of: offset, in: node))
        let line = try #require(SourceText(document).line(Int(mark.line)))
        let scalars = line.unicodeScalars
        #expect(scalars[scalars.index(scalars.startIndex, offsetBy: Int(mark.column) - 1)] == "@")
    }

    @Test func `escapes are places too`() throws {
        let document = "a: \"\\u007b\\u007B x }}\""
        let node = try scalar(try YAMLReader().document(document))
        let source = SourceText(document)
        #expect(source.mark(of: 0, in: node) == Mark(line: 1, column: 5))
        #expect(source.mark(of: 1, in: node) == Mark(line: 1, column: 11))
        #expect(source.mark(of: 3, in: node) == Mark(line: 1, column: 18))
    }

    @Test func `nothing is claimed of an alias or of another document`() throws {
        let document = "a: &x hello\nb: *x"
        let node = try scalar(try YAMLReader().document(document))
        #expect(SourceText(document).mark(of: 0, in: node) == nil)
        let other = try scalar(try YAMLReader().document("a: hello"))
        #expect(SourceText("a: jello").mark(of: 2, in: other) == nil)
        #expect(SourceText("").mark(of: 2, in: other) == nil)
    }

    @Test func `lines end as YAML says`() {
        let text = SourceText("a\nb\rc\r\nd\u{85}e\u{2028}f")
        #expect((1...7).map { text.line($0).map(String.init) } == ["a", "b", "c", "d", "e", "f", nil])
        #expect(SourceText("a\n").line(2) == "")
    }

    @Test func `an excerpt has a caret below the place`() {
        let source = SourceText("id: x\r\ntasks:\r\n\t- message: {{ y }}\r\n")
        #expect(
            SourceExcerpt(source).lines(at: Place(line: 3, column: 16), before: 1) == [
                "  2 | tasks:", "  3 | \t- message: {{ y }}", "    | \t              ^",
            ])
        #expect(
            SourceExcerpt(source, indentation: "").lines(at: Place(line: 1, column: 1), marksWord: true) == [
                "1 | id: x", "  | ^^^",
            ])
        #expect(SourceExcerpt(source).lines(at: Place(line: 9, column: 1)) == [])
        let long = SourceText(String(repeating: "a", count: 500) + "!" + String(repeating: "b", count: 500))
        let lines = SourceExcerpt(long).lines(at: Place(line: 1, column: 501))
        #expect(lines.allSatisfy { $0.count < 200 })
        #expect(lines[0].firstIndex(of: "!") == lines[1].firstIndex(of: "^"))
    }
}
