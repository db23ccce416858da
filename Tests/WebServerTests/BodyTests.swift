import FlowModel
import Hummingbird
import Logging
import Storage
import Testing

@testable import WebServer

private let noon = Timestamp(milliseconds: 1_736_942_400_000)

struct ExecutionBodyTests {
    private func execution() throws -> Execution {
        let id = try #require(ExecutionID("0000000000000000000001"))
        var execution = Execution(id: id, namespace: "company.team", flowID: "hello", flowRevision: 3, createdAt: noon)
        execution.labels = [Label(key: "system.correlationId", value: id.description)]
        return execution
    }

    @Test func `an execution as it was created`() throws {
        let body = ExecutionBody(
            try execution(), now: noon.advanced(by: .milliseconds(1500)),
            url: "http://x/ui/executions/company.team/hello/1")
        #expect(
            String(decoding: body.bytes, as: UTF8.self) == """
                {"id":"0000000000000000000001","namespace":"company.team","flowId":"hello","flowRevision":3,\
                "labels":[{"key":"system.correlationId","value":"0000000000000000000001"}],\
                "state":{"current":"CREATED","histories":[{"state":"CREATED","date":"2025-01-15T12:00:00Z"}],\
                "duration":"PT1.5S","startDate":"2025-01-15T12:00:00Z"},"originalId":"0000000000000000000001",\
                "deleted":false,"metadata":{"attemptNumber":1,"originalCreatedDate":"2025-01-15T12:00:00Z"},\
                "url":"http://x/ui/executions/company.team/hello/1"}
                """)
    }

    @Test func `an execution with all that can be told`() throws {
        var execution = try execution()
        execution.state.set(.running, at: noon.advanced(by: .milliseconds(5)))
        execution.state.set(.success, at: noon.advanced(by: .seconds(2)))
        execution.inputs = ["who": "Ada", "nothing": nil]
        execution.outputs = [:]
        execution.variables = ["x": 1]
        execution.trigger = ExecutionTrigger(id: "t", type: "a.Webhook", variables: ["body": "b"])
        execution.parentID = ExecutionID("0000000000000000000002")
        execution.scheduleDate = noon
        var parent = TaskRun(number: 0, taskID: "each", state: StateHistory(.running, at: noon))
        parent.attempts = [Attempt(state: StateHistory(.running, at: noon), logFile: "kestra:///l")]
        let child = TaskRun(
            number: 1, taskID: "log", parent: 0, value: "v", iteration: 0, state: StateHistory(.created, at: noon))
        let snapshot = ExecutionSnapshot(execution: execution, taskRuns: [parent, child], isOpen: false)
        let body = try JSON.parse(ExecutionBody(snapshot, now: noon.advanced(by: .seconds(9))).bytes)
        #expect(body["state"]?["duration"] == "PT2S")
        #expect(body["state"]?["endDate"] == "2025-01-15T12:00:02Z")
        #expect(body["inputs"] == ["who": "Ada", "nothing": nil])
        #expect(body["outputs"] == [:])
        #expect(body["trigger"] == ["id": "t", "type": "a.Webhook", "variables": ["body": "b"]])
        #expect(body["parentId"] == "0000000000000000000002")
        #expect(body["scheduleDate"] == "2025-01-15T12:00:00Z")
        let runs = try #require(body["taskRunList"]?.list)
        #expect(runs[0]["attempts"]?.list?.first?["logFile"] == "kestra:///l")
        #expect(runs[0]["outputs"] == Value.null)
        #expect(runs[1]["parentTaskRunId"] == runs[0]["id"])
        #expect(runs[1]["value"] == "v")
        #expect(runs[1]["iteration"] == 0)
        #expect(runs[1]["executionId"] == body["id"])
    }
}

struct FlowBodyTests {
    private func stored(_ source: String) -> Storage.StoredFlow {
        let head = FlowHead(
            key: FlowKey("io.kestra.tests", "minimal"), revision: 2, disabled: false, deleted: false, updated: noon)
        return Storage.StoredFlow(head: head, source: source)
    }

