import FlowModel
import TaskKit

/// Carries out one run of SyncFlows: asks the remote, compares, checks everything, then changes the store at once.
///
/// The cheapest way that is right is taken: nothing new costs one exchange with the remote and one question to the store;
/// a few changed files cost those files; only else all are looked at. Source: git-tasks spec §3; git-engine-notes §4.
struct SyncFlowsRun: Sendable {
    let options: SyncFlowsOptions
    let connection: Connection
    let dryRun: Bool
    let service: GitService
    let library: any FlowLibrary
    let log: RunLog

    /// - Returns: The rows as Ion text.
    func run() async throws -> [UInt8] {
        let look = try await look()
        if case .nothingNew(let rows) = look { return rows }
        guard !dryRun else { return try await carryOut(look) }
        let turn = store.key
        let isLate = try await service.turns.enter(turn)
        do {
            // The same sync was under way: what was news before it is none any more, or older than what it brought.
            let rows = try await carryOut(isLate ? try await self.look() : look)
            await service.turns.leave(turn)
            return rows
        } catch {
            await service.turns.leave(turn)
            throw error
        }
    }

    private enum Look {
        /// With the rows that say so.
        case nothingNew([UInt8])
        /// At this tip (nil in an empty repository), since the last run if the store is still as that left it.
        case news(ObjectID?, SyncMemory?)
    }

    private func look() async throws -> Look {
        var memory = store.load()
        let version = try await library.version(of: options.namespace, children: options.children)
        let tip = try await tip()
        for _ in 1...8 {
            guard let known = memory, let tip, known.commit == tip, known.version == version else { break }
            if let rows = store.rows(of: known) { return .nothingNew(nothingNew(known, rows)) }
            // Lost, or replaced since it was looked at.
            let now = store.load()
            memory = now?.generation == known.generation ? nil : now
        }
        return .news(tip, memory?.version == version ? memory : nil)
    }

    private func carryOut(_ look: Look) async throws -> [UInt8] {
        switch look {
        case .nothingNew(let rows): return rows
        case .news(let tip, let memory):
            return try await GitThreads.run {
                try await service.work(on: connection, branch: options.branch, commit: tip) { view throws(GitError) in
                    do {
                        return try await sync(view, tip, memory)
                    } catch let error as GitError {
                        throw error
                    } catch {
                        throw GitError(.local, "\(error)")
                    }
                }
            }
        }
    }

    /// The tip of the branch; nil in an empty repository.
    private func tip() async throws -> ObjectID? {
        let refs = try await service.refs(of: connection, branch: options.branch)
        if let tip = refs.tip { return tip }
        guard refs.head != nil else { return nil }
        let known = refs.defaultBranch.map { "; its default branch is '\($0)'" } ?? ""
        throw GitError(
            .invalid, "The branch '\(options.branch)' was not found in \(connection.url)\(known)",
            fix: "set `branch` to a branch of the repository"
        )
    }

    private func nothingNew(_ memory: SyncMemory, _ rows: [UInt8]) -> [UInt8] {
        memory.notices.forEach { log.warn($0) }
        log.info("Nothing new in branch \(options.branch) of \(connection.url): \(memory.count) flow(s) unchanged")
        return rows
    }

    /// - Parameter memory: Of the last run, if the store is still as it left it.
    private func sync(_ view: RepositoryView, _ tip: ObjectID?, _ memory: SyncMemory?) async throws -> [UInt8] {
        let root = try tip.map { try view.repository.tree(ofCommit: $0) }
        guard let tip, let root else { return try without(.missing) }
        let place = try await view.folder(options.directory, root: root)
        guard case .folder(let folder) = place.found else { return try without(place.found) }
        if let memory, !memory.hasLinks {
            if memory.folder == folder, let rows = store.rows(of: memory) {
                store.move(memory, to: tip)
                return nothingNew(memory, rows)
            }
            if let rows = try await syncChanges(view, tip, since: memory, folder) { return rows }
        }
        return try await syncAll(view, tip, root, folder, at: place.path)
    }

    /// The directory is not there: an error, or nothing to do. With `delete` it would empty the namespace: never.
    private func without(_ found: FolderFound) throws(GitError) -> [UInt8] {
        if case .other(let what) = found {
            throw GitError(.invalid, "The path '\(options.directoryAsGiven)' exists but is \(what), not a directory")
        }
        if options.failsOnMissingDirectory || options.delete {
            throw GitError(
                .invalid,
                "The directory '\(options.directoryAsGiven)' was not found in branch '\(options.branch)' of \(connection.url)",
                fix: options.failsOnMissingDirectory
                    ? "correct `gitDirectory`, or set `failOnMissingDirectory: false` to take it as empty"
                    : "with `delete: true` a missing directory is never taken as empty"
            )
        }
        log.warn("The directory '\(options.directoryAsGiven)' was not found: nothing is synced")
        return []
    }

