import FlowModel
import TaskKit

/// Validates sources without a store: what `FlowShelf` does before it saves.
public struct FlowValidator: Sendable {
    private let reader: FlowReader

    public init(catalogue: Catalogue, defaults: [PluginDefault]) {
        reader = FlowReader(catalogue: catalogue, defaults: defaults)
    }

    /// - Throws: all problems when one of them is an error.
    public func read(_ source: String, file: String? = nil) throws(Problems) -> FlowReading {
        let reading = try reader.read(source, file: file)
        let more = FlowChecks.problems(in: reading.flow, file: file)
        if more.contains(where: { $0.severity == .error }) { throw Problems(reading.remarks + more) }
        return FlowReading(flow: reading.flow, remarks: reading.remarks + more)
    }

    /// Errors, warnings and infos, in order of place.
    public func problems(of source: String, file: String? = nil) -> [Problem] {
        do throws(Problems) {
            return try read(source, file: file).remarks
        } catch {
            return error.all
        }
    }
}
