/// Where something stands in a text: the file as the user named it, line and column counted from 1, columns in characters.
public struct Place: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var file: String?
    public var line: Int
    public var column: Int

    public init(file: String? = nil, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `flows/etl.yaml:12:7`, without the file part where there is no file.
    public var description: String { (file.map { $0 + ":" } ?? "") + "\(line):\(column)" }

    public static func < (one: Place, other: Place) -> Bool {
        (one.file ?? "", one.line, one.column) < (other.file ?? "", other.line, other.column)
    }
}
