import EngineCore
import FlowModel
import Storage
import TaskKit

/// What a caller expects to be there when it saves a flow.
public enum SaveExpectation: Sendable {
    case anything
    /// The flow must not exist yet. Source: engine spec §1.3.
    case create
    /// This flow must exist, and the source must be one of it; with `revision`, that must be the newest one.
    case update(FlowKey, revision: Int?)
}

/// A flow as it is stored now.
public struct SavedFlow: Sendable {
    public var flow: Flow
    public var revision: Int
    public var outcome: FlowSaved.Outcome
    public var remarks: [Problem]
}

extension Engine {
    /// What validation says of a source; see ``FlowShelf/check(_:file:)``.
    public func check(flow source: String) -> FlowCheck { shelf.check(source) }

    /// Stores a source as the newest revision of its flow.
    /// - Parameter file: the file that it comes from, for places in messages while this engine runs.
    /// - Throws: `Problems` when it is no valid flow or not what the caller expects, `EngineRefusal`, `StorageError`.
    public func save(flow source: String, file: String? = nil, expecting: SaveExpectation) async throws -> SavedFlow {
        let reading = try shelf.read(source, file: file)
        let key = FlowKey(reading.flow.namespace, reading.flow.id)
        let condition: FlowWrite.Expectation
        switch expecting {
        case .anything: condition = .anything
        case .create: condition = .absent
        case .update(let expected, let revision):
            guard let stored = try await store.flow(expected, revision: nil, evenDeleted: false) else {
                throw EngineRefusal.notFound("Flow not found")
            }
            try Self.checkNames(key, expected)
            if let revision, stored.head.revision != revision {
                throw EngineRefusal.conflict("the flow is at revision \(stored.head.revision), not \(revision)")
            }
            condition = .revision(stored.head.revision)
        }
        do throws(StorageError) {
            let saved = try await saveOne(
                FlowShelf.Save(key: key, source: source, prepared: reading, expecting: condition))
            return SavedFlow(
                flow: reading.flow, revision: saved.revision, outcome: saved.outcome, remarks: reading.remarks)
        } catch {
            guard error.kind == .conflict else { throw error }
            if case .create = expecting {
                throw Problems(
                    Problem(
                        "flow.exists", path: "flow.id", what: "Flow id already exists",
                        fix: "update \(key) instead, or choose another id"))
            }
            throw EngineRefusal.conflict("the flow was changed by someone else meanwhile: read it again")
        }
    }

    private func saveOne(_ save: FlowShelf.Save) async throws(StorageError) -> FlowSaved {
        do {
            return try await shelf.save([save]).writes[0]
        } catch let error as StorageError {
            throw error
        } catch {
            preconditionFailure("a source that was read before cannot fail to be read: \(error)")
        }
    }

    private static func checkNames(_ key: FlowKey, _ expected: FlowKey) throws(Problems) {
        var problems: [Problem] = []
        if key.id != expected.id {
            problems.append(
                Problem(
                    "flow.id-changed", path: "flow.id", what: "Illegal flow id update",
                    fix: "keep the id \(expected.id)"))
        }
        if key.namespace != expected.namespace {
            problems.append(
                Problem(
                    "flow.namespace-changed", path: "flow.namespace", what: "Illegal namespace update",
                    fix: "keep the namespace \(expected.namespace)"))
        }
        if !problems.isEmpty { throw Problems(problems) }
    }

    /// Stores several flows at once and, with `deleteOthers`, deletes the rest of the namespace (of all namespaces for nil).
    /// Source: engine spec §11.2.
    public func saveAll(_ sources: [String], in namespace: String?, deleteOthers: Bool) async throws -> (
        saved: [SavedFlow], deleted: [FlowKey]
    ) {
        var saves: [FlowShelf.Save] = []
        var readings: [FlowReading] = []
        for source in sources {
            let reading = try shelf.read(source)
            let key = FlowKey(reading.flow.namespace, reading.flow.id)
            if let namespace, key.namespace != namespace {
                throw Problems(Problem("flow.namespace", path: "flow.namespace", what: "Flow namespace is invalid"))
            }
            if saves.contains(where: { $0.key == key }) {
                throw Problems(Problem("flow.twice", path: "flow.id", what: "Duplicate flow id"))
            }
            saves.append(FlowShelf.Save(key: key, source: source, prepared: reading))
            readings.append(reading)
        }
        var removals: [FlowRemoval] = []
        if deleteOthers {
            let all = try await store.flowHeads(
                FlowQuery(namespace: namespace.map { .exactly($0) } ?? .any), PageRequest(size: .max))
            let kept = Set(saves.map(\.key))
            removals = all.items.map(\.key).filter { !kept.contains($0) }.map { FlowRemoval($0) }
        }
        let saved = try await shelf.save(saves, deleting: removals)
        let flows = zip(readings, saved.writes).map { reading, write in
            SavedFlow(flow: reading.flow, revision: write.revision, outcome: write.outcome, remarks: reading.remarks)
        }
        return (flows, removals.map(\.key))
    }

    /// - Returns: false when there is no such flow.
    public func deleteFlow(_ key: FlowKey) async throws -> Bool {
        let saved = try await shelf.save([], deleting: [FlowRemoval(key)])
        return saved.removals.first?.outcome == .deleted
    }

    /// Loads the files of a folder as flows; what is wrong with some of them keeps none of the others out.
    public func loadFlows(from folder: String) async throws -> (loaded: Int, changed: Int, problems: [Problem]) {
        let report = try await FlowFolder(path: folder, shelf: shelf, told: toldFiles, log: log).load()
        return (report.loaded, report.changed, report.problems)
    }

    /// Follows the files of a folder until the task is cancelled.
    public func followFlows(in folder: String) async throws {
        try await FlowFolder(path: folder, shelf: shelf, told: toldFiles, log: log).follow()
    }
}
