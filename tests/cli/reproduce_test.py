#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/reproduce: its statistics, and its open-loop row in the shortest form against the real
programs. Whether times hold depends on the machine; what follows from the seed must hold."""

import contextlib
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "reproduction"))

import tables  # noqa: E402


class Statistics(unittest.TestCase):
    def test_quantiles_are_values_of_the_sample(self):
        self.assertEqual(tables.quantile([1, 2, 3, 4], 50), 2)
        self.assertEqual(tables.quantile([1, 2, 3, 4], 51), 3)
        self.assertEqual(tables.quantile(list(range(1, 1001)), 99.9), 999)
        self.assertEqual(tables.quantile([7], 0), 7)

    def test_tables_are_linear_between_their_points(self):
        table = [(0, 10), (50, 20), (100, 120)]
        self.assertEqual([tables.table_value(table, at) for at in (0, 25, 50, 75, 100)],
                         [10, 15, 20, 70, 120])

    def test_bands_hold_what_chance_does(self):
        table = [(0, 0), (100, 100)]
        low, high = tables.band(table, 50, 10_000)
        self.assertAlmostEqual(low, 50 - 3.29 / 2)
        self.assertAlmostEqual(high, 50 + 3.29 / 2)
        low, high = tables.band(table, 100, 700)
        self.assertAlmostEqual(low, 99)
        self.assertEqual(high, 100)

    def test_rounding_is_locusts(self):
        self.assertEqual([tables.locust_rounded(ms) for ms in (0.4, 22.5, 99.4, 104, 105, 269, 1049,
                                                               5045)],
                         [0, 23, 99, 100, 110, 270, 1000, 5000])

    def test_distance_of_kolmogorov_and_smirnov(self):
        even = [(k + 0.5) / 100 for k in range(100)]
        self.assertAlmostEqual(tables.kolmogorov_smirnov(even, lambda x: x), 0.05)
        self.assertAlmostEqual(tables.kolmogorov_smirnov([0.0] * 100, lambda x: x), 10.0)


class Script(unittest.TestCase):
    programs = ""

    def reproduce(self, *arguments):
        return subprocess.run([ROOT / "scripts" / "reproduce", *arguments], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=120)

    def test_a_row_that_does_not_exist(self):
        done = self.reproduce("A", "Z")
        self.assertEqual(done.returncode, 1)
        self.assertIn("found row Z, expected one of A, B, C, D, F", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_help_names_the_rows(self):
        done = self.reproduce("--help")
        self.assertEqual(done.returncode, 0)
        for row in "ABCDF":
            self.assertRegex(done.stdout, rf"(?m)^  {row}  \w")

    def test_programs_that_do_not_exist(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.reproduce("D", "--programs", folder, "--dir", folder + "/out")
        self.assertEqual(done.returncode, 2)
        self.assertIn("replay does not exist", done.stderr)

    def test_a_row_in_its_shortest_form(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.reproduce("D", "--length", "short", "--programs", self.programs, "--dir",
                                  folder)
            self.assertIn(done.returncode, (0, 3), done.stdout + done.stderr)
            checks = dict(re.findall(r"(?m)^  (\S.{37})\s.*: (pass|FAIL)$", done.stdout))
            checks = {what.strip(): verdict for what, verdict in checks.items()}
            self.assertEqual(len(checks), 6, done.stdout)
            for what in ("requests/s after the slow start", "all that was planned was sent",
                         "recommendations : actions", "graph page while it played"):
                self.assertEqual(checks[what], "pass", done.stdout)
            failed = list(checks.values()).count("FAIL")
            self.assertEqual(done.returncode, 3 if failed else 0)
            self.assertIn(f"{6 - failed} conditions hold, {failed} do not.", done.stdout)
            self.assertIn("shortened: slow start 2 s, then 6 s; the guide: ", done.stdout)
            with contextlib.closing(sqlite3.connect(folder + "/reproduction.sqlite")) as sql:
                self.assertEqual(sql.execute("select label from runs").fetchall(),
                                 [("D slow start",)])


if __name__ == "__main__":
    Script.programs = pathlib.Path(sys.argv.pop(1)).parent
    unittest.main()
