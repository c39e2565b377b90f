#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Locust itself as the judge: its own statistics are fed the times of a stored run, and the CSV
that it writes is compared with ours. Skips (77) where there is no Locust."""

import csv
import io
import os
import subprocess
import sys
import types

import report_run

SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's modules are not in other Pythons

try:
    import locust.stats
except ImportError:
    if os.path.realpath(sys.executable) != os.path.realpath(SYSTEM_PYTHON) and subprocess.run(
            [SYSTEM_PYTHON, "-c", "import locust.stats"], stderr=subprocess.DEVNULL,
            check=False).returncode == 0:
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, "-B"] + sys.argv)
    print("skipped: no Locust here")
    sys.exit(77)

# Floats that Locust sums up in the order of arrival; ours do not depend on it.
SUMMED = ("Average Response Time", "Requests/s", "Failures/s")


def cells(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def written(write):
    out = io.StringIO(newline="")
    write(csv.writer(out))
    return out.getvalue()


def differences(ours, theirs):
    if ours.split("\r\n")[0] != theirs.split("\r\n")[0]:
        yield f"header: {ours.splitlines()[0]} != {theirs.splitlines()[0]}"
    if len(cells(ours)) != len(cells(theirs)):
        yield f"{len(cells(ours))} lines, Locust has {len(cells(theirs))}"
    for mine, other in zip(cells(ours), cells(theirs)):
        for name in other:
            same = mine[name] == other[name]
            if not same and name in SUMMED:
                same = abs(float(mine[name]) - float(other[name])) < 1e-6
            if not same:
                yield f"{other['Name']}, {name}: {mine[name]}, Locust has {other[name]}"


def feed(stats, rows, clock):
    """As its event listeners do; a failed request is a request too."""
    for row in rows:
        stats.log_request(row.method, row.path, row.latency(clock) / 1e6, row.bytes_in)
        if not row.ok:
            stats.log_error(row.method, row.path, str(row.status))


def main():
    found = []
    with report_run.stored_run(sys.argv[1]) as run:
        elapsed_s = run.sql("select elapsed_s from runs")[0][0]
        for clock in ("response", "service"):
            stats = locust.stats.RequestStats(use_response_times_cache=False)
            feed(stats, run.rows(), clock)
            for entry in [stats.total, *stats.entries.values()]:
                entry.start_time = 1000.0
                entry.last_request_timestamp = 1000.0 + elapsed_s
            environment = types.SimpleNamespace(stats=stats, runner=None)
            files = locust.stats.StatsCSV(environment, locust.stats.PERCENTILES_TO_REPORT)
            options = ("--rounding", "locust", "--clock", clock)
            ours = run.report("--format", "locust-stats", *options).decode()
            found += differences(ours, written(files.requests_csv))
            # The last line of the history has the totals again, and its header is Locust's.
            history = cells(run.report("--format", "locust-history", *options).decode())
            last, total = history[-1], cells(ours)[-1]
            for name in list(last)[6:]:
                if last[name] != total[name.removeprefix("Total ")]:
                    found.append(f"history, {name}: {last[name]}")
            if int(last["Total Request Count"]) != stats.total.num_requests:
                found.append("history: requests")
        for name, write in (("failures", files.failures_csv), ("exceptions", files.exceptions_csv)):
            ours = run.report("--format", f"locust-{name}").decode()
            if ours.split("\r\n")[0] != written(write).split("\r\n")[0]:
                found.append(f"header of {name}")
        failures = cells(run.report("--format", "locust-failures").decode())
        if sum(int(line["Occurrences"]) for line in failures) != stats.total.num_failures:
            found.append("failures: occurrences")
    for line in found:
        print(line)
    print(f"Locust agrees with {stats.total.num_requests} requests" if not found else "different")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
