import EngineCore
import Storage

/// Saving what steps decided: those that come together in one transaction, with what a full disk and a taken id change.
extension Executor {
    func settle(
        _ execution: ActiveExecution, _ decision: Decision, isNew: Bool = false, more: [Change] = [],
        saved: CheckedContinuation<Void, any Error>? = nil, isPatient: Bool = true, news: News? = nil
    ) {
        if decision.isEmpty && !isNew && saved == nil { return }
        let changes = execution.changes(for: decision, isNew: isNew) + more
        places.note(execution)
        pending.append(
            Pending(
                execution: execution, changes: changes, commands: decision.commands, isNew: isNew, saved: saved,
                isPatient: isPatient, news: news))
        if saver == nil { saver = Task { await save() } }
        // Going on is nobody else's business and needs no disk: the next steps gather while this one is saved. A turn of
        // their own lets others have theirs.
        if decision.goesOn { Task { take(.proceeded, for: execution.id) } }
    }

    private func save() async {
        while !pending.isEmpty, stop == nil {
            let batch = pending
            pending = []
            var saved = Saved()
            do throws(StorageError) {
                try await saveAll(batch, &saved)
            } catch {
                // Memory is ahead of the disk now: nothing may go on from it.
                for item in saved.items { item.saved?.resume(throwing: error) }
                saver = nil
                end(because: error)
                // Room was waited for until the engine stopped: that is no fault.
                if error.kind != .diskFull { failed(error) }
                return
            }
            for item in saved.items { act(on: item) }
            tellFollowers(of: saved.items)
        }
        saver = nil
    }

    private struct Saved {
        var items: [Pending] = []
        /// How many of a batch are through: saved or refused.
        var count = 0
    }

    /// Saves steps, and waits for room on the disk when there is none. What a caller asked for is refused then.
    private func saveAll(_ batch: [Pending], _ saved: inout Saved) async throws(StorageError) {
        var rest = batch
        while true {
            do throws(StorageError) {
                try await commit(rest[...], &saved)
                return
            } catch {
                rest.removeFirst(saved.count)
                saved.count = 0
                guard error.kind == .diskFull else {
                    for item in rest { item.saved?.resume(throwing: error) }
                    throw error
                }
                // Whoever is told so finds it so.
                room.lost(because: error)
                rest = refuseCallers(of: rest, because: error)
                let later = pending
                pending = []
                pending = refuseCallers(of: later, because: error) + pending
                guard await room.wait() else {
                    for item in rest { item.saved?.resume(throwing: error) }
                    throw error
                }
            }
        }
    }

    /// Saves steps in one transaction. When one of them would create an execution whose id is taken, that one is refused
    /// and the others are saved in several.
    private func commit(_ batch: ArraySlice<Pending>, _ saved: inout Saved) async throws(StorageError) {
        let wanted = batch.filter { !$0.execution.isRefused }
        var changes = wanted.flatMap(\.changes)
        // When all was refused that found the disk full, something must be written to see that there is room again.
        if changes.isEmpty, room.fault != nil { changes = [room.probe] }
        do throws(StorageError) {
            if !changes.isEmpty {
                try await store.commit(changes)
                room.found()
            }
        } catch {
            guard error.kind == .duplicate else { throw error }
            guard batch.count == 1 else {
                let middle = batch.startIndex + batch.count / 2
                try await commit(batch[..<middle], &saved)
                return try await commit(batch[middle...], &saved)
            }
            guard wanted[0].isNew else { throw error }
            saved.count += 1
            return refuse(wanted[0], because: error)
        }
        for item in batch where item.execution.isRefused { item.saved?.resume(throwing: Self.gone) }
        saved.items += wanted
        saved.count += batch.count
    }

    private static let gone = EngineRefusal.conflict("The execution could not be created")

    /// An execution that cannot be created is not here any more, with all that it did meanwhile.
    private func refuse(_ item: Pending, because error: StorageError) {
        let execution = item.execution
        execution.isRefused = true
        item.saved?.resume(throwing: error)
        for later in pending where later.execution === execution { later.saved?.resume(throwing: error) }
        pending.removeAll { $0.execution === execution }
        active[execution.id] = nil
        places.leave(execution)
        forget(execution)
        execution.watchers.end(throwing: error)
        wakeNext(in: execution.key)
    }

    /// Who does not want to wait for room is told so; what they wanted to create is not created.
    /// - Returns: what is still to be saved.
    private func refuseCallers(of batch: [Pending], because error: StorageError) -> [Pending] {
        var rest: [Pending] = []
        for var item in batch {
            if item.execution.isRefused {
                item.saved?.resume(throwing: error)
                continue
            }
            if item.isNew, !item.isPatient {
                refuse(item, because: error)
                continue
            }
            if !item.isPatient {
                item.saved?.resume(throwing: error)
                item.saved = nil
            }
            rest.append(item)
        }
        return rest
    }
}
