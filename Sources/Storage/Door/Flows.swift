import FlowModel

/// What is to be stored as a flow's newest revision. Source: engine spec §1.3.
public struct FlowWrite: Sendable {
    /// What must be there for the write to be done; else the whole call fails with `conflict`.
    public enum Expectation: Sendable, Hashable {
        case anything
        /// The flow does not exist, or is deleted.
        case absent
        /// The flow exists and is not deleted.
        case present
        /// The flow's newest revision is this one and not deleted.
        case revision(Int)
    }

    public var key: FlowKey
    /// Verbatim.
    public var source: String
    public var disabled: Bool
    public var expecting: Expectation
    /// The triggers the flow declares; state of others is removed. Nil leaves all state alone.
    public var triggerIDs: [String]?
    /// What the writer wants to know of the flow without reading its source, in a form of its own.
    public var summary: String?

    public init(
        key: FlowKey, source: String, disabled: Bool = false, expecting: Expectation = .anything,
        triggerIDs: [String]? = nil, summary: String? = nil
    ) {
        self.key = key
        self.source = source
        self.disabled = disabled
        self.expecting = expecting
        self.triggerIDs = triggerIDs
        self.summary = summary
    }
}

/// A flow to be deleted; with `revision`, only when that is its newest one, else the whole call fails with `conflict`.
public struct FlowRemoval: Sendable, Hashable {
    public var key: FlowKey
    public var revision: Int?

    public init(_ key: FlowKey, revision: Int? = nil) {
        self.key = key
        self.revision = revision
    }
}

/// What became of one write or removal.
public struct FlowSaved: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable { case created, updated, unchanged, deleted, absent }

    public var key: FlowKey
    /// The newest revision now; 0 for a removal of what never was.
    public var revision: Int
    public var outcome: Outcome

    public init(key: FlowKey, revision: Int, outcome: Outcome) {
        self.key = key
        self.revision = revision
        self.outcome = outcome
    }
}

/// The answers to one call of ``Store/saveFlows(_:deleting:at:)``, each in the order of the question.
public struct FlowsSaved: Sendable, Hashable {
    public var writes: [FlowSaved]
    public var removals: [FlowSaved]

    public init(writes: [FlowSaved], removals: [FlowSaved]) {
        self.writes = writes
        self.removals = removals
    }
}

/// A stored revision of a flow without its text.
public struct FlowHead: Sendable, Hashable {
    public var key: FlowKey
    public var revision: Int
    public var disabled: Bool
    public var deleted: Bool
    /// When this revision was saved.
    public var updated: Timestamp
    public var summary: String?

    public init(
        key: FlowKey, revision: Int, disabled: Bool, deleted: Bool, updated: Timestamp, summary: String? = nil
    ) {
        self.key = key
        self.revision = revision
        self.disabled = disabled
        self.deleted = deleted
        self.updated = updated
        self.summary = summary
    }
}

/// A stored revision of a flow.
public struct StoredFlow: Sendable, Hashable {
    public var head: FlowHead
    /// Verbatim.
    public var source: String

    public init(head: FlowHead, source: String) {
        self.head = head
        self.source = source
    }
}

/// A question for flows: newest revisions that are not deleted.
public struct FlowQuery: Sendable, Hashable {
    public enum Sort: Sendable, Hashable { case key, idThenNamespace, updated }

    public var namespace: NamespaceFilter = .any
    /// Part of the id or the namespace, in any case.
    public var text: String?
    /// Part of the source, in any case.
    public var sourceText: String?
    public var sort: Sort = .key
    public var descending = false
    /// Whether deleted flows are listed too, with the revision of their deletion.
    public var evenDeleted = false

    public init(namespace: NamespaceFilter = .any, text: String? = nil, sourceText: String? = nil) {
        self.namespace = namespace
        self.text = text
        self.sourceText = sourceText
    }
}
