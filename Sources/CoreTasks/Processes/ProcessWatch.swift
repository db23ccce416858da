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
    mutating func wait(until deadline: ContinuousClock.Instant?) -> Ready {
        var milliseconds: Int32 = -1
        if let deadline {
            let rest = max(.zero, deadline - .now).components
            milliseconds = Int32(clamping: rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000 + 1)
        }
        let mustAsk = child.endDescriptor < 0
        if mustAsk { milliseconds = milliseconds < 0 ? 10 : min(milliseconds, 10) }
        guard poll(&sources, nfds_t(sources.count), milliseconds) > 0 else {
            return Ready(end: mustAsk && child.hasEnded)
        }
        var ready = Ready(
            output: sources[0].fd >= 0 && sources[0].revents != 0,
            errors: sources[1].fd >= 0 && sources[1].revents != 0,
            end: mustAsk ? child.hasEnded : sources[2].fd >= 0 && sources[2].revents != 0)
        if ready.end { sources[2].fd = -1 }  // poll skips negative descriptors
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

    /// Gives everything back.
    mutating func close() {
        for index in 0...1 where sources[index].fd >= 0 { Glibc.close(sources[index].fd) }
        if child.endDescriptor >= 0 { Glibc.close(child.endDescriptor) }
        buffer.deallocate()
    }
}
