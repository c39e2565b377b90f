# SPDX-License-Identifier: MIT
"""What the rows of scripts/reproduce share: programs, stubs, runs with their rows, and the lines
that say guide, ours, condition, pass or fail."""

import contextlib
import json
import pathlib
import re
import sqlite3
import subprocess

LENGTHS = ("short", "minutes", "full")
READY_SECONDS = 20
STOP_SECONDS = 10
INVALID = 4


class NotPlayed(Exception):
    """A program did not do what it was started for."""


class Run:
    """A stored run: its summary, and its requests in the order of their indices."""

    def __init__(self, database, number):
        self.number = number
        with contextlib.closing(sqlite3.connect(database)) as sql:
            self.summary = self._one(sql, "select * from run_summary where run = ?")
            self.rows = sql.execute(
                "select endpoint, intended_ms, lag_ms, connection_wait_ms, response_ms, service_ms,"
                " status, outcome from requests_by_run where run = ? order by i",
                (number,)).fetchall()

    def _one(self, sql, query):
        cursor = sql.execute(query, (self.number,))
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone()))

    def sent_per_second(self):
        """Over the time in which requests went out."""
        return len(self.rows) / self.summary["sending_s"]

    def sorted_ms(self, clock):
        """Of the successes, fastest first. A closed loop has service times only."""
        column = {"lag": 2, "response": 4, "service": 5}[clock]
        return sorted(row[column] for row in self.rows if row[7] == "ok")

    def per_second(self):
        """Answers a second until the last one came, as Locust and vegeta count them."""
        last = max(row[1] + row[4] for row in self.rows if row[5] is not None)
        first = min(row[1] for row in self.rows)
        return 1e3 * len(self.rows) / (last - first)

    def statuses(self):
        counts = {}
        for row in self.rows:
            counts[row[6]] = counts.get(row[6], 0) + 1
        return counts


class Bench:
    def __init__(self, programs, folder, length, seed):
        self.programs = pathlib.Path(programs)
        self.folder = pathlib.Path(folder)
        self.length = length
        self.seed = seed
        self.failed = 0
        self.passed = 0
        self.database = self.folder / "reproduction.sqlite"
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("replay", "create-replay"):
            if not (self.programs / name).exists():
                raise NotPlayed(f"{self.programs / name} does not exist")

    # --- programs

    def _text(self, arguments, codes=(0,)):
        done = subprocess.run([self.programs / arguments[0], *map(str, arguments[1:])], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode not in codes:
            raise NotPlayed(f"{' '.join(map(str, arguments))} ended with {done.returncode}: "
                            f"{done.stderr.strip()}")
        return done.stdout

    def create(self, name, generator, *arguments):
        """A replay file; the same one again when it is made twice."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        self._text(["create-replay", generator, path, *arguments])
        return path

    @contextlib.contextmanager
    def stub(self, *arguments):
        """A stub on a free port; its HOST:PORT."""
        with subprocess.Popen([self.programs / "replay", "stub", "--port", "0", "--seed",
                               str(self.seed), *map(str, arguments)],
                              stdout=subprocess.PIPE, text=True) as process:
            try:
                line = process.stdout.readline()
                ready = re.fullmatch(r"listening on http://(\S+)\n", line)
                if not ready:
                    raise NotPlayed(f"the stub said {line!r}")
                yield ready[1]
            finally:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()

    def play(self, label, file, *arguments, while_playing=None):
        """Plays and returns the Run. `while_playing` gets the page's address."""
        page = ["--ui-port", "0"] if while_playing else ["--no-ui", "-q"]
        command = [self.programs / "replay", file, "--db", self.database, "--label", label,
                   "--seed", self.seed, "--no-color", *page, *arguments]
        log = self.folder / "replay.log"
        with open(log, "w+") as errors:
            with subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE if while_playing else errors,
                                  text=True) as process:
                if while_playing:
                    self._watch(process, errors, while_playing)
                code = process.wait()
            errors.seek(0)
            if code not in (0, INVALID):
                raise NotPlayed(f"replay ended with {code}: {errors.read().strip()[-500:]}")
        with contextlib.closing(sqlite3.connect(self.database)) as sql:
            number = sql.execute("select max(run) from runs").fetchone()[0]
        run = Run(self.database, number)
        if code == INVALID or run.summary["verdict"] != "VALID":
            print(f"  note: {label}: {run.summary['verdict']}, {run.summary['verdict_reason']}")
        return run

    @staticmethod
    def _watch(process, errors, while_playing):
        for line in process.stderr:
            errors.write(line)
            live = re.search(r"live at (http://\S+?)/?\s", line)
            if live and while_playing:
                while_playing(live[1])
                while_playing = None

    @staticmethod
    def closed_loop(users, spawn_rate=None, think="0"):
        """The options of so many users."""
        options = ["--users", users, "--think", think]
        return options + (["--spawn-rate", spawn_rate] if spawn_rate else [])

    def compare(self, before, after, *arguments):
        """The change of the mean: difference, low and high end of its interval, paired or not."""
        text = self._text(["replay", "compare", self.database, before.number, after.number,
                           "--clock", "service", "--primary", "mean", "--accept-invalid",
                           "--format", "json", *arguments])
        found = json.loads(text)
        changes = next(entry for entry in found["endpoints"] if entry["name"] == "all")["changes"]
        mean = next(change for change in changes if change["statistic"] == "mean")
        return (mean["difference_ms"], mean["difference_low_ms"], mean["difference_high_ms"],
                found["method"]["paired"])

    def report(self, run, *arguments):
        return self._text(["replay", "report", self.database, "--run", run.number, *arguments])

    # --- lines

    def seconds(self, short, minutes, full):
        return {"short": short, "minutes": minutes, "full": full}[self.length]

    def title(self, name, text, played, guide):
        print(f"\n== {name}  {text}")
        if played != guide:
            print(f"  shortened: {played}; the guide: {guide}")
        print(f"  {'':<38}{'guide':>12}{'ours':>12}  condition", flush=True)

    def check(self, what, guide, ours, condition, holds):
        self.passed += 1 if holds else 0
        self.failed += 0 if holds else 1
        print(f"  {what:<38}{guide:>12}{ours:>12}  {condition}: "
              f"{'pass' if holds else 'FAIL'}", flush=True)

    def show(self, what, guide, ours):
        print(f"  {what:<38}{guide:>12}{ours:>12}", flush=True)

    def summary(self):
        return (f"\n{self.passed} conditions hold, {self.failed} do not. The runs: "
                f"replay serve {self.database}")
