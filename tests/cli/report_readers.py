#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads every format of `replay report` as its users do and holds it against the rows.

The readers are Python's csv, json and xml; what vegeta and ghz compute is computed here again, by
their formulas, from exact times (our percentiles may be off by 0.4 %)."""

import collections
import csv
import datetime
import io
import json
import math
import re
import sys
import unittest
import xml.etree.ElementTree

import report_run

HISTOGRAM_ERROR = 0.004


def nearest_rank(values, q):
    ordered = sorted(values)
    return ordered[max(math.ceil(round(q * len(ordered), 9)), 1) - 1]


def unix_ns(text):
    """RFC 3339 with up to nine digits."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", text)
    seconds = datetime.datetime.fromisoformat(found[1] + "+00:00").timestamp()
    return int(seconds) * 10**9 + int((found[2] or "0").ljust(9, "0"))


class Formats(unittest.TestCase):
    program = ""

    @classmethod
    def setUpClass(cls):
        cls.stack = report_run.stored_run(cls.program)
        cls.run_ = cls.stack.__enter__()
        cls.rows = cls.run_.rows()
        cls.start = cls.run_.sql("select started_unix_ns from runs")[0][0]

    @classmethod
    def tearDownClass(cls):
        cls.stack.__exit__(None, None, None)

    def text(self, *options):
        return self.run_.report(*options).decode("utf-8")

    def table(self, *options):
        return list(csv.DictReader(io.StringIO(self.text(*options), newline="")))

    def near(self, value, expected):
        self.assertAlmostEqual(value, expected, delta=abs(expected) * HISTOGRAM_ERROR + 1)

    def same_cells(self, rows, names, expected):
        self.assertEqual(len(rows), len(expected))
        for row, values in zip(rows, expected):
            for name, value in zip(names, values):
                cell = row[name]
                if value is None:
                    self.assertEqual(cell, "", name)
                elif isinstance(value, str):
                    self.assertEqual(cell, value, name)
                elif math.isinf(value):
                    self.assertEqual(cell, "Inf", name)
                else:
                    self.assertAlmostEqual(float(cell), value, delta=1e-9 * abs(value) + 1e-12,
                                           msg=name)

    def test_there_is_something_to_read(self):
        self.assertEqual(len(self.rows), 2000)
        self.assertGreater(len({row.status for row in self.rows}), 2)
        self.assertGreater(sum(not row.ok for row in self.rows), 50)

    def test_csv_of_requests_is_the_view(self):
        rows = self.table("--format", "csv")
        names = [name for name in rows[0] if name != "at"]
        self.same_cells(rows, names, self.run_.sql(f"select {', '.join(names)} from requests"))
        self.assertEqual([unix_ns(row["at"]) for row in rows],
                         [self.start + row.intended for row in self.rows])

    def test_csv_of_endpoints_is_the_view(self):
        rows = self.table("--format", "csv", "--table", "endpoints")
        there = [row[1] for row in self.run_.sql("pragma table_info(endpoint_latency)")]
        names = [name for name in rows[0] if name in there]
        self.assertEqual(set(there) - set(names), set())
        self.same_cells(rows, [name for name in names if name != "method"], self.run_.sql(
            f"select {', '.join(name for name in names if name != 'method')} from "
            "endpoint_latency"))
        for name in ("ok", "http_error", "wrong_answer", "reset", "timeout"):
            self.assertEqual(int(rows[0][name]), self.run_.sql(
                f"select {name} from endpoint_totals where endpoint = 0")[0][0])

    def test_csv_of_seconds_is_the_view(self):
        rows = self.table("--format", "csv", "--table", "seconds")
        there = [row[1] for row in self.run_.sql("pragma table_info(second_endpoint_latency)")]
        self.assertEqual(set(there) - set(rows[0]), set())
        self.same_cells(rows, there, self.run_.sql(
            f"select {', '.join(there)} from second_endpoint_latency"))
        self.assertEqual(sum(int(row["requests"]) for row in rows if row["endpoint"] == "all"),
                         len(self.rows))

    def vegeta_sums(self, clock):
        latencies = [row.latency(clock) for row in self.rows]
        began = [self.start + row.began(clock) for row in self.rows]
        end = max(at + span for at, span in zip(began, latencies))
        duration = max(began) - min(began)
        wait = end - max(began)
        good = sum(200 <= row.status < 400 for row in self.rows)
        return {"latencies": latencies, "earliest": min(began), "latest": max(began), "end": end,
                "duration": duration, "wait": wait, "rate": len(latencies) / (duration / 1e9),
                "throughput": good / ((duration + wait) / 1e9), "success": good / len(latencies)}

    def test_vegeta_json(self):
        for clock in ("response", "service"):
            text = self.text("--format", "vegeta-json", "--clock", clock)
            self.assertTrue(text.endswith("}\n"))
            found = json.loads(text)
            expected = self.vegeta_sums(clock)
            latencies = expected["latencies"]
            self.assertEqual(list(found), [
                "latencies", "bytes_in", "bytes_out", "earliest", "latest", "end", "duration",
                "wait", "requests", "rate", "throughput", "success", "status_codes", "errors"])
            self.assertEqual(found["requests"], len(self.rows))
            for name in ("duration", "wait"):
                self.assertEqual(found[name], expected[name])
            for name in ("earliest", "latest", "end"):
                self.assertEqual(unix_ns(found[name]), expected[name])
            for name in ("rate", "throughput", "success"):
                self.assertAlmostEqual(found[name], expected[name], places=9)
            self.assertEqual(found["latencies"]["total"], sum(latencies))
            self.assertEqual(found["latencies"]["mean"], sum(latencies) // len(latencies))
            self.assertEqual(found["latencies"]["min"], min(latencies))
            self.assertEqual(found["latencies"]["max"], max(latencies))
            for percent in (50, 90, 95, 99):
                self.near(found["latencies"][f"{percent}th"],
                          nearest_rank(latencies, percent / 100))
            self.assertEqual(found["bytes_in"]["total"], sum(row.bytes_in for row in self.rows))
            self.assertEqual(found["bytes_out"]["total"], sum(row.bytes_out for row in self.rows))
            self.assertEqual(found["status_codes"], {
                str(status): count for status, count in
                collections.Counter(row.status for row in self.rows).items()})
            self.assertIn("503 Service Unavailable", found["errors"])

    def test_vegeta_text_says_the_same_as_its_json(self):
        text = self.text("--format", "vegeta")
        found = json.loads(self.text("--format", "vegeta-json"))
        requests = re.search(r"^Requests +\[total, rate, throughput\] +(.*)$", text, re.M)[1]
        self.assertEqual(requests, f"{found['requests']}, {found['rate']:.2f}, "
                                   f"{found['throughput']:.2f}")
        codes = re.search(r"^Status Codes +\[code:count\] +(.*)  $", text, re.M)[1]
        self.assertEqual(dict(code.split(":") for code in codes.split("  ")),
                         {code: str(count) for code, count in found["status_codes"].items()})
        self.assertEqual(text.split("Error Set:\n")[1].splitlines(), found["errors"])

    def test_vegeta_results(self):
        for clock in ("response", "service"):
            lines = [json.loads(line) for line in
                     self.text("--format", "vegeta-results", "--clock", clock).splitlines()]
            # What `vegeta plot` insists on.
            self.assertEqual([line["seq"] for line in lines], list(range(len(self.rows))))
            times = [unix_ns(line["timestamp"]) for line in lines]
            self.assertEqual(times, sorted(times))
            ordered = sorted(self.rows, key=lambda row: (row.began(clock), row.i))
            for line, at, row in zip(lines, times, ordered):
                self.assertEqual((at, line["latency"], line["code"], line["bytes_in"],
                                  line["bytes_out"], line["method"], line["url"]),
                                 (self.start + row.began(clock), row.latency(clock), row.status,
                                  row.bytes_in, row.bytes_out, row.method, row.path))
                self.assertEqual(line["error"] == "", row.ok)
                self.assertEqual(line["attack"], report_run.LABEL)
                self.assertIsNone(line["body"])

    def test_vegeta_csv_is_the_same_as_its_json(self):
        lines = [json.loads(line) for line in
                 self.text("--format", "vegeta-results").splitlines()]
        rows = list(csv.reader(io.StringIO(self.text("--format", "vegeta-csv"), newline="")))
        self.assertEqual([[
            str(unix_ns(line["timestamp"])), str(line["code"]), str(line["latency"]),
            str(line["bytes_out"]), str(line["bytes_in"]), line["error"], "", line["attack"],
            str(line["seq"]), line["method"], line["url"], ""] for line in lines], rows)

    def test_ghz(self):
        for clock in ("response", "service"):
            text = self.text("--format", "ghz", "--clock", clock)
            self.assertTrue(text.startswith('{"date":"'))
            found = json.loads(text)
            latencies = [row.latency(clock) for row in self.rows]
            good = [row.latency(clock) for row in self.rows if row.ok]
            elapsed = self.run_.sql("select elapsed_s from runs")[0][0]
            self.assertEqual(found["count"], len(self.rows))
            self.assertAlmostEqual(found["rps"], len(self.rows) / elapsed, places=3)
            self.assertEqual(found["average"], sum(latencies) // len(latencies))
            self.assertEqual((found["fastest"], found["slowest"]), (min(good), max(good)))
            for entry in found["latencyDistribution"]:
                self.near(entry["latency"], nearest_rank(good, entry["percentage"] / 100))
            self.assertEqual(found["statusCodeDistribution"]["OK"], len(good))
            self.assertEqual(sum(found["statusCodeDistribution"].values()), len(self.rows))
            self.assertEqual(sum(found["errorDistribution"].values()), len(self.rows) - len(good))
            marks = [entry["mark"] for entry in found["histogram"]]
            self.assertEqual(len(marks), 11)
            bounds = [-1] + marks[:-1] + [math.inf]
            self.assertEqual(
                [entry["count"] for entry in found["histogram"]],
                [sum(low < value / 1e9 <= high for value in good)
                 for low, high in zip(bounds, bounds[1:])])
            self.assertEqual([entry["latency"] for entry in found["details"]], latencies)
            self.assertEqual([unix_ns(entry["timestamp"]) for entry in found["details"]],
                             [self.start + row.done for row in self.rows])

    def test_hgrm(self):
        for clock in ("response", "service"):
            text = self.text("--format", "hgrm", "--clock", clock)
            self.assertTrue(text.startswith(
                "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"))
            good = sorted(row.latency(clock) for row in self.rows if row.ok)
            lines = [line.split() for line in text.splitlines()[2:] if not line.startswith("#")]
            self.assertGreater(len(lines), 10)
            for value, percentile, count, inverse in lines:
                rank = max(math.ceil(float(percentile) * len(self.rows) - 1e-6), 1)
                self.assertGreaterEqual(int(count), rank)
                self.assertAlmostEqual(float(value) * 1e6, good[rank - 1],
                                       delta=good[rank - 1] * 2 * HISTOGRAM_ERROR + 1000)
                self.assertAlmostEqual(float(inverse), 1 / (1 - float(percentile)), delta=0.01)
            self.assertIn(f"Total count    = {len(self.rows):12}]", text)
            self.assertLessEqual(float(lines[-1][1]), len(good) / len(self.rows))

    def test_junit(self):
        text = self.text("--format", "junit", "--fail-if", "p50>1h", "--fail-if", "errors>0")
        root = xml.etree.ElementTree.fromstring(text)
        cases = root.findall("./testsuite/testcase")
        self.assertEqual([case.get("name") for case in cases],
                         ["verdict", "p50>1h", "errors>0"])
        self.assertEqual(root.find("testsuite").get("tests"), "3")
        failed = [case for case in cases if case.find("failure") is not None]
        self.assertEqual(str(len(failed)), root.get("failures"))
        self.assertNotIn(cases[1], failed)
        self.assertIn(cases[2], failed)
        self.assertIn(report_run.LABEL, root.find("testsuite").get("name"))


if __name__ == "__main__":
    Formats.program = sys.argv.pop(1)
    unittest.main()
