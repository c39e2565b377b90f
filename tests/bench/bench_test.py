#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the benchmark computes and calls must be right before its figures mean anything: the
arithmetic on made-up arrivals, the results file, and the floor against the server end to end.
No test looks at how fast anything was.

usage: bench_test.py FOLDER_OF_TEST_PROGRAMS
"""

import array
import json
import math
import os
import pathlib
import random
import sys
import tempfile
import unittest

import arrivals
import harness
import results
import section_load
import section_store

PROGRAMS = pathlib.Path()
CORES = os.sched_getaffinity(0)


class Arithmetic(unittest.TestCase):
    def test_a_line_is_found_again(self):
        base = 1_795_258_461_114_837_764  # a wall clock: products beyond 2^64
        first, intercept, slope = arrivals.fit_line([base + 20_000 * i for i in range(1000)])
        self.assertEqual(first, base)
        self.assertAlmostEqual(slope, 20_000, places=6)
        self.assertAlmostEqual(intercept, 0, places=3)

    def test_dispersion_of_comb_poisson_and_bursts(self):
        comb = [20_000 * i for i in range(500_000)]
        self.assertAlmostEqual(arrivals.dispersion(comb, 1e6), 0, places=9)
        draw = random.Random(1)
        poisson = [0.0]
        for _ in range(500_000):
            poisson.append(poisson[-1] + draw.expovariate(1 / 20_000))
        self.assertAlmostEqual(arrivals.dispersion(poisson, 1e6), 1, delta=0.05)
        bursts = [1_280_000 * (i // 64) for i in range(64_000)]  # 64 at once
        self.assertGreater(arrivals.dispersion(bursts, 1e6), 10)

    def test_percentiles_are_nearest_ranks(self):
        ordered = list(range(1, 101))
        self.assertEqual(arrivals.percentile(ordered, 0.5), 50)
        self.assertEqual(arrivals.percentile(ordered, 0.99), 99)
        self.assertEqual(arrivals.percentile([7], 0.99), 7)
        self.assertEqual(arrivals.median([4, 1, 3, 2]), 2.5)

    def test_lateness_is_taken_from_the_plan(self):
        plan = {i: 1_000_000 * i for i in range(1000)}
        seen = {i: at + 30_000 for i, at in plan.items() if i != 500}
        seen[999] += 2_000_000
        found = arrivals.pacing(seen, plan, 1000)
        self.assertEqual(found["missing"], 1)
        self.assertAlmostEqual(found["late_p50"], 30)
        self.assertAlmostEqual(found["late_max"], 2030)

    def test_a_rate_that_is_half_a_percent_off(self):
        plan = {i: 1_000_000 * i for i in range(10_000)}
        seen = {i: round(at * 1.005) for i, at in plan.items()}
        found = arrivals.pacing(seen, plan, 1000)
        self.assertAlmostEqual(found["rate_error_percent"], -100 * (1 - 1 / 1.005), places=6)
        self.assertAlmostEqual(found["err_p99"], 0, delta=1)

    def test_agreement_leaves_out_what_a_request_waited(self):
        rows = [(i, 1_000_000 * i, 5_000, 700_000) for i in range(100)] + [(100, 0, 0, None)]
        seen = {i: 10**15 + 1_000_000 * i + 5_000 + 700_000 + 8_000 for i in range(100)}
        found = arrivals.agreement(seen, rows, 10**15)
        self.assertEqual(found["rows"], 100)
        self.assertAlmostEqual(found["sent_p99"], 8)
        self.assertAlmostEqual(found["bias"], 8)
        self.assertAlmostEqual(found["lag_p99"], 708)
        self.assertEqual(found["within_50us_percent"], 100)

    def test_growth_is_counted_from_early_on(self):
        samples = [(second, 1024 * megabytes) for second, megabytes in
                   enumerate((10, 20, 21, 25, 24))]
        found = section_load.growth(samples)
        self.assertEqual((found["rss_early_mb"], found["rss_middle_mb"], found["rss_growth_mb"]),
                         (20, 21, 4))


class Results(unittest.TestCase):
    def test_a_section_is_replaced_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "r.md"
            results.write(path, "# Head", ["b", "a"], {"a": "one\n\n| x |", "b": "two"})
            stored = results.stored_sections(path)
            self.assertEqual(stored, {"a": "one\n\n| x |", "b": "two"})
            results.write(path, "# Head", ["b", "a"], {**stored, "a": "three"})
            self.assertEqual(path.read_text(), "# Head\n\n## b\n\ntwo\n\n## a\n\nthree\n")

    def test_goals_say_whether_they_were_met(self):
        section = results.Section("t")
        section.goal("low", 1.4, 1.5)
        section.goal("high", 0.8, 0.85, at_least=True)
        lines = section.text().split("\n")
        self.assertTrue(lines[2].endswith("| yes |"))
        self.assertTrue(lines[3].endswith("| **no** |"))

    def test_spread(self):
        self.assertEqual(results.spread([3.0, 1.0, 2.0]), "2.00 (1.00..3.00)")
        self.assertEqual(results.spread([]), "-")
        self.assertEqual(results.figure(123456.7), "123,457")

    def test_lines_of_store_bench(self):
        found = section_store.LINE.findall("drain        2000000 rows     2 endpoints     "
                                           "656368 rows/s   1.46 us CPU/row   51.1 B/row\n")
        self.assertEqual(found, [("drain", "2000000", "2", "656368", "1.46", "51.1")])


class Programs(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.stamps = pathlib.Path(self._folder.name) / "stamps"

    def play(self, server_options, floor_options):
        core = min(CORES)
        with harness.Server(PROGRAMS / "arrival_server", core, *server_options) as server:
            outcome = harness.run([PROGRAMS / "floor_client", "--port", server.port,
                                   *floor_options], CORES)
        return server.report, json.loads(outcome.stdout)

    def test_a_closed_loop_sends_every_request(self):
        report, said = self.play((), ("--requests", 20_000))
        self.assertEqual((report["requests"], report["connections"]), (20_000, 64))
        self.assertEqual(said["requests"], 20_000)

    def test_paced_requests_arrive_once_each_and_not_early(self):
        for stamp in ("kernel", "user"):
            for how in ((), ("--spin",)):
                with self.subTest(stamp=stamp, how=how):
                    _, said = self.play(
                        ("--stamp", stamp, "--seq-header", "X-Seq", "--out", self.stamps),
                        ("--requests", 2000, "--rate", 4000, "--seq-header", "X-Seq", *how))
                    seen = arrivals.Arrivals(self.stamps)
                    self.assertEqual(sorted(seen.indexes), list(range(2000)))
                    early = min(at - (said["start_ns"] + i * 250_000)
                                for i, at in seen.by_index().items())
                    # Kernel stamps come from another clock and are carried over.
                    self.assertGreater(early, -20_000 if stamp == "kernel" else 0)
                    self.assertGreaterEqual(said["lag_us_max"], said["lag_us_p50"])

    def test_large_answers_are_whole(self):
        report, said = self.play(("--body", 1 << 20), ("--requests", 200, "--connections", 8))
        self.assertEqual((report["requests"], said["requests"]), (200, 200))

    def test_a_file_that_is_cut_is_refused(self):
        pairs = array.array("q", [0, 1, 2, 3])
        self.stamps.write_bytes(b"macaw-arrivals 1 3 0 user\n" + pairs.tobytes())
        with self.assertRaises(ValueError):
            arrivals.Arrivals(self.stamps)

    def test_failure_and_delay_are_errors(self):
        with self.assertRaisesRegex(harness.BenchError, "exit code 3"):
            harness.run(["sh", "-c", "exit 3"], CORES)
        self.assertEqual(harness.run(["sh", "-c", "exit 4"], CORES, codes=(0, 4)).code, 4)
        with self.assertRaisesRegex(harness.BenchError, "not done"):
            harness.run(["sleep", "60"], CORES, timeout_s=0.2)
        with self.assertRaisesRegex(harness.BenchError, "not done"):
            harness.run(["sleep", "60"], CORES, timeout_s=0.2, rss_every_s=0.05)

    def test_usage_and_memory_are_the_child_s(self):
        ours = bytearray(b"x" * (500 << 20))  # must not count
        outcome = harness.run([sys.executable, "-c",
                               "x = bytearray(b'x' * (200 << 20))\nfor i in range(10**7): pass"],
                              CORES, rss_every_s=0.02)
        self.assertGreater(outcome.peak_rss_kb, 200 << 10)
        self.assertLess(outcome.peak_rss_kb, len(ours) >> 10)
        self.assertGreater(outcome.cpu_s, 0)
        self.assertTrue(outcome.rss_kb and not math.isnan(outcome.rss_kb[0][1]))


if __name__ == "__main__":
    PROGRAMS = pathlib.Path(sys.argv.pop(1))
    unittest.main()
