"""P1–P12: the engine."""
import json
import os
import shutil
import subprocess
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import history
from harness import database_bytes, median, note, percentile

LOG = "type: io.kestra.plugin.core.log.Log"
NOOP = f"id: noop1\nnamespace: bench\ntasks:\n  - id: log\n    {LOG}\n    message: hello\n"
SEQUENCE = "id: seq10\nnamespace: bench\ntasks:\n" + "".join(f"  - id: log{i}\n    {LOG}\n    message: step {i}\n" for i in range(10))
SHELL = """id: shell
namespace: bench
tasks:
  - id: shell
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
    commands:
      - "true"
"""


def fan(name, values):
    return f"""id: {name}
namespace: bench
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    concurrencyLimit: 0
    values: "{{{{ range(1, {values}) }}}}"
    tasks:
      - id: return
        type: io.kestra.plugin.core.debug.Return
        format: "{{{{ taskrun.value }}}}"
"""


def webhook(name):
    return NOOP.replace("noop1", name) + ("triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n"
                                          "    key: bench-key\n    wait: true\n")


def at_least(value, bar):
    return value >= bar


def p1(bench):
    count = 10_000
    rates, limits, latencies = [], [], []
    with bench.server() as server:
        server.flow(NOOP)
        server.run_to_end("bench", "noop1", count // 2)
        for _ in range(bench.runs):
            limits.append(bench.sqlite()["hundreds"])
            rates.append(count / server.run_to_end("bench", "noop1", count))
    share = median([rate / limit for rate, limit in zip(rates, limits)])
    bench.row("P1", "noop1: executions/s, 16 clients, until all ended", rates, "/s", limits, "SQLite transitions/s by 100",
              f"{share:.0%}", "≥ 2,500 and ≥ 10 %", median(rates) >= 2500 and share >= 0.1, "5,000", median(rates) >= 5000)


def p2(bench):
    count = 300 if bench.quick else 2000
    rates = []
    with bench.server() as server:
        server.flow(SEQUENCE)
        server.run_to_end("bench", "seq10", count // 5)
        for _ in range(bench.runs):
            rates.append(10 * count / server.run_to_end("bench", "seq10", count))
    bench.row("P2", "seq10: task runs/s, ten Log tasks in sequence", rates, "/s", bar="≥ 12,000", passed=median(rates) >= 12_000,
              goal="25,000", reached=median(rates) >= 25_000)


def p3_p4(bench):
    count = 60 if bench.quick else 300
    rates, times, single = [], [], []
    with bench.server() as server:
        server.flow(fan("fan100", 100))
        server.flow(fan("fan10000", 10_000))
        server.run_to_end("bench", "fan100", count // 5)
        server.run_to_end("bench", "fan10000", 1, 1)
        for _ in range(bench.runs):
            rates.append(100 * count / server.run_to_end("bench", "fan100", count))
            times.append(server.run_to_end("bench", "fan10000", 1, 1, 0.002) / 10_000 * 1e6)
            single.append(server.load(1, 20, "POST", "/executions/bench/fan100?wait=true")["p50_ms"] * 10)
    bench.row("P3", "fan100: ForEach, a Return for each of 100 values; task runs/s", rates, "/s", bar="≥ 15,000",
              passed=median(rates) >= 15_000, goal="30,000", reached=median(rates) >= 30_000,
              note_text=f"one fan100 alone, with wait: {median(single):.1f} µs a task run (median)")
    ratios = [time / (1e6 / rate) for time, rate in zip(times, rates)]
    bench.row("P4", "fan10000: one execution of 10,000; time per task run", times, "µs", [1e6 / rate for rate in rates], "µs in P3",
              f"{median(ratios):.2f} ×", "≤ 1.5 ×", median(ratios) <= 1.5, "1.1 ×", median(ratios) <= 1.1)


def latency(bench, data):
    medians, slow = [], []
    with bench.server(data) as server:
        server.flow(webhook("hooked"))
        path = "/executions/webhook/bench/hooked/bench-key"
        server.load(1, 50, "POST", path, 1000)
        for _ in range(bench.runs):
            answer = server.load(1, 150 if bench.quick else 500, "POST", path, 3000)
            medians.append(answer["p50_ms"])
            slow.append(answer["p95_ms"])
    return medians, slow


def p5(bench):
    disk = [bench.sqlite() for _ in range(1 if bench.quick else 3)]
    medians, slow = latency(bench, None)
    commit = [limit["one_ms"] for limit in disk]
    bench.row("P5", "noop1 by webhook with wait: median latency", medians, "ms", commit, "ms: one SQLite commit",
              f"{median(medians) / median(commit):.2f} ×", "≤ 3 ms", median(medians) <= 3, "1.5 ms", median(medians) <= 1.5,
              f"a durable write of 4 KiB takes this disk {median([limit['disk_ms'] for limit in disk]):.2f} ms")
    bench.row("P5", "  95th percentile", slow, "ms", bar="≤ 8 ms", passed=median(slow) <= 8, goal="3 ms", reached=median(slow) <= 3)
    if os.access("/dev/shm", os.W_OK):
        folder = f"/dev/shm/sluice-bench-{os.getpid()}"
        try:
            medians, slow = latency(bench, folder + "/data")
            bench.row("P5", "  the same with the data in memory: what the program adds", medians, "ms",
                      note_text=f"95th percentile {median(slow):.2f} ms; not a durable place, no bar")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def history_size(bench):
    return 100_000 if bench.quick else 1_000_000


def p6_p10(bench):
    empty = []
    for _ in range(max(bench.runs, 3)):
        with bench.server() as server:
            empty.append(server.start_seconds)
    bench.row("P6", "start until GET /health answers: empty", empty, "s", bar="≤ 0.15 s", passed=median(empty) <= 0.15, goal="0.05 s",
              reached=median(empty) <= 0.05)
    flows = history.write_flows(bench.make("history-flows"), 10_000)
    small, large = bench.path("small"), bench.path("large")
    with bench.server(small, flows=flows) as server:
        first = server.start_seconds
        server.start("company.team0", "flow00000", wait=True)
    shutil.copytree(small, large)
    history.grow(small, 1000)
    size = history_size(bench)
    history.grow(large, size)
    starts, with_folder = [], []
    for _ in range(max(bench.runs, 2)):
        with bench.server(large) as server:
            starts.append(server.start_seconds)
        with bench.server(large, flows=flows) as server:
            with_folder.append(server.start_seconds)
    bench.row("P6", f"start with 10,000 flows and {size:,} executions", starts, "s", bar="≤ 1.0 s", passed=median(starts) <= 1,
              goal="0.3 s", reached=median(starts) <= 0.3,
              note_text=f"given --flows with the 10,000 files, none changed: {median(with_folder):.2f} s; at the first start: {first:.2f} s")
    lists(bench, small, large, size)


def lists(bench, small, large, size):
    path = "/executions/search?" + urlencode({"namespace": "company.team7", "size": 25, "sort": "state.startDate:desc"})
    at_small, at_large = [], []
    with bench.server(small) as few, bench.server(large) as many:
        for server in (few, many):
            found = server.json("GET", path)
            if len(found["results"]) != 25:
                raise RuntimeError(f"{len(found['results'])} executions listed, of {found['total']}")
            server.load(1, 50, "GET", path)
        for _ in range(bench.runs):
            at_small.append(few.load(1, 200, "GET", path)["p50_ms"])
            at_large.append(many.load(1, 200, "GET", path)["p50_ms"])
    ratio = median([a / b for a, b in zip(at_large, at_small)])
    bench.row("P10", f"list: last 25 of a namespace among {size:,} executions", at_large, "ms", at_small, "ms among 1,000",
              f"{ratio:.2f} ×", "≤ 2 ×", ratio <= 2, "1.1 ×", ratio <= 1.1)


def p7_p8(bench):
    idle, settled, sizes = [], [], []
    count = 10_000 if bench.quick else 100_000
    for _ in range(bench.runs):
        with bench.server() as server:
            time.sleep(2)
            idle.append(server.resident_mib())
    for _ in range(1 if bench.quick else min(bench.runs, 3)):
        with bench.server() as server:
            server.flow(NOOP)
            server.run_to_end("bench", "noop1", count)
            time.sleep(5)
            settled.append(server.resident_mib())
    for _ in range(1 if bench.quick else min(bench.runs, 3)):
        more = 2000 if bench.quick else 10_000
        with bench.server() as server:
            server.flow(NOOP)
            server.run_to_end("bench", "noop1", 1000)
        before = database_bytes(server.data)
        with bench.server(server.data) as server:
            server.run_to_end("bench", "noop1", more)
        sizes.append((database_bytes(server.data) - before) / more)
    bench.row("P7", "resident memory: idle", idle, "MiB", bar="≤ 64 MiB", passed=median(idle) <= 64, goal="32 MiB",
              reached=median(idle) <= 32)
    bench.row("P7", f"resident memory after {count:,} executions, settled", settled, "MiB", bar="≤ 128 MiB",
              passed=median(settled) <= 128, goal="64 MiB", reached=median(settled) <= 64)
    bench.row("P8", "disk bytes per noop1 execution, everything", sizes, "B", bar="≤ 3,000", passed=median(sizes) <= 3000,
              goal="1,200", reached=median(sizes) <= 1200)


def p9(bench):
    flows = history.write_flows(bench.make("validate-flows"), 10_000)
    times, limits, processor = [], [], []
    for turn in range(bench.runs + 1):
        limit = bench.tool("yaml_events", flows)["seconds"]
        before = os.times()
        since = time.perf_counter()
        done = subprocess.run([bench.program, "validate", flows], capture_output=True, text=True)
        elapsed = time.perf_counter() - since
        after = os.times()
        if done.returncode:
            raise RuntimeError(f"validate: {done.returncode} {done.stdout[-500:]} {done.stderr[-500:]}")
        if turn:
            times.append(elapsed)
            limits.append(limit)
            processor.append(after.children_user + after.children_system - before.children_user - before.children_system)
    ratio = median([ours / limit for ours, limit in zip(times, limits)])
    bench.row("P9", "sluice validate of 10,000 flow files, warm", times, "s", limits, "s: libyaml events", f"{ratio:.1f} ×", "≤ 6 ×",
              ratio <= 6, "3 ×", ratio <= 3, f"{median(processor):.2f} s of processor time")


def p11(bench):
    rates, limits = [], []
    with bench.server() as server:
        server.flow(SHELL)
        server.run_to_end("bench", "shell", 50)
        for _ in range(bench.runs):
            limits.append(bench.tool("spawn", 2, 1000 if bench.quick else 3000)["rate"])
            rates.append(500 / server.run_to_end("bench", "shell", 500, connections=64))
    share = median([rate / limit for rate, limit in zip(rates, limits)])
    bench.row("P11", "shell tasks `true`/s, 500 executions in parallel", rates, "/s", limits, "spawn + wait of sh -c true/s",
              f"{share:.0%}", "≥ 35 %", share >= 0.35, "≥ 60 %", share >= 0.6)


def schedules(folder, count, cron):
    os.makedirs(folder, exist_ok=True)
    for i in range(count):
        with open(os.path.join(folder, f"scheduled{i:05}.yaml"), "w") as file:
            file.write(NOOP.replace("noop1", f"scheduled{i:05}") + "triggers:\n  - id: every\n"
                       "    type: io.kestra.plugin.core.trigger.Schedule\n    withSeconds: true\n"
                       f'    cron: "{cron(i)}"\n')
    return folder


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def p12(bench):
    count, seconds = 10_000, 8 if bench.quick else 20
    far = datetime.now(timezone.utc) + timedelta(days=90)
    idle = schedules(bench.path("idle"), count, lambda i: f"{i % 60} {i // 60 % 60} {i % 24} {far.day} {far.month} *")
    busy = schedules(bench.path("busy"), count, lambda i: f"{i % 60} {i // 60 % 60} * * * *")
    shares, due = [], []
    with bench.server(flows=idle) as server:
        server.settle()
        for _ in range(1 if bench.quick else bench.runs):
            before, since = server.processor_seconds(), time.perf_counter()
            time.sleep(seconds)
            shares.append((server.processor_seconds() - before) / (time.perf_counter() - since) * 100)
    bench.row("P12", f"10,000 schedules, none due: processor time over {seconds} s", shares, "% of a core", bar="≤ 1 %",
              passed=median(shares) <= 1, goal="0.1 %", reached=median(shares) <= 0.1)
    with bench.server(flows=busy) as server:
        server.settle()
        since, before = datetime.now(timezone.utc), server.processor_seconds()
        time.sleep(seconds * (1 if bench.quick else 3))
        share = (server.processor_seconds() - before) / (seconds * (1 if bench.quick else 3)) * 100
        found = server.json("GET", "/executions/search?size=1000")["results"]
    for execution in found:
        date = instant(execution["trigger"]["variables"]["date"])
        if date >= since:
            due.append((instant(execution["state"]["startDate"]) - date).total_seconds() * 1000)
    if not due:
        raise RuntimeError("no schedule was due")
    late = percentile(due, 0.99)
    bench.row("P12", "started later than due, 99th percentile", late, "ms", bar="≤ 50 ms", passed=late <= 50, goal="20 ms",
              reached=late <= 20, note_text=f"{len(due)} executions of 10,000 schedules, median {median(due):.1f} ms, worst "
              f"{max(due):.1f} ms; {share:.1f} % of a core meanwhile")


SECTIONS = {"P1": p1, "P2": p2, "P3": p3_p4, "P5": p5, "P6": p6_p10, "P7": p7_p8, "P9": p9, "P11": p11, "P12": p12}
ALSO = {"P4": "P3", "P10": "P6", "P8": "P7"}
