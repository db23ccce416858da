import ArgumentParser
import FlowModel

/// Executions on a server. An answer of any size is read: task runs come one after the other and are not held.
extension RemoteServer {
    /// Reads an execution as it arrives.
    /// - Parameters:
    ///   - isShown: whether the answer goes to standard output as it is.
    ///   - take: gets each task run.
    /// - Returns: the execution without its task runs.
    func execution(_ id: String, isShown: Bool = false, _ take: (Value) -> Void = { _ in }) async throws -> Value {
        var cutter = JSONObjectCutter(list: "taskRunList")
        do {
            for try await piece in try await stream(try ExecCommand.path(id)) {
                let bytes = Array(piece.readableBytesView)
                if isShown { Console.raw(bytes) }
                for run in try cutter.cut(bytes) { take(try Self.parsed(run)) }
            }
            guard cutter.isComplete else {
                throw Exit.told("the answer of \(address) broke off", Exit.unreachable)
            }
            if isShown { Console.raw("\n") }
            return try Self.parsed(cutter.rest)
        } catch is JSONArrayCutter.Unfit {
            throw Exit.told("\(address) does not answer with an execution", fix: "check --server")
        } catch let code as ExitCode {
            throw code
        } catch {
            throw lost(error)
        }
    }

    /// An execution without its task runs, which a server of this kind does not even read then.
    func head(of id: String) async throws -> Value {
        try await get(try ExecCommand.path(id), [("taskRuns", "false")])
    }

    /// The whole id of the execution that a text names: the id itself, or the first characters of it that no other has.
    /// - Throws: exit code 5 when there is none, 2 when there are several.
    func executionID(_ text: String) async throws -> String {
        _ = try ExecCommand.path(text)
        if text.count > 20 { return text }
        let page = try await get("/executions/search", [("q", text), ("size", "100"), ("sort", "id:desc")])
        let ids = (page["results"]?.list ?? []).map { $0.text("id") }.filter { $0.hasPrefix(text) }
        guard let first = ids.first else {
            throw Exit.told(
                "there is no execution whose id is or begins with \(text)", fix: "`sluice exec list` lists them",
                Exit.notFound)
        }
        if ids.count == 1 { return first }
        throw Exit.told(
            "\(ids.count) executions have an id that begins with \(text)",
            fix: "write more of it: \(ids.prefix(3).joined(separator: ", "))\(ids.count > 3 ? ", …" : "")")
    }

    /// Reads an answer that is a list, however long, until `take` wants no more.
    /// - Parameter take: gets the elements that end in each piece, and the piece; says whether more is wanted.
    /// - Returns: how many elements there were.
    @discardableResult
    func elements(
        _ path: String, _ query: [(String, String)], _ take: ([[UInt8]], [UInt8]) -> Bool
    ) async throws -> Int {
        var (cutter, count) = (JSONArrayCutter(), 0)
        do {
            for try await piece in try await stream(path, query) {
                let bytes = Array(piece.readableBytesView)
                let found = try cutter.cut(bytes)
                count += found.count
                guard take(found, bytes) else { return count }
            }
        } catch is JSONArrayCutter.Unfit {
            throw Exit.told("\(address) does not answer with log lines", fix: "check --server")
        } catch let code as ExitCode {
            throw code
        } catch {
            throw lost(error)
        }
        guard cutter.isComplete else {
            throw Exit.told("the answer of \(address) broke off after \(count.of("line"))", Exit.unreachable)
        }
        return count
    }

    private static func parsed(_ bytes: [UInt8]) throws(JSONArrayCutter.Unfit) -> Value {
        guard let value = try? JSON.parse(bytes) else { throw JSONArrayCutter.Unfit() }
        return value
    }
}
