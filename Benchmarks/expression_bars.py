"""E1–E6: the template language, beside Jinja2 in the same run."""
import json
import os
import subprocess
import sys

from harness import HERE, ROOT, median

JINJA = """
import json, sys, time
from jinja2 import Environment
seconds = float(sys.argv[1])
variables = {
    "inputs": {"name": "World"}, "outputs": {"extract": {"rows": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "dora"}]}},
    "execution": {"startDate": __import__("datetime").datetime(2024, 3, 5, 10, 11, 12, 123456), "id": "x"},
    "flow": {"id": "hello", "namespace": "company.team"},
}
environment = Environment()
environment.filters["date"] = lambda value, pattern: value.strftime(pattern)

def per_second(work):
    for _ in range(200):
        work()
    count, since = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - since) < seconds:
        for _ in range(50):
            work()
        count += 50
    return count / elapsed

hello = environment.from_string("Hello {{ inputs.name }}")
rows = environment.from_string("{{ outputs.extract.rows[3].name | upper }} at {{ execution.startDate | date('%Y-%m-%d') }}")
assert hello.render(variables) == "Hello World" and rows.render(variables) == "DORA at 2024-03-05"
typical = "Run {{ execution.id }} of {{ flow.id }} says {{ inputs.name | upper | default('x') }} !"
print(json.dumps({
    "hello": per_second(lambda: hello.render(variables)), "rows": per_second(lambda: rows.render(variables)),
    "compile": per_second(lambda: environment.from_string(typical)),
}))
"""


def bench_program():
    """The measuring program, built when it is not there; it is not part of what is shipped."""
    path = os.path.join(ROOT, ".build/release/ExpressionBench")
    subprocess.run(["swift", "build", "-c", "release", "--product", "ExpressionBench", "--package-path", ROOT], check=True,
                   stdout=subprocess.DEVNULL)
    return path


def jinja_python():
    """A Python with Jinja2, in a folder of its own below .build."""
    folder = os.path.join(ROOT, ".build/bench-venv")
    python = os.path.join(folder, "bin/python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    if subprocess.run([python, "-c", "import jinja2"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "jinja2"], check=True)
    return python


def measured(command):
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def expressions(bench):
    program = os.environ.get("EXPRESSION_BENCH") or bench_program()
    python = jinja_python()
    seconds = "0.3" if bench.quick else "1"
    runs = [(measured([program, "measure", "--json", "--seconds", seconds]), measured([python, "-c", JINJA, seconds]))
            for _ in range(max(bench.runs, 1))]
    lines = [("E1", "hello", "render Hello {{ inputs.name }}, compiled", 1_000_000),
             ("E2", "rows", "render outputs.extract.rows[3].name in upper case at a date, compiled", 200_000),
             ("E3", "compile", "compile a template of 80 characters", 100_000)]
    for name, key, what, bar in lines:
        ours, theirs = [run[0][key] for run in runs], [run[1][key] for run in runs]
        ratio = median([one / other for one, other in zip(ours, theirs)])
        bench.row(name, what, ours, "/s", theirs, "/s: Jinja2", f"{ratio:.1f} ×", f"≥ {bar:,} and ≥ 5 ×",
                  median(ours) >= bar and ratio >= 5)
    large, small = [1e9 / run[0]["large"] for run in runs], [1e9 / run[0]["small"] for run in runs]
    ratio = median([one / other for one, other in zip(large, small)])
    bench.row("E4", "render one value of a context of 10 MB", large, "ns", small, "ns: of one of 1 kB", f"{ratio:.2f} ×", "≤ 2 ×",
              ratio <= 2)
    hostile = [run[0]["hostile"] for run in runs]
    slowest, largest = [found["seconds"] for found in hostile], [found["mib"] for found in hostile]
    unharmed = max(found["withoutError"] for found in hostile)
    bench.row("E5", f"the slowest of {hostile[0]['count']} hostile templates, until its error", slowest, "s", bar="≤ 1 s",
              passed=max(slowest) <= 1 and unharmed == 0, note_text=f"slowest: {hostile[-1]['slowest']}; all end in an error")
    bench.row("E6", "memory that the largest of them adds", largest, "MiB", bar="≤ 64 MiB", passed=max(largest) <= 64,
              note_text=f"largest: {hostile[-1]['largest']}")


SECTIONS = {"E1": expressions}
ALSO = {"E2": "E1", "E3": "E1", "E4": "E1", "E5": "E1", "E6": "E1"}
