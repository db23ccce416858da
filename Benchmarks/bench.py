#!/usr/bin/env python3
"""Measures the program and the limits of the machine in the same run: see README.md beside this file.

    bench.py [--quick] [--only P1,P5,G1] [--runs 5] [--program .build/release/sluice] [--folder DIR] [--json bench.json]
"""
import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import time
import traceback

import engine_bars
import expression_bars
import git_bars
from harness import ROOT, Bench, markdown, note, show_head

SECTIONS = {**expression_bars.SECTIONS, **engine_bars.SECTIONS, **git_bars.SECTIONS}
ALSO = {**expression_bars.ALSO, **engine_bars.ALSO, **git_bars.ALSO}


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def machine(folder):
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), None)
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    system = next((line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME")), None)
    return {
        "processor": model, "cores": os.cpu_count(), "memoryMiB": memory // 1024, "system": system, "kernel": platform.release(),
        "fileSystem": first_line("stat", "-f", "-c", "%T", folder), "loadAtStart": os.getloadavg()[0],
    }


def versions(program):
    return {
        "sluice": first_line(program, "--version"), "sqlite": sqlite3.sqlite_version, "git": first_line("git", "--version"),
        "python": platform.python_version(), "cc": first_line("cc", "--version"),
        "commit": first_line("git", "-C", ROOT, "rev-parse", "HEAD"),
    }


def main():
    parser = argparse.ArgumentParser(description="Measure the program against the limits of the machine.")
    parser.add_argument("--quick", action="store_true", help="one run of each, smaller counts: within two minutes")
    parser.add_argument("--only", default="", help="ids with commas: P1,P5,G1")
    parser.add_argument("--runs", type=int, help="runs of each measure (5; quick: 1)")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/sluice"))
    parser.add_argument("--folder", help="where data is written; its disk is measured (the system's folder for temporary files)")
    parser.add_argument("--json", default="bench.json", help="file for the result")
    parser.add_argument("--markdown", help="file for the table in Markdown")
    parser.add_argument("--keep", action="store_true", help="leave the data there")
    options = parser.parse_args()
    wanted = [ALSO.get(name, name) for name in options.only.upper().split(",") if name]
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join([*SECTIONS, *ALSO])}")
    if not os.access(options.program, os.X_OK):
        parser.error(f"{options.program} is not there: make build")
    bench = Bench(options.program, options.quick, options.runs, options.folder, options.keep)
    about = machine(bench.folder)
    if about["loadAtStart"] > 0.5 * about["cores"]:
        note(f"the machine is busy (load {about['loadAtStart']:.1f}): the figures will be too low")
    began, failed = time.time(), []
    show_head()
    for name, section in SECTIONS.items():
        if wanted and name not in wanted:
            continue
        since = time.time()
        try:
            section(bench)
        except Exception as error:
            failed.append(name)
            note(f"{name} could not be measured: {error}")
            traceback.print_exc()
        note(f"{name}: {time.time() - since:.0f} s")
    missed = [row["id"] for row in bench.rows if row["pass"] is False]
    result = {
        "machine": about, "versions": versions(options.program),
        "settings": {"quick": options.quick, "runs": bench.runs, "synchronous": "FULL", "journal": "WAL", "folder": bench.folder},
        "seconds": round(time.time() - began, 1), "rows": bench.rows, "notMeasured": failed,
    }
    with open(options.json, "w") as file:
        json.dump(result, file, indent=1, ensure_ascii=False)
        file.write("\n")
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write(markdown(bench.rows))
    bench.close()
    print(f"\n{sum(row['pass'] is True for row in bench.rows)} bars held, missed: {', '.join(missed) or 'none'}; "
          f"{result['seconds']} s; {options.json}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
