import FlowModel
import Testing

@testable import CLI

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("http://localhost:8080/", "http://localhost:8080"), ("https://a.example/sub//", "https://a.example/sub"),
        ("http://[::1]:9", "http://[::1]:9"), ("HTTP://x", "HTTP://x"), ("http://x/api/v1/", "http://x"),
    ])
    func `an address is taken without the slash at its end`(_ text: String, _ address: String) throws {
        #expect(try ServerAddress.checked(text, of: "--server") == address)
    }

    @Test(arguments: [
        "", "http://", "ftp://x", "http://x:port", "http://x:0", "http://x:70000", "http://a b", "http://x?y",
        "http://[::1", "http://a:1:2",
    ])
    func `what is no address is told`(_ text: String) {
        #expect(throws: Problem.self) { try ServerAddress.checked(text, of: "--server") }
    }

    @Test func `the option wins over the variables, and the message names where it stands`() throws {
        let environment = ["SLUICE_SERVER": "", "KESTRA_HOSTNAME": "localhost:8080"]
        #expect(try ServerAddress.read("http://a", environment: environment) == "http://a")
        #expect(try ServerAddress.read(nil, environment: [:]) == "http://127.0.0.1:8080")
        #expect(try ServerAddress.read(nil, environment: ["SLUICE_SERVER": "http://b/"]) == "http://b")
        do throws(Problem) {
            _ = try ServerAddress.read(nil, environment: environment)
            Issue.record("it was taken")
        } catch {
            #expect(error.what.hasPrefix("KESTRA_HOSTNAME ") && error.fix == "did you mean http://localhost:8080?")
        }
    }
}

@Suite struct StreamTests {
    private static let lines = #"[ {"a":"x,]}\"\\[{"} ,{"b":[1,{"c":2}]},3 ] "#

    @Test(arguments: 1...12) func `an array is cut into its elements, whatever the pieces`(_ size: Int) throws {
        let bytes = Array(Self.lines.utf8)
        var (cutter, found) = (JSONArrayCutter(), [String]())
        for start in stride(from: 0, to: bytes.count, by: size) {
            #expect(!cutter.isComplete || start > bytes.count - 3)
            found += try cutter.cut(bytes[start..<min(start + size, bytes.count)]).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        #expect(found == [#"{"a":"x,]}\"\\[{"}"#, #"{"b":[1,{"c":2}]}"#, "3"])
        #expect(cutter.isComplete)
    }

    private static let execution =
        #" {"id":"taskRunList","inputs":{"taskRunList":[1,"a]}"]}, "taskRunList" : [ {"id":"\"]"},{"b":[{}]} ] ,"state":{"current":"FAILED"}}"#

    @Test(arguments: 1...12) func `a list is cut out of an object, whatever the pieces`(_ size: Int) throws {
        let bytes = Array(Self.execution.utf8)
        var (cutter, found) = (JSONObjectCutter(list: "taskRunList"), [String]())
        for start in stride(from: 0, to: bytes.count, by: size) {
            #expect(!cutter.isComplete)
            found += try cutter.cut(bytes[start..<min(start + size, bytes.count)]).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        #expect(found == [#"{"id":"\"]"}"#, #"{"b":[{}]}"#])
        #expect(
            String(decoding: cutter.rest, as: UTF8.self)
                == #"{"id":"taskRunList","inputs":{"taskRunList":[1,"a]}"]},"taskRunList":[],"state":{"current":"FAILED"}}"#
        )
        #expect(cutter.isComplete)
    }

    @Test(arguments: ["[1]", "no", "{}}", #"{"taskRunList":null}{"#])
    func `what is no object is refused`(_ text: String) {
        var cutter = JSONObjectCutter(list: "taskRunList")
        #expect(throws: JSONArrayCutter.Unfit.self) { try cutter.cut(text.utf8) }
    }

    @Test func `a list that is not there, null or empty has no elements`() throws {
        for text in ["{}", #"{"taskRunList":null,"a":[1]}"#, #"{"taskRunList":[],"a":[1]}"#] {
            var cutter = JSONObjectCutter(list: "taskRunList")
            #expect(try cutter.cut(text.utf8).isEmpty)
            #expect(cutter.isComplete && String(decoding: cutter.rest, as: UTF8.self) == text)
        }
    }

    @Test func `an empty array has no elements`() throws {
        var cutter = JSONArrayCutter()
        #expect(try cutter.cut("[]".utf8).isEmpty)
        #expect(cutter.isComplete)
    }

    @Test(arguments: ["{}", "no", "[1]]", "[1][", #"["a very long text"]"#])
    func `what is no array of small elements is refused`(_ text: String) {
        var cutter = JSONArrayCutter(largest: 8)
        #expect(throws: JSONArrayCutter.Unfit.self) { try cutter.cut(text.utf8) }
    }

    @Test(arguments: 1...9) func `events are read, whatever the pieces`(_ size: Int) {
        let bytes = Array(
            ": beat\n\nid: 1\r\ndata: {\"a\":1}\r\n\r\nid: 2\nevent: end\ndata: x\ndata:y\n\nid: 3\n".utf8)
        var (reader, found) = (EventReader(), [EventReader.Event]())
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += reader.read(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(
            found == [
                .init(id: "1", name: "", data: Array(#"{"a":1}"#.utf8)),
                .init(id: "2", name: "end", data: Array("x\ny".utf8)),
            ])
    }

    @Test func `a name cannot end its line in a form`() {
        var body = MultipartBody()
        body.add(text: "v", name: "a\"\r\nb")
        #expect(String(decoding: body.finished(), as: UTF8.self).contains(#"name="a%22%0D%0Ab""#))
    }
}

@Suite struct InputArgumentsTests {
    @Test func `a name that is not declared is told with the nearest one`() throws {
        let known = ["name", "count", "address.street"]
        #expect(InputArguments.unknown(["name", "address.street"], declared: known, flow: "a/b") == nil)
        let near = try #require(InputArguments.unknown(["nmae"], declared: known, flow: "a/b"))
        #expect(near.what == "flow a/b has no input \"nmae\"" && near.fix == "did you mean \"name\"?")
        let far = try #require(InputArguments.unknown(["count", "x", "y"], declared: known, flow: "a/b"))
        #expect(far.what == "flow a/b has no input \"x\", \"y\"")
        #expect(far.fix == "its inputs are name, count, address.street")
        let none = try #require(InputArguments.unknown(["x"], declared: [], flow: "a/b"))
        #expect(none.fix == "leave it out: the flow takes no inputs")
    }

    @Test func `a value may hold equals signs`() throws {
        let read = try InputArguments.read(["a=b=c", "d="])
        #expect(read.map(\.0) == ["a", "d"])
    }
}
