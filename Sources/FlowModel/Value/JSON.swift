/// Reads JSON texts (RFC 8259) into values.
///
/// Members keep their order; of two with one name the later one counts, in the earlier one's place. Whole numbers are
/// exact (`.int`, beyond 64 bits `.decimal`), others `.double`, or `.decimal` beyond a Double's range.
public enum JSON {
    /// Lists and maps inside one another beyond which a text is refused.
    public static let depthLimit = 512

    /// The value of a text that holds nothing else, or, with `ignoringRest`, of its beginning.
    /// - Throws: `json.syntax` with line and column.
    public static func parse(_ bytes: [UInt8], ignoringRest: Bool = false) throws(Problem) -> Value {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Problem) in
            try parse(buffer, ignoringRest: ignoringRest)
        }
    }

    public static func parse(_ text: String, ignoringRest: Bool = false) throws(Problem) -> Value {
        try parse(Array(text.utf8), ignoringRest: ignoringRest)
    }

    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>, ignoringRest: Bool = false) throws(Problem) -> Value {
        var reader = JSONReader(bytes)
        let value = try reader.document(ignoringRest: ignoringRest)
        return value
    }
}
