import Hummingbird
import Testing

@testable import WebServer

struct MultipartTests {
    private struct Part: Hashable {
        var head: PartHead
        var content = ""
    }

    /// The parts of a body that arrives in pieces of this size.
    private func parts(_ body: String, pieces size: Int, boundary: String = "B") throws -> [Part]? {
        var parser = MultipartParser(boundary: boundary)
        var parts: [Part] = []
        var rest = Array(body.utf8)[...]
        while true {
            switch try parser.next() {
            case nil:
                if rest.isEmpty { return nil }
                parser.feed(ByteBuffer(bytes: rest.prefix(size)))
                rest = rest.dropFirst(size)
            case .part(let head)?: parts.append(Part(head: head))
            case .data(let data)?: parts[parts.count - 1].content += String(buffer: data)
            case .endOfPart?: break
            case .endOfForm?: return parts
            }
        }
    }

    private static let body = """
        --B\r
        Content-Disposition: form-data; name="text"\r
        \r
        hello\r
        --not the boundary\r
        --B\r
        Content-Disposition: form-data; name="files"; filename="in put"\r
        Content-Type: text/csv\r
        \r
        \r
        --B  \r
        content-disposition:form-data;filename*=UTF-8''na%C3%AFve.txt;name=f\r
        \r
        \r
        x\r
        --B--\r
        epilogue
        """

    @Test(arguments: 1...64)
    func `parts are the same however the body is cut`(size: Int) throws {
        let expected = [
            Part(head: PartHead(name: "text"), content: "hello\r\n--not the boundary"),
            Part(head: PartHead(name: "files", fileName: "in put", contentType: "text/csv")),
            Part(head: PartHead(name: "f", fileName: "naïve.txt"), content: "\r\nx"),
        ]
        #expect(try parts(Self.body, pieces: size) == expected)
    }

    @Test func `a form may have no part at all`() throws {
        #expect(try parts("--B--\r\n", pieces: 100) == [])
        #expect(try parts("--B--", pieces: 1) == [])
        #expect(try parts("preamble\r\n--B--", pieces: 3) == [])
    }

    @Test(arguments: ["", "--B", "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "nothing"])
    func `a body that is cut off has no end`(body: String) throws {
        #expect(try parts(body, pieces: 100) == nil)
    }

    @Test(arguments: ["--Bx\r\n", "--B\r\n\r\nno head\r\n--B--", "--B\r\nContent-Type: a/b\r\n\r\nx\r\n--B--"])
    func `a malformed body is a bad request`(body: String) {
        let error = #expect(throws: Refusal.self) { try parts(body, pieces: 100) }
        #expect(error?.status == .badRequest)
    }

    @Test func `a head has a limit`() {
        let body = "--B\r\n" + String(repeating: "x", count: MultipartParser.headLimit + 10)
        #expect(throws: Refusal.self) { try parts(body, pieces: 1000) }
    }

    @Test(arguments: [
        ("form-data; name=\"a\"", "a"), ("form-data;name=a", "a"), ("form-data; filename=\"x;y\"; name=\"a b\"", "a b"),
        ("form-data; name=\"say \\\"hi\\\"\"", "say \"hi\""), ("form-data; name=\"C:\\dir\"", "C:\\dir"),
        ("form-data; NAME = b", "b"),
    ])
    func `parameters of a header`(text: String, name: String) {
        #expect(HeaderParameters(text)["name"] == name)
    }
}
