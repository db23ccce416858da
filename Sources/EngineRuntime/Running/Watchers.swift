import Storage

/// Who follows an execution, and who waits for its end; each has a number of its own.
struct Watchers {
    var followers: [Int: AsyncStream<ExecutionSnapshot>.Continuation] = [:]
    var waiters: [Int: CheckedContinuation<ExecutionSnapshot?, any Error>] = [:]

    var isEmpty: Bool { followers.isEmpty && waiters.isEmpty }

    func tell(_ snapshot: ExecutionSnapshot) {
        for follower in followers.values { follower.yield(snapshot) }
    }

    /// The execution has ended like this.
    mutating func end(with snapshot: ExecutionSnapshot) {
        for waiter in waiters.values { waiter.resume(returning: snapshot) }
        for follower in followers.values {
            follower.yield(snapshot)
            follower.finish()
        }
        self = Watchers()
    }

    /// Nothing more is to be learnt of the execution here.
    mutating func end(throwing reason: any Error) {
        for waiter in waiters.values { waiter.resume(throwing: reason) }
        for follower in followers.values { follower.finish() }
        self = Watchers()
    }
}
