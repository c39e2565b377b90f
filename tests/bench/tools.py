# SPDX-License-Identifier: MIT
"""The load generators that are compared: how each is called, and what it says. Every function
returns requests per second as the tool counts them, and CPU microseconds per request of its whole
process (user and system), as the kernel counts them.
"""

import json
import pathlib
import re
import shutil
import sqlite3

import harness

CONNECTIONS = 64
SEQUENCE_HEADER = "X-Seq"


def measured(outcome, requests, rps):
    return {"requests": requests, "rps": rps, "cpu_us": outcome.cpu_s * 1e6 / requests,
            "peak_rss_kb": outcome.peak_rss_kb}


def number(pattern, outcome, tool):
    match = re.search(pattern, outcome.stdout)
    if not match:
        raise harness.BenchError(f"{tool}: no {pattern!r} in\n{outcome.stdout}{outcome.stderr}")
    return float(match.group(1))


class Tools:
    """The programs, all on the generator's core; their target is 127.0.0.1:port."""

    def __init__(self, bin_dir, test_bin_dir, core, work):
        self.replay_program = pathlib.Path(bin_dir) / "replay"
        self.floor_program = pathlib.Path(test_bin_dir) / "floor_client"
        self.core = core
        self.work = pathlib.Path(work)
        helped = harness.run([self.replay_program, "--help"], {core}).stdout
        self.replay_can_spin = "--spin" in helped

    def floor(self, port, requests, path, *options):
        outcome = harness.run([self.floor_program, "--port", port, "--requests", requests,
                               "--connections", CONNECTIONS, "--path", path, *options], {self.core})
        said = json.loads(outcome.stdout)
        return {**said, **measured(outcome, said["requests"], said["rps"])}

    def wrk(self, port, seconds, path):
        outcome = harness.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
                               f"http://127.0.0.1:{port}{path}"], {self.core})
        requests = number(r"(\d+) requests in", outcome, "wrk")
        return measured(outcome, requests, number(r"Requests/sec:\s+([\d.]+)", outcome, "wrk"))

    def h2load(self, port, requests, path):
        outcome = harness.run(["h2load", "--h1", "-t1", f"-c{CONNECTIONS}", f"-n{requests}",
                               f"http://127.0.0.1:{port}{path}"], {self.core})
        done = number(r"(\d+) succeeded", outcome, "h2load")
        return measured(outcome, done, number(r"([\d.]+) req/s", outcome, "h2load"))

    def hey(self, port, requests, path):
        outcome = harness.run(["hey", "-n", requests, "-c", CONNECTIONS,
                               f"http://127.0.0.1:{port}{path}"], {self.core})
        done = number(r"\[200\]\s+(\d+) responses", outcome, "hey")
        return measured(outcome, done, number(r"Requests/sec:\s+([\d.]+)", outcome, "hey"))

    def vegeta(self, port, seconds, path):
        targets, results = self.work / "vegeta.txt", self.work / "vegeta.bin"
        targets.write_text(f"GET http://127.0.0.1:{port}{path}\n", encoding="ascii")
        outcome = harness.run(["vegeta", "attack", "-rate=0", f"-max-workers={CONNECTIONS}",
                               f"-connections={CONNECTIONS}", f"-duration={seconds}s",
                               f"-targets={targets}", f"-output={results}"], {self.core})
        report = harness.run(["vegeta", "report", "-type=json", results], {self.core})
        said = json.loads(report.stdout)
        return measured(outcome, said["requests"], said["throughput"])

    def replay(self, port, file, *options, target=None, rss_every_s=None, keep=None,
               timeout_s=600):
        """Plays a file into a new database and returns its newest run, with all that it says of
        itself. `keep`: where the database stays; without it, it is deleted."""
        database = pathlib.Path(keep or self.work / "bench.sqlite")
        remove_database(database)
        outcome = harness.run(
            [self.replay_program, file, "--target", target or f"127.0.0.1:{port}", "--db", database,
             "--no-ui", "--no-probe", "-q", "--expect", "status", "-c", CONNECTIONS, *options],
            {self.core},
            rss_every_s=rss_every_s, codes=(0, 4), timeout_s=timeout_s)
        result = read_run(database)
        result.update(measured(outcome, result["sent"], result["achieved_rps"]))
        result.update(wall_s=outcome.wall_s, rss_kb=outcome.rss_kb,
                      database_bytes=database.stat().st_size)
        if not keep:
            remove_database(database)
        return result


def installed(tool):
    return shutil.which(tool) is not None


def remove_database(path):
    for suffix in ("", "-wal", "-shm", "-lock"):
        pathlib.Path(f"{path}{suffix}").unlink(missing_ok=True)


def open_database(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def read_run(path):
    """The newest run: its row of `runs`, sums over all endpoints, and events by kind."""
    database = open_database(path)
    database.row_factory = sqlite3.Row
    run = dict(database.execute("SELECT * FROM runs ORDER BY run DESC LIMIT 1").fetchone())
    totals = database.execute("SELECT * FROM endpoint_totals WHERE run = ? AND endpoint = 0",
                              (run["run"],)).fetchone()
    run["totals"] = dict(totals) if totals else {}
    run["events"] = {row[0]: (row[1], row[2]) for row in database.execute(
        "SELECT kind, count(*), max(text) FROM events WHERE run = ? GROUP BY kind",
        (run["run"],))}
    database.close()
    return run
