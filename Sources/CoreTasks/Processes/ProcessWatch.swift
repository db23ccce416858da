import CProcess
import Glibc

/// Waits for news of a child process: its outputs, its end, a call to wake up.
struct ProcessWatch {
    struct Ready {
        var output = false
        var errors = false
        var end = false
    }

    private let child: ChildProcess
    private var sources: [pollfd]
    private var buffer: UnsafeMutableRawBufferPointer

    init(_ child: ChildProcess, wakeUp: Int32) {
        self.child = child
        sources = [child.output, child.errors, child.endDescriptor, wakeUp].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        buffer = .allocate(byteCount: 64 * 1024, alignment: 16)
    }

    /// Whether both outputs have ended.
    var isSilent: Bool { sources[0].fd < 0 && sources[1].fd < 0 }

    /// Blocks until there is something to read, the child has ended, somebody calls or `deadline` is there.
    /// - Parameter reading: whether what there is to read counts.
    mutating func wait(until deadline: ContinuousClock.Instant?, reading: Bool = true) -> Ready {
        var milliseconds: Int32 = -1
        if let deadline {
            let rest = max(.zero, deadline - .now).components
            milliseconds = Int32(clamping: rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000 + 1)
        }
        let mustAsk = child.endDescriptor < 0
        if mustAsk { milliseconds = milliseconds < 0 ? 10 : min(milliseconds, 10) }
        let outputs = (sources[0].fd, sources[1].fd)
        if !reading { (sources[0].fd, sources[1].fd) = (-1, -1) }  // poll skips negative descriptors
        let count = poll(&sources, nfds_t(sources.count), milliseconds)
        if !reading {
            (sources[0].fd, sources[1].fd) = outputs
            (sources[0].revents, sources[1].revents) = (0, 0)
        }
        guard count > 0 else { return Ready(end: mustAsk && child.hasEnded) }
        var ready = Ready(
            output: sources[0].fd >= 0 && sources[0].revents != 0,
            errors: sources[1].fd >= 0 && sources[1].revents != 0,
            end: mustAsk ? child.hasEnded : sources[2].fd >= 0 && sources[2].revents != 0)
        if ready.end { sources[2].fd = -1 }
        if sources[3].revents != 0 {
            var calls: eventfd_t = 0
            eventfd_read(sources[3].fd, &calls)
            ready.end = ready.end || (mustAsk && child.hasEnded)
        }
        return ready
    }

    /// Reads what is there from an output that is ready, and closes it at its end.
    mutating func read(
        _ stream: ProcessStream, _ receive: (ProcessStream, UnsafeRawBufferPointer) -> Void
    ) {
        let index = stream == .output ? 0 : 1
        let count = Glibc.read(sources[index].fd, buffer.baseAddress, buffer.count)
        if count > 0 {
            receive(stream, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            Glibc.close(sources[index].fd)
            sources[index].fd = -1
        }
    }

    /// Reads what is in the pipes now and no more, and closes those that have ended.
    mutating func readRest(_ receive: (ProcessStream, UnsafeRawBufferPointer) -> Void) {
        for (index, stream) in [ProcessStream.output, .errors].enumerated() where sources[index].fd >= 0 {
            var waiting: Int32 = 0
            _ = ioctl(sources[index].fd, UInt(FIONREAD), &waiting)
            while waiting > 0, sources[index].fd >= 0 {
                read(stream) { stream, bytes in
                    waiting -= Int32(clamping: bytes.count)
                    receive(stream, bytes)
                }
            }
            var state = pollfd(fd: sources[index].fd, events: Int16(POLLIN), revents: 0)
            if poll(&state, 1, 0) > 0, state.revents & Int16(POLLIN) == 0 { read(stream, receive) }
        }
    }

    /// Gives everything back.
    mutating func close() {
        for index in 0...1 where sources[index].fd >= 0 { Glibc.close(sources[index].fd) }
        if child.endDescriptor >= 0 { Glibc.close(child.endDescriptor) }
        buffer.deallocate()
    }
}
