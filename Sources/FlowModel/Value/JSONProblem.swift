extension Problem {
    /// `2:14: error: unexpected "x" where a value should stand [json.syntax]`.
    static func json(_ what: String, in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Problem {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 10 } + 1
        let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return Problem("json.syntax", at: Place(line: line, column: column), what: what)
    }
}
