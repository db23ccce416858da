"""What all measures share: native tools, servers, HTTP, medians."""
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlencode

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LIBRARIES = {"loadgen": [], "spawn": ["-lpthread"], "sqlite_limit": ["-lsqlite3"], "yaml_events": ["-lyaml"]}


class Bench:
    """The settings of one run of the benchmark, its folder and its native tools."""

    def __init__(self, program, quick, runs, folder, keep):
        self.program, self.quick, self.keep = os.path.abspath(program), quick, keep
        self.runs = runs or (1 if quick else 5)
        self.folder = tempfile.mkdtemp(prefix="sluice-bench-", dir=folder)
        self.rows = []
        self.limits = {}
        self.servers = 0
        for name, libraries in LIBRARIES.items():
            source = os.path.join(HERE, "native", name + ".c")
            subprocess.run(["cc", "-O2", source, "-o", self.path(name), *libraries], check=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def make(self, *parts):
        path = self.path(*parts)
        os.makedirs(path, exist_ok=True)
        return path

    def tool(self, name, *arguments):
        done = subprocess.run([self.path(name), *map(str, arguments)], capture_output=True, text=True)
        if done.stderr:
            note(f"{name}: {done.stderr.strip()[:500]}")
        if done.returncode:
            raise RuntimeError(f"{name} {arguments} failed")
        return json.loads(done.stdout)

    def sqlite(self):
        """The limits of SQLite on this disk, measured once a section runs them."""
        return self.tool("sqlite_limit", self.make("limit"), 5000 if self.quick else 20000)

    def server(self, data=None, **options):
        self.servers += 1
        return Server(self, data or self.path(f"data{self.servers}"), **options)

    def row(self, name, what, values, unit, limit=None, limit_name="", ratio=None, bar="", passed=None, goal="", reached=None,
            note_text=""):
        """Keeps and shows one line of the result. `values` and `limit` are lists of runs or single figures."""
        values = values if isinstance(values, list) else [values]
        limits = limit if isinstance(limit, list) else ([] if limit is None else [limit])
        row = {
            "id": name, "what": what, "unit": unit, "median": median(values), "lowest": min(values), "highest": max(values),
            "runs": values, "limit": median(limits) if limits else None, "limitRuns": limits, "limitName": limit_name,
            "ratio": ratio, "bar": bar, "pass": passed, "goal": goal, "goalReached": reached, "note": note_text,
        }
        self.rows.append(row)
        show(row)
        return row

    def close(self):
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """A server of the program under measurement, ready when this returns."""

    def __init__(self, bench, data, flows=None, secrets=None, arguments=(), environment=None, log=None):
        self.bench, self.data = bench, data
        self.port = free_port()
        command = [bench.program, "server", "--host", "127.0.0.1", "--port", str(self.port), "--data", data, "--no-examples",
                   "--log-level", "warning", *arguments]
        if flows:
            command += ["--flows", flows]
        if secrets:
            command += ["--secrets", secrets]
        self.log = log or data + ".log"
        os.makedirs(os.path.dirname(self.log), exist_ok=True)
        since = time.perf_counter()
        with open(self.log, "ab") as log_file:
            self.process = subprocess.Popen(command, stdout=log_file, stderr=log_file,
                                            env={**os.environ, **(environment or {})}, start_new_session=True)
        self.wait_ready(since)

    def wait_ready(self, since, limit=180):
        request = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        while time.perf_counter() - since < limit:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {tail(self.log)}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                    connection.sendall(request)
                    if connection.recv(100).startswith(b"HTTP/1.1 200"):
                        self.start_seconds = time.perf_counter() - since
                        return
            except OSError:
                pass
            time.sleep(0.002)
        raise RuntimeError(f"the server was not ready in {limit} s: {tail(self.log)}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, grace=60):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                note("the server did not end after SIGTERM")
                self.process.kill()
                self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def call(self, method, path, body=None, kind="application/x-yaml", timeout=120):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, "/api/v1" + path, body.encode() if isinstance(body, str) else body,
                               {"Content-Type": kind} if body is not None else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method, path, body=None, kind="application/x-yaml", timeout=120):
        status, text = self.call(method, path, body, kind, timeout)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {text[:600]!r}")
        return json.loads(text) if text else None

    def flow(self, source):
        return self.json("POST", "/flows", source)

    def total(self, **filters):
        return self.json("GET", "/executions/search?" + urlencode({"size": 1, **filters}, doseq=True))["total"]

    def start(self, namespace, flow, wait=False, timeout=300):
        return self.json("POST", f"/executions/{namespace}/{flow}" + ("?wait=true" if wait else ""), timeout=timeout)

    def request_file(self, method, path):
        """A file with the bytes of one request, for the load generator."""
        name = self.bench.path(f"request-{self.port}-{abs(hash((method, path)))}")
        with open(name, "w") as file:
            file.write(f"{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\n" + ("Content-Length: 0\r\n" if method != "GET" else "")
                       + "\r\n")
        return name

    def load(self, connections, total, method, path, pause=0):
        answer = self.bench.tool("loadgen", self.port, connections, total, self.request_file(method, path), pause)
        if answer["refused"]:
            raise RuntimeError(f"{answer['refused']} of {total} requests {method} {path} were refused")
        return answer

    def run_to_end(self, namespace, flow, count, connections=16, each_wait=0.01):
        """Starts executions and waits until all ended; seconds from the first request on. All must have succeeded."""
        before = self.total(flowId=flow, namespace=namespace, state="SUCCESS")
        since = time.perf_counter()
        self.load(connections, count, "POST", f"/executions/{namespace}/{flow}")
        limit = since + 300
        while (done := self.total(flowId=flow, namespace=namespace, state="SUCCESS") - before) < count:
            if time.perf_counter() > limit:
                raise RuntimeError(f"{flow}: {done} of {count} succeeded within 300 s")
            time.sleep(each_wait)
        return time.perf_counter() - since

    def resident_mib(self):
        return status_kib(self.process.pid, "VmRSS") / 1024

    def peak_mib(self):
        return status_kib(self.process.pid, "VmHWM") / 1024

    def settle(self, limit=120):
        """Waits until the server has nothing left to do: less than a tenth of a core for a second."""
        until, before = time.time() + limit, self.processor_seconds()
        while time.time() < until:
            time.sleep(1)
            now = self.processor_seconds()
            if now - before < 0.1:
                return
            before = now

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status_kib(pid, field):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    return 0


def database_bytes(data):
    """Of a stopped server: the database without its log, and the stored files."""
    path = os.path.join(data, "sluice.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = connection.execute("PRAGMA page_count").fetchone()[0] - connection.execute("PRAGMA freelist_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    files = 0
    for folder, _, names in os.walk(os.path.join(data, "storage")):
        files += sum(os.path.getsize(os.path.join(folder, name)) for name in names)
    return pages * size + files


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def tail(path, lines=5):
    try:
        with open(path, errors="replace") as file:
            return " | ".join(file.read().splitlines()[-lines:])
    except OSError:
        return ""


def note(text):
    print(f"# {text}", file=sys.stderr, flush=True)


def figure(value):
    if value is None:
        return ""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 1 else f"{value:.3f}"


COLUMNS = [("id", 5), ("what", 50), ("ours (lowest–highest)", 28), ("limit in the same run", 38), ("ratio", 9), ("bar", 22), ("", 5),
           ("goal", 18), ("", 4)]


def cells(row):
    spread = f" ({figure(row['lowest'])}–{figure(row['highest'])})" if len(row["runs"]) > 1 else ""
    limit = f"{figure(row['limit'])} {row['limitName']}" if row["limit"] is not None else row["limitName"]
    verdict = {None: "", True: "pass", False: "MISS"}
    return [row["id"], row["what"], f"{figure(row['median'])} {row['unit']}{spread}", limit, row["ratio"] or "", row["bar"],
            verdict[row["pass"]], row["goal"], {None: "", True: "yes", False: "no"}[row["goalReached"]]]


def show_head():
    print("  ".join(name.ljust(width) for name, width in COLUMNS), flush=True)


def show(row):
    print("  ".join(text.ljust(width) for text, (_, width) in zip(cells(row), COLUMNS)), flush=True)
    if row["note"]:
        print(f"       {row['note']}", flush=True)


def markdown(rows):
    lines = ["| id | what | ours, median (spread) | limit in the same run | ratio | bar | | goal | |", "|---|---|---|---|---|---|---|---|---|"]
    return "\n".join(lines + ["| " + " | ".join(cells(row)) + " |" for row in rows]) + "\n"
