import FlowModel
import Hummingbird
import Storage
import TaskKit

/// `Idempotency-Key` on the creation of an execution: the same key for the same flow makes one execution within a day.
/// Source: ux spec §5.
struct IdempotencyKeys {
    /// What a client wants done once.
    struct Wish: Sendable {
        fileprivate var mark: String

        /// Nil for a request without the header. - Throws: 422 for a key that is too long.
        init?(_ call: Call, flow: FlowKey) throws(Refusal) {
            guard let key = call.header(HeaderName("Idempotency-Key")!), !key.isEmpty else { return nil }
            guard key.utf8.count <= 256 else { throw .illegalArgument("Idempotency-Key is longer than 256 bytes") }
            mark = "\(flow)/\(key)"
        }
    }

    let store: any Store
    let clock: any FlowClock

    private static let space = "idempotency"
    private static let lifetime = ISODuration.hours(24)

    /// Notes that this execution is about to be made for the wish.
    /// - Returns: the execution that was made for it before, nil when there is none and the caller is to make it.
    func claim(
        _ wish: Wish, for id: ExecutionID, isThere: (ExecutionID) async throws -> Bool
    ) async throws -> ExecutionID? {
        let own = Array(id.description.utf8)
        while true {
            let former = try await store.mark(space: Self.space, key: wish.mark)
            if let former, let other = ExecutionID(String(decoding: former, as: UTF8.self)),
                clock.now < other.createdAt.advanced(by: Self.lifetime), try await isThere(other)
            {
                return other
            }
            do {
                try await store.commit([.swapMark(space: Self.space, key: wish.mark, value: own, expected: former)])
                await forgetOld()
                return nil
            } catch {
                if error.kind == .conflict { continue }  // another request with the same key was quicker
                throw error
            }
        }
    }

    /// The execution was refused; the key may be used again.
    func release(_ wish: Wish, for id: ExecutionID) async {
        let own = Array(id.description.utf8)
        try? await store.commit([.swapMark(space: Self.space, key: wish.mark, value: nil, expected: own)])
    }

    /// Removes keys whose day is over, now and then.
    private func forgetOld() async {
        guard UInt8.random(in: 0...255) == 0, let all = try? await store.marks(space: Self.space, prefix: "") else {
            return
        }
        let old = all.filter { mark in
            guard let id = ExecutionID(String(decoding: mark.value, as: UTF8.self)) else { return true }
            return clock.now >= id.createdAt.advanced(by: Self.lifetime)
        }
        try? await store.commit(old.map { .swapMark(space: Self.space, key: $0.key, value: nil, expected: $0.value) })
    }
}
