#!/usr/bin/env python3
"""Kills the server again and again under load and looks whether anything that was answered is lost.

    chaos.py [--rounds 20] [--seed S] [--program .build/release/sluice] [--folder DIR] [--many 500] [--keep]

Each round starts the server on the data that the round before left, loads it with webhooks, REST starts, shell tasks and
sleeping ones, kills it with SIGKILL at a random moment, and starts it again. Then it must hold that
  * every execution whose creation was answered exists and ends well,
  * no task run has two attempts that succeeded, and none that ended has one still running,
  * SQLite finds the database whole.
After the rounds one kill comes while 500 executions run, and at last SIGTERM must end the server within its grace.
The seed is printed; the same seed makes the same choices (the moments of the machine are its own).
"""
import argparse
import http.client
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from urllib.parse import quote

from harness import ROOT, Server, note

LOG = "type: io.kestra.plugin.core.log.Log"
SHELL = "type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner:\n      type: io.kestra.plugin.core.runner.Process"
RETRY = "    retry:\n      type: constant\n      interval: PT0.2S\n      maxAttempts: 20\n"
FLOWS = [
    f"id: quick\nnamespace: chaos\ntasks:\n  - id: one\n    {LOG}\n    message: one\n  - id: two\n    {LOG}\n    message: two\n"
    "triggers:\n  - id: hook\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: chaos\n",
    f"id: script\nnamespace: chaos\ntasks:\n  - id: first\n    {SHELL}\n    commands:\n      - sleep 0.05\n"
    f"  - id: second\n    {SHELL}\n    commands:\n      - \"true\"\n  - id: end\n    {LOG}\n    message: end\n",
    f"id: sleeping\nnamespace: chaos\ntasks:\n  - id: sleep\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT0.4S\n"
    f"  - id: end\n    {LOG}\n    message: end\n",
    "id: fan\nnamespace: chaos\ntasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    concurrencyLimit: 0\n"
    "    values: \"{{ range(1, 30) }}\"\n    tasks:\n      - id: return\n        type: io.kestra.plugin.core.debug.Return\n"
    "        format: \"{{ taskrun.value }}\"\n",
    "id: parent\nnamespace: chaos\ntasks:\n  - id: child\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: chaos\n"
    "    flowId: quick\n    wait: true\n    transmitFailed: true\n",
    f"id: long\nnamespace: chaos\ntasks:\n  - id: sleep\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT3S\n"
    f"  - id: end\n    {LOG}\n    message: end\n",
]
ENDED = ("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "SKIPPED")


class Fault(Exception):
    """Something that must never be."""


class Chaos:
    def __init__(self, program, folder, seed, keep):
        self.program, self.folder, self.keep = os.path.abspath(program), folder, keep
        self.random = random.Random(seed)
        self.data = os.path.join(folder, "data")
        self.answered, self.lock = {}, threading.Lock()

    def server(self, *arguments):
        return Server(self, self.data, arguments=arguments, log=os.path.join(self.folder, "server.log"))

    # MARK: load

    def send(self, connection, kind):
        path = "/executions/webhook/chaos/quick/chaos" if kind == "webhook" else f"/executions/chaos/{kind}"
        connection.request("POST", "/api/v1" + path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Fault(f"POST {path}: {answer.status} {body[:300]!r}")
        execution = json.loads(body)["id"]
        with self.lock:
            self.answered[execution] = kind

    def client(self, server, chance, kinds, stop, faults):
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            try:
                while not stop.is_set():
                    self.send(connection, chance.choice(kinds))
                    stop.wait(chance.random() * 0.01)
            except Fault as fault:
                faults.append(str(fault))
                return
            except (OSError, http.client.HTTPException, ValueError):
                stop.wait(0.01)
            finally:
                connection.close()

    def load_until(self, server, moment, clients=6):
        """Loads the server and kills it after so many seconds."""
        stop, faults = threading.Event(), []
        kinds = ["webhook", "quick", "webhook", "script", "sleeping", "fan", "parent"]
        threads = [threading.Thread(target=self.client, args=(server, random.Random(self.random.random()), kinds, stop, faults))
                   for _ in range(clients)]
        for thread in threads:
            thread.start()
        time.sleep(moment)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        if faults:
            raise Fault(faults[0])

    # MARK: what must hold

    def settle(self, server, limit=120):
        """Waits until nothing is open."""
        until = time.time() + limit
        states = "&".join(f"state={state}" for state in
                          ("CREATED", "RUNNING", "KILLING", "PAUSED", "RESTARTED", "QUEUED", "RETRYING"))
        while True:
            left = server.json("GET", f"/executions/search?size=5&{states}")
            if left["total"] == 0:
                return
            if time.time() > until:
                raise Fault(f"{left['total']} executions do not end: "
                            + ", ".join(f"{e['id']} ({e['flowId']} {e['state']['current']})" for e in left["results"]))
            time.sleep(0.05)

    def check(self, server, since):
        """Looks at all that was answered since; returns (executions, attempts that a crash cut off)."""
        new = list(self.answered.items())[since:]
        lost = 0
        for identity, kind in new:
            status, body = server.call("GET", f"/executions/{quote(identity)}")
            if status != 200:
                raise Fault(f"{identity} ({kind}) was answered and is not there: {status}")
            execution = json.loads(body)
            if execution["state"]["current"] != "SUCCESS":
                raise Fault(f"{identity} ({kind}) ended {execution['state']['current']}")
            lost += self.check_runs(execution)
        return len(new), lost

    def check_runs(self, execution):
        lost, seen = 0, set()
        for run in execution.get("taskRunList", []):
            key = (run["taskId"], run.get("parentTaskRunId"), run.get("value"), run.get("iteration"))
            if key in seen:
                raise Fault(f"{execution['id']}: two task runs for {key}")
            seen.add(key)
            states = [attempt["state"]["current"] for attempt in run.get("attempts", [])]
            if states.count("SUCCESS") > 1:
                raise Fault(f"{execution['id']}: {run['taskId']} succeeded more than once: {states}")
            if any(state not in ENDED for state in states):
                raise Fault(f"{execution['id']}: {run['taskId']} ended with an open attempt: {states}")
            lost += sum(state != "SUCCESS" for state in states)
        return lost

    def check_database(self):
        connection = sqlite3.connect(os.path.join(self.data, "sluice.db"))
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            raise Fault(f"integrity_check: {answer}")
        real = dict(connection.execute("SELECT state, count(*) FROM executions GROUP BY state"))
        for rows in ("flow = 0", "flow != 0"):
            counted = dict(connection.execute(
                f"SELECT state, sum(count) FROM execution_totals WHERE {rows} GROUP BY state HAVING sum(count) > 0"))
            if counted != real:
                raise Fault(f"totals ({rows}) {counted} are not what is there: {real}")
        orphans = connection.execute("SELECT count(*) FROM task_runs WHERE execution NOT IN (SELECT key FROM executions)").fetchone()[0]
        if orphans:
            raise Fault(f"{orphans} task runs of executions that are not there")
        connection.close()

    # MARK: rounds

    def round(self, number):
        before = len(self.answered)
        moment = 0.05 + self.random.random() * 2.5
        server = self.server()
        if number == 1:
            for flow in FLOWS:
                server.flow(flow)
        self.load_until(server, moment)
        if self.random.random() < 0.3:
            # Killed again while it recovers.
            server = self.server()
            time.sleep(self.random.random() * 0.3)
            server.kill()
        self.check_database()
        with self.server() as server:
            ready = server.start_seconds
            self.settle(server)
            count, lost = self.check(server, before)
        self.check_database()
        print(f"round {number}: killed after {moment:.2f} s; {count} answered, all ended well, {lost} attempts cut off; "
              f"ready again in {ready:.2f} s", flush=True)

    def many(self, wanted):
        """One kill while so many executions run."""
        before = len(self.answered)
        server = self.server("--worker-threads", str(wanted))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for _ in range(wanted):
            self.send(connection, "long")
        connection.close()
        running = server.total(state="RUNNING")
        server.kill()
        self.check_database()
        with self.server("--worker-threads", str(wanted)) as server:
            self.settle(server)
            count, lost = self.check(server, before)
        print(f"killed with {running} running: {count} answered, all ended well, {lost} attempts cut off", flush=True)
        if running < wanted * 0.8:
            raise Fault(f"only {running} of {wanted} were running at the kill: this machine is too slow for the question")

    def grace(self):
        """SIGTERM under load ends the server within its grace; what was cut off ends after the next start."""
        before = len(self.answered)
        server = self.server("--grace", "PT5S")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for kind in ["script", "sleeping", "long", "quick"] * 10:
            self.send(connection, kind)
        connection.close()
        since = time.time()
        server.process.terminate()
        try:
            code = server.process.wait(10)
        except Exception:
            server.kill()
            raise Fault("the server did not end within 10 s of SIGTERM, with a grace of 5 s")
        took = time.time() - since
        if code != 0:
            raise Fault(f"the server ended with {code} after SIGTERM")
        with self.server() as server:
            self.settle(server)
            count, _ = self.check(server, before)
        self.check_database()
        print(f"SIGTERM: ended after {took:.2f} s; {count} answered, all ended well", flush=True)


def main():
    parser = argparse.ArgumentParser(description="Kill the server under load and check that nothing answered is lost.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--many", type=int, default=500, help="executions that run at one of the kills")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/sluice"))
    parser.add_argument("--folder")
    parser.add_argument("--keep", action="store_true", help="leave the data there, as a fault does")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    folder = tempfile.mkdtemp(prefix="sluice-chaos-", dir=options.folder)
    print(f"seed {seed}, data in {folder}", flush=True)
    chaos = Chaos(options.program, folder, seed, options.keep)
    try:
        for number in range(1, options.rounds + 1):
            chaos.round(number)
        if options.many:
            chaos.many(options.many)
        chaos.grace()
    except Fault as fault:
        note(f"FAULT: {fault}")
        note(f"seed {seed}; the data is in {folder}")
        sys.exit(1)
    print(f"{len(chaos.answered)} executions answered, none lost")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
