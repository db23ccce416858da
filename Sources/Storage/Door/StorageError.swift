/// Why the store could not do what it was asked, with what was tried and whether asking again can help.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable {
        /// No room is left on the disk. Nothing of the call was kept.
        case diskFull
        /// Reading or writing a file failed.
        case io
        /// The database or a row of it cannot be understood.
        case corrupt
        /// The database was written by a newer version of this program.
        case newerSchema
        /// Another process has the database open for writing.
        case inUse
        /// A condition of the call does not hold: another revision, a key that exists already. Nothing of the call was kept.
        case conflict
        /// There is a row of that name already.
        case duplicate
        /// What the call names does not exist.
        case notFound
        /// The call itself makes no sense: a path with `..`, an id no row can have.
        case invalid
        /// The store was closed.
        case closed
    }

    public var kind: Kind
    public var what: String

    public init(_ kind: Kind, _ what: String) {
        self.kind = kind
        self.what = what
    }

    /// Whether the same call may succeed later, without anything else being done but making room.
    public var mayPass: Bool { kind == .diskFull || kind == .io || kind == .inUse }

    public var description: String { "\(what) [storage.\(kind.rawValue)]" }
}
