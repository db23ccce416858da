import FlowModel

/// The stored flows as a task sees them: it lists, checks and changes many of them at once.
///
/// Made for tasks that carry whole namespaces between the store and elsewhere (`io.kestra.plugin.git.SyncFlows`,
/// `PushFlows`): one listing, checks in batches, one transaction. Source: git-tasks spec §2.12, §3, §7; engine spec §1.3.
public protocol FlowLibrary: Sendable {
    /// The latest revision of each flow whose namespace is `namespace`, or with `children` also of those whose namespace
    /// starts with `namespace` and a dot (`dev.sales`, never `development`), in order of namespace and id.
    ///
    /// Flows whose source no longer parses are listed like all others. All parts are read in one transaction.
    func flows(in namespace: String, children: Bool) async throws -> FlowListing

    /// The same for these flows only: those that exist, and the deletions of those that existed. The version is empty.
    ///
    /// A sync that finds one changed file asks for that flow alone: worth a query of its own.
    func flows(_ keys: [FlowKey]) async throws -> FlowListing

    /// A text that is another one after every save or deletion of a flow in this scope, and never the same again for
    /// other flows, not even after a restored backup: for example the store's identity and a counter.
    ///
    /// Asked on every run of a sync that has nothing to do, so it must cost next to nothing.
    func version(of namespace: String, children: Bool) async throws -> String

    /// What the validation of flows finds in each source, in the order given. Nothing is stored.
    func check(_ sources: [String]) async throws -> [FlowCheck]

    /// Saves and deletes in ONE transaction: all of it is stored, or nothing and an error is thrown.
    ///
    /// Saving follows engine spec §1.3: text that is the stored one is no change, a deleted flow continues its numbers.
    func apply(_ change: FlowChange) async throws -> FlowChangeResult
}

extension FlowLibrary {
    public func flows(_ keys: [FlowKey]) async throws -> FlowListing {
        let wanted = Set(keys)
        var found = FlowListing(flows: [], version: "")
        for namespace in Set(keys.map(\.namespace)).sorted() {
            let listing = try await flows(in: namespace, children: false)
            found.flows += listing.flows.filter { wanted.contains($0.key) }
            found.deletedRevisions.merge(listing.deletedRevisions.filter { wanted.contains($0.key) }) { _, new in new }
        }
        return found
    }
}

/// A flow as it is stored: its latest revision.
public struct StoredFlow: Sendable, Hashable {
    public var key: FlowKey
    public var revision: Int
    /// The text as its author wrote it.
    public var source: String
    /// False when the source cannot be read as a flow, so that it cannot run.
    public var isReadable: Bool

    public init(key: FlowKey, revision: Int, source: String, isReadable: Bool = true) {
        self.key = key
        self.revision = revision
        self.source = source
        self.isReadable = isReadable
    }
}

/// The flows of a scope at one moment.
public struct FlowListing: Sendable {
    public var flows: [StoredFlow]
    /// The revision of the deletion of each flow that existed once: a flow saved again gets the next one.
    public var deletedRevisions: [FlowKey: Int]
    /// The scope's version at the same moment.
    public var version: String

    public init(flows: [StoredFlow], deletedRevisions: [FlowKey: Int] = [:], version: String) {
        self.flows = flows
        self.deletedRevisions = deletedRevisions
        self.version = version
    }
}

/// What is known of a source before it is stored.
public struct FlowCheck: Sendable {
    /// As far as they can be read, also from a source that is not valid.
    public var id: String?
    public var namespace: String?
    /// Errors and warnings; a source without an error may be stored.
    public var problems: [Problem]
    /// What the library wants back with the save so that nothing is parsed twice; nobody else looks at it.
    public var prepared: (any Sendable)?

    public init(id: String?, namespace: String?, problems: [Problem] = [], prepared: (any Sendable)? = nil) {
        self.id = id
        self.namespace = namespace
        self.problems = problems
        self.prepared = prepared
    }

    public var isValid: Bool { !problems.contains { $0.severity == .error } }
}

/// Saves and deletions that belong together.
public struct FlowChange: Sendable {
    public struct Save: Sendable {
        public var key: FlowKey
        public var source: String
        /// From the check of exactly this source.
        public var prepared: (any Sendable)?

        public init(key: FlowKey, source: String, prepared: (any Sendable)? = nil) {
            self.key = key
            self.source = source
            self.prepared = prepared
        }
    }

    public var saves: [Save]
    public var deletions: [FlowKey]
    /// The scope whose versions the result tells.
    public var namespace: String
    public var children: Bool

    public init(saves: [Save], deletions: [FlowKey], namespace: String, children: Bool) {
        self.saves = saves
        self.deletions = deletions
        self.namespace = namespace
        self.children = children
    }
}

/// What a change did.
public struct FlowChangeResult: Sendable {
    /// For each save, in the order given, the revision that the flow has now.
    public var revisions: [Int]
    /// The scope's version just before and just after, both within the transaction.
    public var versionBefore: String
    public var versionAfter: String

    public init(revisions: [Int], versionBefore: String, versionAfter: String) {
        self.revisions = revisions
        self.versionBefore = versionBefore
        self.versionAfter = versionAfter
    }
}
