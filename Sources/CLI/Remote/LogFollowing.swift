import ArgumentParser
import FlowModel

/// Follows the log of an execution to its end. A connection that falls away is made anew where it ended, so that no line is
/// lost or shown twice.
struct LogFollowing {
    let remote: RemoteServer
    let id: String
    let parameters: [(String, String)]
    /// The number of the last line that was shown already.
    var last = ""
    /// Connections in a row that brought nothing.
    private static let patience = 5

    func run(_ show: ([[UInt8]]) -> Void) async throws {
        var (last, failures) = (last, 0)
        while true {
            let headers = last.isEmpty ? [] : [("Last-Event-ID", last)]
            let path = "/logs/\(RemoteServer.encode(id))/follow"
            let pieces = try await remote.stream(path, parameters + [("cursor", "true")], headers: headers)
            var reader = EventReader()
            do {
                for try await piece in pieces {
                    let events = reader.read(piece.readableBytesView)
                    show(events.filter { $0.name != "end" }.map(\.data))
                    if Console.isClosed || events.contains(where: { $0.name == "end" }) { return }
                    if let id = events.last?.id { (last, failures) = (id, 0) }
                }
                failures += 1
                guard failures < Self.patience else { throw Exit.told("the log of \(id) broke off", Exit.unreachable) }
            } catch let code as ExitCode {
                throw code
            } catch {
                failures += 1
                guard failures < Self.patience else { throw remote.lost(error) }
            }
        }
    }
}
