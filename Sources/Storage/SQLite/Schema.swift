/// A step from one shape of the database to the next. Once landed it is never edited, only followed by another.
struct Migration: Sendable {
    /// Counted from 1 without gaps; what `PRAGMA user_version` says after it.
    var number: Int32
    var why: String
    var sql: String

    static let all: [Migration] = [.firstTables]

    /// What `PRAGMA application_id` says, so that no other program's database is taken for ours: "Slce".
    static let applicationID: Int32 = 0x536C_6365
}

extension Migration {
    static let firstTables = Migration(
        number: 1,
        why: """
            Rows of a size in proportion to what changes: an execution, its task runs, its log lines each for itself. Names that
            repeat are kept once and referred to by a small number. An execution's number is the high half of its id, which
            grows with time, so every index on executions is in the order of creation without a column for it; a log line's
            is its moment in milliseconds, shifted, with a count.
            """,
        sql: """
            CREATE TABLE names (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
            CREATE TABLE namespaces (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, changes INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE flows (
                key INTEGER PRIMARY KEY, namespace INTEGER NOT NULL, id TEXT NOT NULL,
                revision INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, disabled INTEGER NOT NULL DEFAULT 0,
                updated INTEGER NOT NULL DEFAULT 0, summary TEXT,
                UNIQUE (namespace, id));
            CREATE TABLE flow_revisions (
                flow INTEGER NOT NULL, revision INTEGER NOT NULL, deleted INTEGER NOT NULL, disabled INTEGER NOT NULL,
                created INTEGER NOT NULL, summary TEXT, source TEXT NOT NULL,
                UNIQUE (flow, revision));

            CREATE TABLE executions (
                key INTEGER PRIMARY KEY, low INTEGER NOT NULL, namespace INTEGER NOT NULL, flow INTEGER NOT NULL,
                revision INTEGER NOT NULL, state INTEGER NOT NULL, flags INTEGER NOT NULL, open INTEGER, duration INTEGER,
                history BLOB NOT NULL, attempt INTEGER, parent BLOB, original BLOB, original_created INTEGER,
                schedule_date INTEGER, labels TEXT, inputs TEXT, outputs TEXT, variables TEXT, trigger TEXT);
            CREATE INDEX executions_by_namespace ON executions (namespace, state);
            CREATE INDEX executions_by_flow ON executions (flow, state);
            CREATE INDEX executions_open ON executions (open) WHERE open = 1;
            CREATE INDEX executions_by_parent ON executions (parent) WHERE parent IS NOT NULL;
            CREATE TABLE execution_totals (
                flow INTEGER NOT NULL, namespace INTEGER NOT NULL, state INTEGER NOT NULL, count INTEGER NOT NULL,
                PRIMARY KEY (flow, namespace, state)) WITHOUT ROWID;
            CREATE TABLE execution_labels (
                name INTEGER NOT NULL, value TEXT NOT NULL, execution INTEGER NOT NULL,
                PRIMARY KEY (name, value, execution)) WITHOUT ROWID;
            CREATE TABLE execution_children (
                parent INTEGER NOT NULL, child INTEGER NOT NULL, task_run INTEGER,
                PRIMARY KEY (parent, child)) WITHOUT ROWID;
            CREATE INDEX execution_children_by_child ON execution_children (child);
            CREATE TABLE deleted_executions (key INTEGER PRIMARY KEY, low INTEGER NOT NULL);
            CREATE TABLE task_runs (
                execution INTEGER NOT NULL, number INTEGER NOT NULL, task INTEGER NOT NULL, state INTEGER NOT NULL,
                parent INTEGER, value TEXT, iteration INTEGER, history BLOB NOT NULL, attempts BLOB, outputs TEXT,
                PRIMARY KEY (execution, number)) WITHOUT ROWID;

            CREATE TABLE logs (
                key INTEGER PRIMARY KEY, execution INTEGER, number INTEGER NOT NULL, flow INTEGER NOT NULL,
                level INTEGER NOT NULL, task_run INTEGER, attempt INTEGER, trigger INTEGER, message TEXT NOT NULL);
            CREATE UNIQUE INDEX logs_by_execution ON logs (execution, number) WHERE execution IS NOT NULL;
            CREATE INDEX logs_by_flow ON logs (flow, level);
            CREATE TABLE log_totals (
                flow INTEGER NOT NULL, level INTEGER NOT NULL, count INTEGER NOT NULL,
                PRIMARY KEY (flow, level)) WITHOUT ROWID;
            CREATE TABLE metrics (
                key INTEGER PRIMARY KEY, execution INTEGER NOT NULL, flow INTEGER NOT NULL, task INTEGER NOT NULL,
                task_run INTEGER, name INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, value REAL NOT NULL,
                tags TEXT);
            CREATE INDEX metrics_by_execution ON metrics (execution);
            CREATE INDEX metrics_by_flow ON metrics (flow, name, at);

            CREATE TABLE timers (
                execution INTEGER NOT NULL, task_run INTEGER NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL, note TEXT,
                PRIMARY KEY (execution, task_run, kind)) WITHOUT ROWID;
            CREATE INDEX timers_by_due ON timers (due);
            CREATE TABLE triggers (
                flow INTEGER NOT NULL, id TEXT NOT NULL, date INTEGER, next INTEGER, disabled INTEGER NOT NULL,
                execution BLOB, updated INTEGER, evaluating INTEGER, worker TEXT, stop_after BLOB, backfill TEXT,
                PRIMARY KEY (flow, id)) WITHOUT ROWID;
            CREATE TABLE kv (
                namespace INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, created INTEGER NOT NULL,
                updated INTEGER NOT NULL, expires INTEGER, description TEXT, value TEXT NOT NULL,
                UNIQUE (namespace, key));
            CREATE TABLE marks (
                space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
                UNIQUE (space, key));
            """
    )
}
