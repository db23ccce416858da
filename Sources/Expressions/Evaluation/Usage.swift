import FlowModel

/// What a rendering has used up of its limits.
struct Usage {
    /// Nested macros, blocks and `render()` calls.
    var depth = 0
    var steps = 0
    /// The number of steps at which the clock is looked at next.
    var nextCheck = 16
    var deadline: ContinuousClock.Instant?
    /// Lists and maps that were made, of which some are looked into for their depth.
    var containers = 0
    /// Bytes made since the last settling, and what was in use then.
    var memory = 0
    /// What is in use outside of the variables: by the loops and captured texts that are under way.
    var floor = 0
    /// `memory` right after the last settling.
    var settled = 0
}

/// The limits of a rendering, charged here and nowhere else. Source: expressions spec §16 (safety).
extension Rendering {
    // MARK: - Time

    /// Counts steps of work and looks at the clock now and then.
    func step(at offset: Int? = nil, weight: Int = 1) throws(ExpressionError) {
        usage.steps &+= weight
        if usage.steps >= usage.nextCheck { try checkTime(at: offset) }
    }

    /// Counts the work of reading so many bytes.
    func read(bytes: Int) throws(ExpressionError) {
        if bytes > 1024 { try step(weight: bytes >> 10) }
    }

    private func checkTime(at offset: Int?) throws(ExpressionError) {
        usage.nextCheck = usage.steps + 256
        let now = ContinuousClock.now
        guard let deadline = usage.deadline else {
            usage.deadline = now.advanced(by: .milliseconds(scope.limits.milliseconds))
            return
        }
        if now > deadline {
            throw placed(
                .evaluation(
                    "The expression took longer than \(scope.limits.milliseconds) ms.",
                    hint: "do the heavy part in a script task"), offset)
        }
    }

    private func placed(_ error: ExpressionError, _ offset: Int?) -> ExpressionError {
        offset.map { error.at($0, in: source) } ?? error
    }

    // MARK: - Memory

    /// Counts memory that is about to be taken, or was just taken by something bounded.
    func allocate(_ bytes: Int, at offset: Int? = nil) throws(ExpressionError) {
        usage.memory += min(bytes, scope.limits.memoryBytes + 1)
        if usage.memory > scope.limits.memoryBytes { throw placed(memoryLimit(), offset) }
    }

    /// Counts a value that was made, without what stands in it.
    func allocate(for value: Value, at offset: Int? = nil) throws(ExpressionError) {
        let bytes = Weights.shallow(value)
        guard bytes > 256 else { return }
        if case .string(let text) = value { try charge(text, at: offset) }
        try allocate(bytes, at: offset)
        try step(at: offset, weight: bytes >> 12)
    }

    func memoryLimit() -> ExpressionError {
        .evaluation(
            "The expression took more than \(scope.limits.memoryBytes >> 20) MiB of memory.",
            hint: "handle large data in a script task, or keep it in files and pass their URIs")
    }

    /// Between two statements only variables, loops and texts under way are in use; whatever else was made is gone.
    /// - Parameter least: bytes made since the last settling that are worth another one.
    func settle(after least: Int? = nil) {
        let limit = scope.limits.memoryBytes
        guard usage.memory - usage.settled > least ?? limit >> 2 else { return }
        let inUse = usage.floor + output.utf8.count + locals.weight(upTo: limit)
        usage.memory = min(usage.memory, inUse)
        usage.settled = usage.memory
    }

    /// Everything made so far stays in use until ``release(_:)``: a list that is walked over, operands of an expression
    /// that has a macro in it.
    func hold() -> Int {
        defer { usage.floor = usage.memory }
        return usage.floor
    }

    func release(_ floor: Int) { usage.floor = floor }

    // MARK: - Sizes

    /// Refuses a text that is larger than the output may be.
    func charge(_ text: String, at offset: Int? = nil) throws(ExpressionError) {
        let bytes = text.utf8.count
        if bytes < 4096 { return }
        if bytes > scope.limits.outputBytes { throw placed(outputLimit(), offset) }
        try step(at: offset, weight: bytes >> 12)
    }

    func outputLimit() -> ExpressionError {
        .evaluation(
            "The expression made a text of more than \(scope.limits.outputBytes) bytes.",
            hint: "keep large data in files and pass their URIs")
    }

    /// Refuses a container whose text would be larger than a text may be, before it is made.
    func weigh(_ value: Value, at offset: Int? = nil) throws(ExpressionError) {
        let limit = scope.limits.outputBytes
        let weight = Nesting.weight(of: value, upTo: limit)
        if weight > limit { throw placed(outputLimit(), offset) }
        if weight > 4096 { try step(at: offset, weight: weight >> 12) }
    }

    /// Refuses a result that holds itself in so many places that whoever writes it down would never come to an end.
    func checkSize(ofResult value: Value) throws(ExpressionError) {
        let limit = 4 * scope.limits.outputBytes
        if Nesting.weight(of: value, upTo: limit) > limit { throw outputLimit() }
    }

    /// Refuses what takes too long to compare, sort or search.
    func survey(_ value: Value) throws(ExpressionError) {
        switch value {
        case .list, .map:
            let limit = 2 * scope.limits.elements
            let items = Weights.items(in: value, upTo: limit)
            guard items <= limit else {
                throw .evaluation(
                    "The list or map has more than \(limit) items in all.", hint: "do the heavy part in a script task")
            }
            try step(weight: items >> 7)
        default: break
        }
    }

    /// Whether two values are equal, containers included, as far as that can be told in time.
    func equal(_ one: Value, _ other: Value) throws(ExpressionError) -> Bool {
        switch (one, other) {
        case (.list, .list), (.map, .map):
            try survey(one)
            return one.equals(other)
        case (.string(let one), .string(let other)):
            try read(bytes: min(one.utf8.count, other.utf8.count))
            return one == other
        default: return one.equals(other)
        }
    }

    // MARK: - Depth

    /// Bytes of the stack that nested calls may take, whatever the expressions are in which they stand.
    private static let stackLimit: UInt = 1 << 20

    /// Enters something nested: a macro, a `render()`; every call is followed by `ascend`.
    func descend(_ what: String) throws(ExpressionError) {
        usage.depth += 1
        guard usage.depth <= scope.limits.depth, Stack.used(since: stackStart) < Self.stackLimit else {
            throw .evaluation("Maximum \(what) nesting depth of \(scope.limits.depth) reached.")
        }
    }

    func ascend() { usage.depth -= 1 }

    /// Counts a container that was made, and refuses those nested so deeply that handling them would need too much
    /// stack, which only templates that nest in a loop can make; so most calls return at once.
    func checkNesting(of value: Value, at offset: Int? = nil) throws(ExpressionError) {
        try allocate(Weights.shallow(value), at: offset)
        try checkDepth(of: value, at: offset)
    }

    func checkDepth(of value: Value, at offset: Int? = nil) throws(ExpressionError) {
        usage.containers += 1
        guard usage.containers & 0xF == 0 else { return }
        try step(at: offset)
        guard Nesting.isWithin(2 * scope.limits.depth, value) else {
            throw placed(.evaluation("Lists and maps are nested too deeply."), offset)
        }
    }
}
