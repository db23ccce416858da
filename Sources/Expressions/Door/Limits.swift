/// How much a single rendering may take. Reaching a limit ends it in a clear error.
public struct Limits: Sendable, Hashable {
    /// Nested brackets, tags, `render()` and macro calls.
    public var depth: Int
    /// Bytes of text that a rendering may make, the texts inside expressions included.
    public var outputBytes: Int
    /// Milliseconds of running time. A step that is under way when they are over is brought to its end first, so
    /// that the usual 800 keep everything within a second.
    public var milliseconds: Int
    /// Bytes of memory that a rendering may take for the values that it makes.
    public var memoryBytes: Int
    /// Elements that `range` may make, and lists in general.
    public var elements: Int
    /// Rounds of recursive rendering, of `render()` and of the recursive option alike.
    public var rounds: Int

    public init(
        depth: Int = 100, outputBytes: Int = 8 * 1024 * 1024, milliseconds: Int = 800,
        memoryBytes: Int = 40 * 1024 * 1024, elements: Int = 1_000_000, rounds: Int = 100
    ) {
        self.depth = depth
        self.outputBytes = outputBytes
        self.milliseconds = milliseconds
        self.memoryBytes = memoryBytes
        self.elements = elements
        self.rounds = rounds
    }

    public static let standard = Limits()
}
