"""G1–G6: flows from and to Git, over smart HTTP on loopback, against the `git` program in the same run."""
import os
import shutil
import subprocess
import sys
import threading
import time

import history
from harness import ROOT, median, note, status_kib

FILES, COMMITS, TEAMS = 10_000, 200, 20
CLEAN = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_NAME": "bench",
         "GIT_AUTHOR_EMAIL": "bench@example.com", "GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@example.com"}


def git(*arguments, stdin=None, folder=None):
    done = subprocess.run(["git", *arguments], input=stdin, capture_output=True, cwd=folder, env={**os.environ, **CLEAN})
    if done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout.decode()


def timed(action):
    since = time.perf_counter()
    action()
    return time.perf_counter() - since


def file_path(index):
    return f"flows/team{index % TEAMS}/flow{index:05}.yaml"


def file_text(index, word="nothing"):
    return history.flow_source(index, word).replace("namespace: company.", "namespace: git.")


def commit(bare, files, words, parent=True):
    """Adds one commit to the branch main of a bare repository; `files` is a list of (path, text)."""
    stream = [f"commit refs/heads/main\ncommitter bench <bench@example.com> {int(time.time())} +0000\n"
              f"data {len(words.encode())}\n{words}\n" + ("from refs/heads/main^0\n" if parent else "")]
    for path, text in files:
        stream.append(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
    git("-C", bare, "fast-import", "--quiet", "--date-format=raw-permissive", stdin="".join(stream).encode())


class Repository:
    """The repository of 10,000 flows, its copies, and the server that serves them."""

    def __init__(self, bench):
        self.bench, self.root, self.edits = bench, bench.make("git"), 0
        self.bare, self.other = os.path.join(self.root, "flows.git"), os.path.join(self.root, "other.git")
        git("init", "-q", "--bare", "-b", "main", self.bare)
        commit(self.bare, [(file_path(i), file_text(i)) for i in range(FILES)], "all flows", parent=False)
        for number in range(1, COMMITS):
            commit(self.bare, [(file_path(i), file_text(i, f"history {number}")) for i in range(number * 5, number * 5 + 5)],
                   f"change {number}")
        git("-C", self.bare, "repack", "-adq")
        shutil.copytree(self.bare, self.other)
        self.log = open(os.path.join(self.root, "requests.log"), "w+")
        self.server = subprocess.Popen([sys.executable, os.path.join(ROOT, "Tests/Fixtures/git_http_server.py"), "--root", self.root],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.url = self.server.stdout.readline().decode().split()[1]

    def edit(self, *bares):
        """One changed file as a commit in each of these."""
        self.edits += 1
        for bare in bares:
            commit(bare, [(file_path(self.edits), file_text(self.edits, f"edit {self.edits}"))], f"edit {self.edits}")

    def traffic(self):
        """Bytes of bodies so far, both ways."""
        time.sleep(0.2)
        self.log.seek(0)
        return sum(int(field) for line in self.log for field in line.split()[3:5])

    def close(self):
        self.server.stdin.close()
        self.server.wait(10)
        self.log.close()


def sync_flow(url, folder="flows", namespace="git", children="true"):
    return f"""id: sync_flows
namespace: system
tasks:
  - id: sync
    type: io.kestra.plugin.git.SyncFlows
    url: {url}
    branch: main
    targetNamespace: {namespace}
    gitDirectory: {folder}
    includeChildNamespaces: {children}
"""


def push_flow(url):
    return f"""id: push_flows
namespace: system
tasks:
  - id: push
    type: io.kestra.plugin.git.PushFlows
    url: {url}
    branch: main
    sourceNamespace: git
    gitDirectory: flows
    includeChildNamespaces: true
    authorName: bench
    authorEmail: bench@example.com
    commitMessage: one changed flow
"""


def run(server, flow):
    """Seconds of one execution from the request to the answer that it ended well."""
    since = time.perf_counter()
    execution = server.start("system", flow, wait=True)
    elapsed = time.perf_counter() - since
    if execution["state"]["current"] != "SUCCESS":
        logs = server.json("GET", f"/logs/{execution['id']}")
        raise RuntimeError(f"{flow} ended {execution['state']['current']}: " + " | ".join(entry["message"] for entry in logs)[-800:])
    return elapsed


class Watch:
    """The peak of resident memory of a process and of all it starts, looked at every 20 ms."""

    def __init__(self, pid):
        self.pid, self.peak, self.ending = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()

    def look(self):
        while not self.ending.wait(0.02):
            self.peak = max(self.peak, tree_kib(self.pid) / 1024)


def tree_kib(pid):
    try:
        total = status_kib(pid, "VmRSS")
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                total += sum(tree_kib(int(child)) for child in file.read().split())
        return total
    except OSError:
        return 0


def first_sync(bench, repository):
    """G3 and G6; leaves a server's data folder behind that has all flows."""
    ours, theirs, above, data = [], [], [], None
    work = os.path.join(repository.root, "work")
    git("clone", "-q", f"{repository.url}/flows.git", work)
    for turn in range(bench.runs + 1):
        mirror = os.path.join(repository.root, f"mirror{turn}.git")
        clone = timed(lambda: git("clone", "-q", "--bare", f"{repository.url}/flows.git", mirror))
        events = bench.tool("yaml_events", os.path.join(work, "flows"))["seconds"]
        with bench.server() as server:
            server.flow(sync_flow(f"{repository.url}/flows.git"))
            if turn == 0:
                # The memory is looked at in a run of its own: looking costs processor time.
                time.sleep(1)
                idle = tree_kib(server.process.pid) / 1024
                with Watch(server.process.pid) as watch:
                    run(server, "sync_flows")
                above.append(max(watch.peak, server.peak_mib()) - idle)
            else:
                ours.append(run(server, "sync_flows"))
                theirs.append(clone + events)
            live = server.json("GET", "/flows/search?size=1&namespace=git")["total"]
            if live != FILES:
                raise RuntimeError(f"{live} flows are live, not {FILES}")
            data = server.data
    ratio = median([a / b for a, b in zip(ours, theirs)])
    bench.row("G3", "first SyncFlows of 10,000 flows", ours, "s", theirs, "s: git clone --bare + libyaml", f"{ratio:.2f} ×", "≤ 4 ×",
              ratio <= 4, "2 ×", ratio <= 2)
    bench.row("G6", "peak memory of it above idle, with what it starts", above, "MiB", bar="≤ 200 MiB", passed=median(above) <= 200,
              goal="100 MiB", reached=median(above) <= 100)
    return data, mirror, work


def later_syncs(bench, repository, server, mirror):
    nothing, listing, ours, theirs = [], [], [], []
    url = f"{repository.url}/flows.git"
    turns = max(bench.runs, 3)
    run(server, "sync_flows")
    for _ in range(turns):
        listing.append(timed(lambda: git("ls-remote", url, "refs/heads/main")) * 1000)
        nothing.append(run(server, "sync_flows") * 1000)
    for _ in range(turns):
        repository.edit(repository.bare)
        ours.append(run(server, "sync_flows") * 1000)
        theirs.append(timed(lambda: git("-C", mirror, "fetch", "-q", "origin", "main:main")) * 1000)
        flow = f"flow{repository.edits:05}"
        text = server.json("GET", f"/flows/git.team{repository.edits % TEAMS}/{flow}?source=true")["source"]
        if f"edit {repository.edits}" not in text:
            raise RuntimeError(f"{flow} is not live")
    ratio = median([a / b for a, b in zip(nothing, listing)])
    bench.row("G1", "SyncFlows, nothing new", nothing, "ms", listing, "ms: git ls-remote", f"{ratio:.2f} ×", "≤ 1.5 ×", ratio <= 1.5,
              "0.4 ×", ratio <= 0.4)
    ratio = median([a / b for a, b in zip(ours, theirs)])
    bench.row("G2", "SyncFlows after one changed file, until live", ours, "ms", theirs, "ms: git fetch", f"{ratio:.2f} ×", "≤ 2 ×",
              ratio <= 2, "1.0 ×", ratio <= 1)


def pushes(bench, repository, server, work):
    ours, theirs = [], []
    git("-C", work, "remote", "set-url", "origin", f"{repository.url}/other.git")
    git("-C", work, "pull", "-q", "--rebase=false")
    for turn in range(max(bench.runs, 3) + 1):
        index = 5000 + turn
        key = f"git.team{index % TEAMS}/flow{index:05}"
        server.json("PUT", f"/flows/{key}", file_text(index, f"push {turn}"))
        mine = run(server, "push_flows") * 1000
        with open(os.path.join(work, file_path(index)), "w") as file:
            file.write(file_text(index, f"push {turn}"))

        def push():
            git("-C", work, "commit", "-q", "-a", "-m", "one changed flow")
            git("-C", work, "push", "-q", "origin", "main")
        git_time = timed(push) * 1000
        if f"push {turn}" not in git("-C", repository.bare, "show", f"main:{file_path(index)}"):
            raise RuntimeError(f"{key} is not in the pushed commit")
        if turn:
            ours.append(mine)
            theirs.append(git_time)
    changed = git("-C", repository.bare, "diff", "--stat", "main~1", "main").splitlines()
    if len(changed) != 2:
        raise RuntimeError(f"a push changed more than one file: {changed[-1]}")
    ratio = median([a / b for a, b in zip(ours, theirs)])
    bench.row("G4", "PushFlows of one changed flow of 10,000", ours, "ms", theirs, "ms: git commit + push", f"{ratio:.2f} ×", "≤ 2 ×",
              ratio <= 2, "1.2 ×", ratio <= 1.2)


def one_folder(bench, repository):
    wide = os.path.join(repository.root, "wide.git")
    git("init", "-q", "--bare", "-b", "main", wide)
    commit(wide, [(f"teams/team{i // 50}/flow{i:05}.yaml", file_text(i)) for i in range(20_000)], "all flows", parent=False)
    git("-C", wide, "repack", "-adq")
    fetched = []
    for _ in range(min(bench.runs, 3)):
        with bench.server() as server:
            server.flow(sync_flow(f"{repository.url}/wide.git", folder="teams/team7", namespace="git", children="false"))
            before = repository.traffic()
            run(server, "sync_flows")
            fetched.append((repository.traffic() - before) / 1048576)
            live = server.json("GET", "/flows/search?size=1&namespace=git")["total"]
            if live != 50:
                raise RuntimeError(f"{live} flows are live, not 50")
    bench.row("G5", "sync of 50 flows of a repository of 20,000 files: bytes moved", fetched, "MiB", bar="≤ 1 MiB",
              passed=median(fetched) <= 1, goal="0.6 MiB", reached=median(fetched) <= 0.6)


def all_git(bench):
    repository = Repository(bench)
    try:
        data, mirror, work = first_sync(bench, repository)
        with bench.server(data) as server:
            server.flow(push_flow(f"{repository.url}/flows.git"))
            later_syncs(bench, repository, server, mirror)
            pushes(bench, repository, server, work)
        one_folder(bench, repository)
    finally:
        repository.close()


SECTIONS = {"G1": all_git}
ALSO = {name: "G1" for name in ("G2", "G3", "G4", "G5", "G6")}
