import Dispatch

/// Runs calls that block on a few threads of their own; those for one path one after the other.
struct BlockingQueues: Sendable {
    private let queues: [DispatchQueue]

    init(label: String, count: Int) { queues = (0..<count).map { DispatchQueue(label: "\(label).\($0)") } }

    func run<Answer: Sendable>(
        for path: FilePath, _ work: @escaping @Sendable () throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        let queue = queues[Int(UInt(bitPattern: path.hashValue) % UInt(queues.count))]
        let answer: Result<Answer, StorageError> = await withCheckedContinuation { done in
            queue.async {
                do throws(StorageError) {
                    done.resume(returning: .success(try work()))
                } catch {
                    done.resume(returning: .failure(error))
                }
            }
        }
        return try answer.get()
    }
}