    // MARK: everything

    private func syncAll(
        _ view: RepositoryView, _ tip: ObjectID, _ root: ObjectID, _ folder: ObjectID, at place: GitDirectory
    ) async throws -> [UInt8] {
        let listing = try await view.list(folder: folder, at: place, root: root, deep: options.children)
        let ignored = listing.files.first { $0.path == IgnoreFile.name }
        try await view.bring(
            blobs: listing.files.filter { FlowFileSelection.isFlow($0.path) || $0.path == IgnoreFile.name }.map(\.blob)
        )
        var ignore = IgnoreFile.none
        if let ignored {
            let bytes = try view.repository.blob(ignored.blob, limit: GitLimits.ignoreFileBytes)
            ignore = IgnoreFile(String(decoding: bytes, as: UTF8.self))
        }
        let selection = FlowFileSelection(listing.files, ignore: ignore)
        let notices = listing.warnings + notice(others: selection.others)
        notices.forEach { log.warn($0) }
        let stored = try await library.flows(in: options.namespace, children: options.children)
        let byKey = Dictionary(stored.flows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let files = try await check(selection.flows, in: view, against: byKey)
        let plan = try SyncFlowsPlan(
            options, files: files, stored: byKey, deletedRevisions: stored.deletedRevisions,
            before: stored.flows.map { ($0.key, $0.revision) }
        )
        return try await carryOut(
            plan, from: stored.version, at: tip, folder, hasLinks: listing.hasLinks || place != options.directory,
            notices: notices
        )
    }

    private func notice(others: [String]) -> [String] {
        guard !others.isEmpty else { return [] }
        let names = others.prefix(5).map { options.directory.path($0) }.joined(separator: ", ")
        let more = others.count > 5 ? " and \(others.count - 5) more" : ""
        return ["Only .yml and .yaml files are flows; skipped: \(names)\(more)"]
    }

    // MARK: what changed since the last run

    /// Syncs only the files that differ from the last run's; nil when that does not tell all.
    private func syncChanges(
        _ view: RepositoryView, _ tip: ObjectID, since memory: SyncMemory, _ folder: ObjectID
    ) async throws -> [UInt8]? {
        guard view.repository.holds(memory.folder), let synced = store.files(of: memory) else { return nil }
        var changed = try view.repository.differences(from: memory.folder, to: folder)
        if !options.children { changed.removeAll { $0.path.contains("/") } }
        // Another text in a file that is no flow means nothing; that one came or went is told anew.
        changed.removeAll {
            $0.old != nil && $0.new != nil && !FlowFileSelection.isFlow($0.path) && $0.path != IgnoreFile.name
        }
        let isPlain = changed.allSatisfy { change in
            change.isFile && FlowFileSelection.isFlow(change.path)
                && change.path.split(separator: "/").allSatisfy { TreeEntry.isHonest(String($0)) }
        }
        guard isPlain, changed.count < 1000 else { return nil }
        let ignore = try await ignoreFile(view, folder)
        changed.removeAll { ignore.ignores(file: $0.path) }
        let paths = Set(changed.map(\.path))
        let kept = synced.filter { !paths.contains($0.path) }
        let gone = synced.filter { paths.contains($0.path) }
        let present = changed.compactMap { change in change.new.map { TreeFile(path: change.path, blob: $0) } }
        try await view.bring(blobs: present.map(\.blob))
        var files = try await check(present, in: view, against: [:])
        let keys = Set(files.map(\.presumedKey)).union(gone.map(\.key))
        let stored = try await library.flows(Array(keys))
        let byKey = Dictionary(stored.flows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        files.sort { $0.path < $1.path }
        let plan = try SyncFlowsPlan(
            options, files: files, stored: byKey, deletedRevisions: stored.deletedRevisions, kept: kept,
            before: gone.filter { byKey[$0.key] != nil }.map { ($0.key, $0.revision) }
        )
        memory.notices.forEach { log.warn($0) }
        return try await carryOut(
            plan, from: memory.version, at: tip, folder, hasLinks: false, notices: memory.notices
        )
    }

    private func ignoreFile(_ view: RepositoryView, _ folder: ObjectID) async throws -> IgnoreFile {
        guard let entry = try view.repository.entry(named: IgnoreFile.name, in: folder), entry.kind == .file else {
            return .none
        }
        try await view.bring(blobs: [entry.id])
        let bytes = try view.repository.blob(entry.id, limit: GitLimits.ignoreFileBytes)
        return IgnoreFile(String(decoding: bytes, as: UTF8.self))
    }

    // MARK: reading, checking, storing

    /// Reads, rewrites and checks files. What is stored word for word already needs no check.
    private func check(
        _ files: [TreeFile], in view: RepositoryView, against stored: [FlowKey: StoredFlow]
    ) async throws -> [CheckedFile] {
        var checked: [CheckedFile] = []
        checked.reserveCapacity(files.count)
        var unknown: [Int] = []
        for file in files {
            var entry = CheckedFile(
                path: file.path, blob: file.blob, namespace: options.namespace(of: file.path), source: ""
            )
            do throws(GitError) {
                if let folder = options.folderWithoutNamespace(of: file.path) {
                    throw GitError(
                        .invalid,
                        "the folder \"\(folder)\" cannot be a part of a namespace: use \(NamespaceName.rule),"
                            + " or name the folder in \(IgnoreFile.name)")
                }
                let bytes = try view.repository.blob(file.blob, limit: GitLimits.flowBytes)
                // A mark of the byte order is no part of the text.
                let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw GitError(.invalid, "the file is not UTF-8 text")
                }
                entry.source = FlowText.settingNamespace(entry.namespace, in: text) { RootKeys.find($0, in: text) }
                entry.id = FlowText.plainValue(of: "id", in: entry.source)
                let same = entry.key.flatMap { stored[$0] }.map { $0.isReadable && $0.source == entry.source } ?? false
                if !same { unknown.append(checked.count) }
            } catch {
                guard error.kind == .tooMuch || error.kind == .invalid else { throw error }
                entry.errors = [error.what]
            }
            checked.append(entry)
        }
        let found = try await library.check(unknown.map { checked[$0].source })
        for (i, check) in zip(unknown, found) {
            checked[i].id = check.id
            checked[i].prepared = check.prepared
            checked[i].errors = check.problems.filter { $0.severity == .error }.map(\.inOneLine)
            if checked[i].errors.isEmpty, check.namespace != checked[i].namespace {
                checked[i].errors = ["its namespace cannot be set; write `namespace:` on a line of its own"]
            }
        }
        return checked
    }

    private func carryOut(
        _ plan: SyncFlowsPlan, from version: String, at tip: ObjectID, _ folder: ObjectID, hasLinks: Bool,
        notices: [String]
    ) async throws -> [UInt8] {
        var plan = plan
        plan.warnings.forEach { log.warn($0) }
        if !dryRun {
            var after: (before: String, after: String) = (version, version)
            if !plan.saves.isEmpty || !plan.deletions.isEmpty {
                let result = try await library.apply(
                    FlowChange(
                        saves: plan.saves, deletions: plan.deletions.map(\.key), namespace: options.namespace,
                        children: options.children
                    )
                )
                plan.take(result.revisions)
                after = (result.versionBefore, result.versionAfter)
            }
            // Someone else's change in between was not looked at: the next run must look at everything.
            if plan.isComplete, after.before == version {
                store.save(
                    commit: tip, folder: folder, version: after.after, files: plan.entries.map(\.file),
                    directory: options.directory, hasLinks: hasLinks, notices: notices
                )
            } else {
                store.forget()
            }
        }
        tell(plan)
        return SyncRow.file(plan.rows(options.directory))
    }

    private func tell(_ plan: SyncFlowsPlan) {
        var counts: [SyncRow.State: Int] = [.deleted: plan.deletions.count]
        for entry in plan.entries { counts[entry.state, default: 0] += 1 }
        let summary = [SyncRow.State.added, .updated, .unchanged, .deleted]
            .map { "\(counts[$0] ?? 0) \($0.rawValue.lowercased())" }.joined(separator: ", ")
        log.info((dryRun ? "Dry run, nothing was changed: " : "Synced \(options.namespace): ") + summary)
        for row in plan.rows(options.directory).lazy.filter({ $0.state != .unchanged }).prefix(1000) {
            log.debug(row.ion)
        }
    }

    // MARK: memory

    private var store: SyncMemoryStore {
        SyncMemoryStore(
            cache: BareCache(connection, kind: .partial, settings: service.settings).folder,
            name: SyncMemory.name([
                "flows", options.branch, options.namespace, options.directory.description, "\(options.children)",
                "\(options.delete)", "\(options.ignoresInvalid)", options.ownFlow.namespace, options.ownFlow.id,
            ])
        )
    }
}

extension Problem {
    /// The place and the fault, for a list of them in one message.
    var inOneLine: String { (place.map { "\($0.line):\($0.column): " } ?? "") + what }
}
