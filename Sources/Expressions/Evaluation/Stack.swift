/// Where the stack of this thread stands, to end recursions before it does.
enum Stack {
    /// An address on the stack, deeper with every call.
    @inline(never)
    static func position() -> UInt {
        var mark: UInt8 = 0
        return withUnsafeMutablePointer(to: &mark) { UInt(bitPattern: $0) }
    }

    /// Bytes between then and now.
    static func used(since start: UInt) -> UInt {
        let now = position()
        return now > start ? now - start : start - now
    }
}
