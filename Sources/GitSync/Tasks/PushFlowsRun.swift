import FlowModel
import TaskKit

/// Carries out one run of PushFlows: lays the flows over the tip in memory, commits, pushes; anew when the branch moved.
///
/// Source: git-tasks spec §7, §2.9, §2.10, OUR RULES D4, D19.
struct PushFlowsRun: Sendable {
    struct Outcome: Sendable {
        var commit: ObjectID?
        /// Ion text; nil when nothing was selected.
        var rows: [UInt8]?
    }

    /// How often a push is tried when others push meanwhile.
    private static let attempts = 5

    let options: PushFlowsOptions
    let connection: Connection
    let message: String
    let author: GitIdentity
    let dryRun: Bool
    let service: GitService
    let library: any FlowLibrary
    let clock: any FlowClock
    let log: RunLog

    func run() async throws -> Outcome {
        for attempt in 1... {
            do {
                return try await once()
            } catch let error as GitError where error.kind == .moved && attempt < Self.attempts {
                log.info("\(error.what): trying again (\(attempt + 1) of \(Self.attempts))")
                let pause = Int64(50 << attempt) + Int64.random(in: 0...100)
                try await clock.sleep(until: clock.now.advanced(by: .milliseconds(pause)))
            }
        }
        throw GitError(.moved, "the branch \(options.branch) of \(connection.url) keeps moving")
    }

    private func once() async throws -> Outcome {
        let refs = try await service.refs(of: connection, branch: options.branch)
        let stored = try await library.flows(in: options.sourceNamespace, children: options.children)
        let base = refs.tip ?? refs.head
        return try await GitThreads.run {
            try await service.work(on: connection, branch: options.branch, commit: base) { view throws(GitError) in
                try await push(stored.flows, view, base: base, old: refs.tip)
            }
        }
    }

    private func push(
        _ flows: [StoredFlow], _ view: RepositoryView, base: ObjectID?, old: ObjectID?
    ) async throws(GitError) -> Outcome {
        let repository = view.repository
        var root: ObjectID?
        if let base { root = try repository.tree(ofCommit: base) }
        var present: [TreeFile] = []
        if let root { present = try files(repository, root) }
        var ignore = IgnoreFile.none
        if let file = present.first(where: { $0.path == IgnoreFile.name }) {
            try await view.bring(blobs: [file.blob])
            let bytes = try repository.blob(file.blob, limit: GitLimits.ignoreFileBytes)
            ignore = IgnoreFile(String(decoding: bytes, as: UTF8.self))
        }
        var plan = PushFlowsPlan(options, flows: flows, present: present, ignore: ignore)
        plan.warnings.forEach { log.warn($0) }
        guard !plan.isEmpty else {
            log.info("No content to push - skipping Git operations.")
            return Outcome()
        }
        try await view.bring(blobs: plan.needed)
        try plan.settle { id throws(GitError) in try repository.blob(id, limit: LineCounts.limit) }
        let rows = try rows(of: plan, repository)
        guard !rows.isEmpty else {
            let isNew = old == nil ? " The branch \(options.branch) does not exist and is not created." : ""
            log.info("No changes to commit. Skipping push.\(isNew)")
            return Outcome(rows: [])
        }
        if dryRun {
            let isNew = old == nil ? ", which would be created" : ""
            log.info("Dry run: \(rows.count) file(s) would change on \(options.branch)\(isNew); nothing is pushed")
            return Outcome(rows: PushRow.file(rows))
        }
        if old == nil { log.info("Branch \(options.branch) does not exist, creating it") }
        let commit = try commit(plan, repository, root: root, parent: base)
        try await view.push(commit, over: old)
        log.info("Pushed \(rows.count) file(s) to \(options.branch) of \(connection.url) as \(commit)")
        return Outcome(commit: commit, rows: PushRow.file(rows))
    }

    /// What the directory holds now.
    private func files(_ repository: Repository, _ root: ObjectID) throws(GitError) -> [TreeFile] {
        let what: String
        switch try repository.folder(options.directory, inTree: root) {
        case .folder(let folder):
            return try repository.list(
                folder: folder, at: options.directory, root: root, deep: options.children, followsLinks: false
            ).files
        case .missing: return []
        case .other(let other): what = other
        case .link: what = "a link"
        }
        throw GitError(
            .invalid, "The path '\(options.directory)' exists but is \(what), not a directory",
            fix: "set `gitDirectory` to a folder of the repository, or to a name that is free")
    }

    private func rows(of plan: PushFlowsPlan, _ repository: Repository) throws(GitError) -> [PushRow] {
        var rows: [PushRow] = []
        for file in plan.writes {
            var old: [UInt8]?
            if let blob = file.blob { old = try repository.blob(blob, limit: LineCounts.limit) }
            rows.append(PushRow(file: file.path, counts: try LineCounts(from: old, to: file.bytes)))
        }
        for file in plan.removals {
            let old = try repository.blob(file.blob, limit: LineCounts.limit)
            rows.append(PushRow(file: file.path, counts: try LineCounts(from: old, to: nil)))
        }
        return rows
    }

    private func commit(
        _ plan: PushFlowsPlan, _ repository: Repository, root: ObjectID?, parent: ObjectID?
    ) throws(GitError) -> ObjectID {
        try repository.keepWritesInMemory()
        var changes: [String: TreeChange] = [:]
        for file in plan.removals { changes[file.path] = .remove }
        for file in plan.writes {
            changes[file.path] = .write(try repository.write(blob: file.bytes), isProgram: file.isProgram)
        }
        let changed = try repository.tree(from: root, changing: changes)
        let tree: ObjectID
        if let changed { tree = changed } else { tree = try repository.emptyTree() }
        return try repository.commit(
            tree: tree, parent: parent, message: message, author: author, committer: author,
            seconds: clock.now.milliseconds / 1000
        )
    }
}
