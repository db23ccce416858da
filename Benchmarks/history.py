"""Flows and past executions in great numbers, made without running them."""
import os
import sqlite3

TEAMS = 20


def flow_source(index, note="nothing"):
    """A flow of about 1.3 kB, as people write them."""
    return f"""id: flow{index:05}
namespace: company.team{index % TEAMS}
description: |
  Loads what arrived yesterday, checks it and tells the team.
  Written for the {note} department; ask before changing the order of steps.
labels:
  team: team{index % TEAMS}
  cost-centre: "{1000 + index % 89}"
inputs:
  - id: day
    type: STRING
    defaults: "2026-01-{index % 28 + 1:02}"
  - id: limit
    type: INT
    defaults: {index % 500}
variables:
  source: "s3://bucket-{index % 7}/incoming"
tasks:
  - id: announce
    type: io.kestra.plugin.core.log.Log
    message: "Loading {{{{ inputs.day }}}} from {{{{ vars.source }}}}"
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: ["orders", "customers", "stock"]
    tasks:
      - id: part
        type: io.kestra.plugin.core.debug.Return
        format: "{{{{ taskrun.value }}}} of {{{{ inputs.day }}}}"
  - id: check
    type: io.kestra.plugin.core.flow.If
    condition: "{{{{ inputs.limit > 100 }}}}"
    then:
      - id: many
        type: io.kestra.plugin.core.log.Log
        level: WARN
        message: "More than a hundred are expected"
    else:
      - id: few
        type: io.kestra.plugin.core.log.Log
        message: "A quiet day"
outputs:
  - id: day
    type: STRING
    value: "{{{{ inputs.day }}}}"
"""


def write_flows(folder, count):
    for index in range(count):
        with open(os.path.join(folder, f"flow{index:05}.yaml"), "w") as file:
            file.write(flow_source(index))
    return folder


def grow(data, wanted):
    """Fills the database of a stopped server up to this many executions: copies of one real execution with keys of
    their own, spread over all flows, with indexes, totals and logs as the program would have left them."""
    connection = sqlite3.connect(os.path.join(data, "sluice.db"), isolation_level=None)
    run = connection.execute
    run("PRAGMA synchronous = OFF")
    run("PRAGMA cache_size = -500000")
    first = run("SELECT min(key) FROM executions").fetchone()[0]
    have = run("SELECT count(*) FROM executions").fetchone()[0]
    flows = [row[0] for row in run("SELECT key FROM flows ORDER BY key")]
    # Ids begin with the time: 20 bits of one millisecond. The copies are older, 40 ms apart.
    step = 40 << 20
    run("BEGIN IMMEDIATE")
    run("CREATE TEMP TABLE copies (n INTEGER PRIMARY KEY, key INTEGER, flow INTEGER, namespace INTEGER)")
    run("CREATE TEMP TABLE homes (n INTEGER PRIMARY KEY, flow INTEGER, namespace INTEGER)")
    connection.executemany("INSERT INTO homes SELECT ?, key, namespace FROM flows WHERE key = ?", list(enumerate(flows)))
    run("""WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ?)
        INSERT INTO copies SELECT counter.n, ? - (? - counter.n) * ?, homes.flow, homes.namespace
        FROM counter JOIN homes ON homes.n = (counter.n % ?)""", (wanted - have, first - step, wanted - have, step, len(flows)))
    copy(run, "executions", "key", {"key": "copies.key", "low": "source.low + copies.n", "flow": "copies.flow",
                                   "namespace": "copies.namespace"}, first)
    copy(run, "execution_labels", "execution", {"execution": "copies.key"}, first)
    copy(run, "task_runs", "execution", {"execution": "copies.key"}, first)
    copy(run, "logs", "execution", {"key": f"copies.key + (source.key - {first})", "execution": "copies.key", "flow": "copies.flow"},
         first)
    # A total of each flow, and one of all flows of a namespace.
    for flow in ("flow", "0"):
        run(f"""INSERT INTO execution_totals SELECT {flow}, namespace, state, count(*) FROM executions
            WHERE key IN (SELECT key FROM copies) GROUP BY 1, 2, 3 ON CONFLICT DO UPDATE SET count = count + excluded.count""")
    run("""INSERT INTO log_totals SELECT flow, level, count(*) FROM logs
        WHERE execution IN (SELECT key FROM copies) GROUP BY 1, 2 ON CONFLICT DO UPDATE SET count = count + excluded.count""")
    run("COMMIT")
    run("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def copy(run, table, owner, changed, first):
    columns = [row[1] for row in run(f"PRAGMA table_info({table})")]
    chosen = ", ".join(changed.get(column, f"source.{column}") for column in columns)
    run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM copies CROSS JOIN {table} AS source "
        f"WHERE source.{owner} = ? ORDER BY copies.n", (first,))
