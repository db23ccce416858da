import FlowModel

/// A task run and what the engine knows about it beside its row.
struct RunEntry: Sendable {
    var run: TaskRun
    /// The place of its task in ``CompiledFlow/tasks``; nil for a task that the flow does not have.
    var task: Int?
    var role: CompiledTask.Role
    /// Whether it belongs to what runs after the execution has ended.
    var isAfter: Bool
    /// Where it stands in its owner's plan.
    var lane: Int
    var position: Int
    /// When its timer is due: of a retry, a pause or the next round.
    var due: Timestamp?
    /// The last step that changed it.
    var changedIn: UInt32 = 0
}

/// The task runs of an execution by their numbers; each access costs the same however many there are.
struct RunTable: Sendable {
    /// For each number the place among the entries; −1 for a run that was removed.
    private var places: [Int32] = []
    private var entries: [RunEntry] = []
    private var free: [Int32] = []

    /// The number that the next run gets.
    var nextNumber: Int { places.count }
    var count: Int { entries.count - free.count }

    func contains(_ number: Int) -> Bool { places.indices.contains(number) && places[number] >= 0 }

    /// - Precondition: the table contains the number.
    subscript(number: Int) -> RunEntry {
        _read { yield entries[Int(places[number])] }
        _modify { yield &entries[Int(places[number])] }
    }

    /// Adds a run under its own number, which is none that was used before.
    mutating func append(_ entry: RunEntry) {
        reserveNumbers(below: entry.run.number)
        if let place = free.popLast() {
            entries[Int(place)] = entry
            places.append(place)
        } else {
            places.append(Int32(entries.count))
            entries.append(entry)
        }
    }

    /// Makes the next run's number at least this one.
    mutating func reserveNumbers(below number: Int) {
        while places.count < number { places.append(-1) }
    }

    mutating func remove(_ number: Int) {
        free.append(places[number])
        places[number] = -1
    }

    /// The numbers of all runs, ascending.
    var numbers: [Int] { places.indices.filter { places[$0] >= 0 } }
}