    @Test func `a flow in the order of its members`() {
        let source = """
            # a comment
            id: minimal
            namespace: io.kestra.tests
            revision: 77
            triggers: []
            labels:
              a: 1
              b: true
            description: null
            tasks:
              - id: date
                type: io.kestra.plugin.core.debug.Return
                format: "{{taskrun.startDate}}"
            inputs:
              - {id: i, type: STRING}
            """
        #expect(
            FlowBody(stored(source)).value.jsonText() == """
                {"id":"minimal","namespace":"io.kestra.tests","revision":2,"inputs":[{"id":"i","type":"STRING"}],\
                "disabled":false,"deleted":false,"labels":[{"key":"a","value":"1"},{"key":"b","value":"true"}],\
                "tasks":[{"id":"date","type":"io.kestra.plugin.core.debug.Return","format":"{{taskrun.startDate}}"}],\
                "triggers":[],"updated":"2025-01-15T12:00:00Z"}
                """)
    }

    @Test func `a source that can no longer be read is told with the reason`() {
        let body = FlowBody(stored("id: [unclosed"), withSource: true).value
        #expect(body["id"] == "minimal")
        #expect(body["tasks"] == [])
        #expect(body["source"] == "id: [unclosed")
        #expect(body["exception"]?.string?.isEmpty == false)
    }

    @Test func `a form needs ids and types only`() {
        let source = """
            id: minimal
            namespace: io.kestra.tests
            variables: {secret: x}
            tasks:
              - id: if
                type: a.If
                condition: "{{ true }}"
                then: [{id: log, type: a.Log, message: hello}]
            """
        #expect(
            FlowBody(stored(source)).reduced["tasks"] == [
                ["id": "if", "type": "a.If", "then": [["id": "log", "type": "a.Log"]]]
            ])
        #expect(FlowBody(stored(source)).reduced["variables"] == nil)
    }
}

struct ErrorAnswerTests {
    private let answer = ErrorAnswer(path: "/api/v1/flows", id: "r1", logger: Logger(label: "test"))

    private func body(_ error: any Error) throws -> (status: Int, body: Value) {
        let refusal = answer.refusal(for: error)
        let response = answer.response(to: error)
        #expect(response.headers[.contentType] == "application/json")
        return (refusal.status.code, answer.bodyValue(of: refusal))
    }

    @Test func `every mistake of a document is told`() throws {
        let problems = Problems([
            Problem(
                "flow.id", at: Place(line: 1, column: 5), path: "id", what: "must match", fix: "take out the blank"),
            Problem("flow.empty", path: "tasks", what: "must not be empty"),
            Problem("flow.deprecated", severity: .warning, what: "old"),
        ])
        let (status, body) = try body(problems)
        #expect(status == 422)
        #expect(body["message"] == "Invalid entity: id: must match\ntasks: must not be empty")
        #expect(
            body["_embedded"]?["errors"] == [
                ["message": "must match", "path": "id"], ["message": "must not be empty", "path": "tasks"],
            ])
        #expect(
            body["errors"]?.list?.first == [
                "message": "must match", "path": "id", "line": 1, "column": 5, "suggestions": ["take out the blank"],
            ])
        #expect(body["_links"]?["self"]?.list?.first?["href"] == "/api/v1/flows")
        #expect(body["code"] == "flow.id")
    }

    @Test func `refusals of the store become statuses`() throws {
        #expect(try body(StorageError(.notFound, "gone")).status == 404)
        #expect(try body(StorageError(.conflict, "other")).status == 409)
        #expect(try body(StorageError(.invalid, "bad")).status == 422)
        #expect(try body(StorageError(.corrupt, "bad")).status == 423)
        #expect(try body(StorageError(.diskFull, "full")).status == 503)
    }

    @Test func `everything else is our fault`() throws {
        struct Odd: Error {}
        let (status, body) = try body(Odd())
        #expect(status == 500)
        #expect(body["message"]?.string?.hasPrefix("Internal server error: ") == true)
    }
}
