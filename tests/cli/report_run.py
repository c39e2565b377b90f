# SPDX-License-Identifier: MIT
"""A run against the stub, its rows by SQL, and `replay report` on it, for the tests of formats."""

import contextlib
import pathlib
import sqlite3
import subprocess
import tempfile

LABEL = 'a "b", <c> & caf\u00e9'


class Row:
    """A request as the database has it, in nanoseconds."""

    def __init__(self, values):
        (self.i, self.intended, lag, wait, first, rest, self.status, outcome, self.bytes_in,
         self.bytes_out, self.method, self.path) = values
        self.ok = outcome == 1
        self.sent = self.intended + lag + (wait if wait is not None else (first or 0) + rest)
        self.done = self.intended + lag + (wait or 0) + (first or 0) + rest

    def latency(self, clock):
        return self.done - self.began(clock)

    def began(self, clock):
        return self.intended if clock == "response" else self.sent


class StoredRun:
    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder)

    def play(self):
        lines = []
        for k in range(1000):
            lines.append(f"http://seldon-server/js/recommendations?user={k}&limit=10")
            lines.append(f"http://seldon-server/js/action/new?user={k}&item=7&type=1")
        (self.folder / "out.txt").write_text("\n".join(lines) + "\n")
        subprocess.run(
            [self.program, "out.txt", "--rps", "1000", "--target", "stub", "--no-ui", "-q",
             "--label", LABEL, "--timeout", "300ms", "-c", "32",
             "--stub-errors", "503=4%,seldon=2%,reset=1%,silent=0.5%",
             "--stub-latency", "/js/recommendations=lognormal:9ms,1.1",
             "--stub-latency", "/js/action/new=uniform:200us..130ms"],
            # 4: a busy machine may have made the generator late; the formats do not care.
            cwd=self.folder, check=False, stdout=subprocess.DEVNULL, timeout=120)

    def sql(self, query):
        with contextlib.closing(sqlite3.connect(self.folder / "macaw.sqlite")) as database:
            return database.execute(query).fetchall()

    def rows(self):
        return [Row(values) for values in self.sql(
            "select id & 1099511627775, intended_ns, lag_ns, wait_ns, first_ns, rest_ns, status,"
            " outcome, bytes_in, bytes_out, method, path"
            " from samples s join endpoints e on e.run = 1 and e.endpoint = s.endpoint"
            " order by id")]

    def report(self, *options):
        """Bytes of stdout. 3 and 4 say something about the run, not about the report."""
        done = subprocess.run([self.program, "report", "macaw.sqlite", *options], cwd=self.folder,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60)
        if done.returncode not in (0, 3, 4):
            raise AssertionError(done.stderr.decode())
        return done.stdout


@contextlib.contextmanager
def stored_run(program):
    with tempfile.TemporaryDirectory(prefix="macaw-report-") as folder:
        run = StoredRun(program, folder)
        run.play()
        yield run
