import CSQLite
import FlowModel

/// Gives out prepared statements of one connection; the same one for the same text, so it must not be used twice at once.
protocol Statements {
    func statement(_ sql: String) throws(StorageError) -> Prepared
}

/// A prepared statement that is bound by place and stepped by hand, so that a row costs no allocation of its own.
struct Prepared {
    let handle: OpaquePointer
    /// Keeps alive what owns the handle.
    let owner: AnyObject?

    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: Binding; places count from 1

    func bind(_ place: Int32, _ number: Int64) { sqlite3_bind_int64(handle, place, number) }
    func bind(_ place: Int32, _ number: Int) { sqlite3_bind_int64(handle, place, Int64(number)) }
    func bind(_ place: Int32, _ number: Double) { sqlite3_bind_double(handle, place, number) }
    func bindNull(_ place: Int32) { sqlite3_bind_null(handle, place) }

    func bind(_ place: Int32, _ number: Int?) {
        if let number { bind(place, number) } else { bindNull(place) }
    }

    func bind(_ place: Int32, _ number: Int64?) {
        if let number { bind(place, number) } else { bindNull(place) }
    }

    func bind(_ place: Int32, _ moment: Timestamp?) { bind(place, moment?.milliseconds) }

    func bind(_ place: Int32, _ text: String) {
        var text = text
        text.withUTF8 { buffer in
            buffer.withMemoryRebound(to: CChar.self) { bytes in
                _ = sqlite3_bind_text(handle, place, bytes.baseAddress ?? Self.empty, Int32(bytes.count), Self.copied)
            }
        }
    }

    func bind(_ place: Int32, _ text: String?) {
        if let text { bind(place, text) } else { bindNull(place) }
    }

    func bindText(_ place: Int32, utf8 bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { bytes in
                _ = sqlite3_bind_text(handle, place, bytes.baseAddress ?? Self.empty, Int32(bytes.count), Self.copied)
            }
        }
    }

    func bindBlob(_ place: Int32, _ bytes: [UInt8]?) {
        guard let bytes else { return bindNull(place) }
        bytes.withUnsafeBytes { buffer in
            _ = sqlite3_bind_blob(
                handle, place, buffer.baseAddress ?? UnsafeRawPointer(Self.empty), Int32(buffer.count), Self.copied)
        }
    }

    func bindID(_ place: Int32, _ id: ExecutionID?) {
        guard let id else { return bindNull(place) }
        var bytes: (UInt64, UInt64) = (id.high.bigEndian, id.low.bigEndian)
        withUnsafeBytes(of: &bytes) { buffer in
            _ = sqlite3_bind_blob(handle, place, buffer.baseAddress, 16, Self.copied)
        }
    }

    func bind(_ binds: [Bind], from first: Int32 = 1) {
        var place = first
        for value in binds {
            switch value {
            case .int(let number): bind(place, number)
            case .text(let text): bind(place, text)
            case .id(let id): bindID(place, id)
            }
            place += 1
        }
    }

    // MARK: Stepping

    /// Whether there is a (next) row.
    func step() throws(StorageError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = StorageError.lastOf(sqlite3_db_handle(handle), doing: String(cString: sqlite3_sql(handle)))
            reset()
            throw error
        }
    }

    /// Runs a statement that gives no rows, and makes it ready for the next run.
    func run() throws(StorageError) {
        _ = try step()
        reset()
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func finalize() { sqlite3_finalize(handle) }

    // MARK: Columns; places count from 0

    func isNull(_ place: Int32) -> Bool { sqlite3_column_type(handle, place) == SQLITE_NULL }
    func int64(_ place: Int32) -> Int64 { sqlite3_column_int64(handle, place) }
    func int(_ place: Int32) -> Int { Int(sqlite3_column_int64(handle, place)) }
    func double(_ place: Int32) -> Double { sqlite3_column_double(handle, place) }
    func optionalInt(_ place: Int32) -> Int? { isNull(place) ? nil : int(place) }
    func optionalInt64(_ place: Int32) -> Int64? { isNull(place) ? nil : int64(place) }
    func moment(_ place: Int32) -> Timestamp { Timestamp(milliseconds: int64(place)) }
    func optionalMoment(_ place: Int32) -> Timestamp? { isNull(place) ? nil : moment(place) }

    func text(_ place: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, place) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, place))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func optionalText(_ place: Int32) -> String? { isNull(place) ? nil : text(place) }

    /// The bytes of a text or blob column, valid until the next step.
    func withBytes<R>(_ place: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws(StorageError) -> R)
        throws(StorageError) -> R
    {
        let start = sqlite3_column_blob(handle, place)?.assumingMemoryBound(to: UInt8.self)
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, place))
        return try body(UnsafeBufferPointer(start: start, count: count))
    }

    func bytes(_ place: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, place)?.assumingMemoryBound(to: UInt8.self) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, place))))
    }

    func optionalID(_ place: Int32) -> ExecutionID? {
        let bytes = bytes(place)
        guard bytes.count == 16 else { return nil }
        func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        return ExecutionID(high: number(bytes[..<8]), low: number(bytes[8...]))
    }

    /// A pointer to nothing that is not null, since SQLite takes null for NULL.
    private static var empty: UnsafePointer<CChar> { UnsafePointer(bitPattern: 1)! }
}

/// A value for a statement's parameter.
enum Bind: Sendable, Hashable {
    case int(Int64)
    case text(String)
    case id(ExecutionID)
}

extension StorageError {
    /// What SQLite says of the last thing done on a connection.
    static func lastOf(_ connection: OpaquePointer?, doing what: String) -> StorageError {
        let code = sqlite3_extended_errcode(connection)
        let text = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "no memory"
        return StorageError(sqlite: code, text: text, doing: what)
    }

    init(sqlite code: Int32, text: String, doing what: String) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_FULL: .diskFull
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_SCHEMA, SQLITE_MISMATCH: .corrupt
            case SQLITE_BUSY, SQLITE_LOCKED: .inUse
            case SQLITE_CONSTRAINT: .duplicate
            case SQLITE_TOOBIG, SQLITE_RANGE: .invalid
            case SQLITE_INTERRUPT: .closed
            default: .io
            }
        let step = what.split(whereSeparator: \.isWhitespace).prefix(4).joined(separator: " ")
        self.init(kind, "the database refused (\(step) …): \(text), SQLite code \(code)")
    }
}
