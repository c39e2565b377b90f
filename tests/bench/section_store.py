# SPDX-License-Identifier: MIT
"""The store: rows per second through the drain, bytes per row, and the time that questions take in
a database of ten million rows.
"""

import re
import time

import arrivals
import harness
import results
import section_memory
import tools

LINE = re.compile(r"^(\S+)\s+(\d+) rows\s+(\d+) endpoints\s+([\d.]+) rows/s\s+([\d.]+) us CPU/row"
                  r"\s+([\d.]+) B/row", re.MULTILINE)

RESPONSE = "lag_ns + ifnull(wait_ns, 0) + ifnull(first_ns, 0) + rest_ns"
# Count up to the bucket that holds the percentile, then sort only the bucket. The stored percentile
# is exact to 0.4 %, so the bucket is known. Failures are slower than any success.
BUCKET = f"""
SELECT response_ns FROM (SELECT {RESPONSE} AS response_ns FROM samples WHERE outcome = 1)
WHERE response_ns BETWEEN :low AND :high ORDER BY response_ns LIMIT 1 OFFSET :rank -
  (SELECT count(*) FROM samples WHERE outcome = 1 AND {RESPONSE} < :low)"""


def store(bench):
    section = results.Section(results.STORE)
    bench_rows(bench, section)
    questions(bench, section)
    return section


def bench_rows(bench, section):
    """store_bench: the writer alone, and the drain with all its sums, on one core."""
    found = {}
    for _ in range(bench.repetitions):
        outcome = harness.run([bench.build / "test-bin" / "store_bench", bench.work],
                              {bench.generator_core})
        for what, rows, endpoints, rate, cpu, size in LINE.findall(outcome.stdout):
            found.setdefault((what, int(rows), int(endpoints)), []).append(
                (float(rate), float(cpu), float(size)))
    if not found:
        raise harness.BenchError("store_bench printed nothing that can be read")
    section.say("Rows through the store, from memory, every thread on one core:")
    section.table(
        ("part", "rows", "endpoints", "rows/s", "CPU us/row", "bytes/row on disk"),
        [(what, f"{rows:,}", f"{endpoints:,}",
          *(results.spread([run[k] for run in runs]) for k in range(3)))
         for (what, rows, endpoints), runs in found.items()])
    usual = [runs for (what, rows, endpoints), runs in found.items()
             if what == "drain" and endpoints <= 2 and rows >= 1_000_000]
    section.goal("drain, two endpoints", arrivals.median([run[0] for run in usual[0]]), 200_000,
                 at_least=True, unit=" rows/s")
    section.goal("bytes per row", max(run[2] for run in usual[0]), 64)


def timed(database, sql, parameters=()):
    began = time.perf_counter()
    rows = database.execute(sql, parameters).fetchall()
    return rows, time.perf_counter() - began


def questions(bench, section):
    run = section_memory.long_run(bench)
    times = {"endpoint_latency": [], "exact p99": [], "exact p99.9": []}
    exact, columns = {}, run["totals"]
    for _ in range(bench.repetitions):
        for what, found in times.items():
            database = tools.open_database(run["database"])  # with nothing in its own cache
            if what == "endpoint_latency":
                _, took = timed(database, "SELECT * FROM endpoint_latency")
            else:
                stored_ns = columns["p99_ms" if what == "exact p99" else "p999_ms"] * 1e6
                share = 990 if what == "exact p99" else 999
                # Nearest rank among all requests, counted from 0.
                rank = -(-columns["requests"] * share // 1000) - 1
                rows, took = timed(database, BUCKET, {
                    "low": int(stored_ns * 0.995), "high": int(stored_ns * 1.005), "rank": rank})
                exact[what] = (rows[0][0] / 1e6 if rows else float("nan"), stored_ns / 1e6)
            found.append(took)
            database.close()
    section.say(f"Questions to the database of a run of {columns['requests']:,} requests "
                f"({run['database_bytes'] / 1e6:,.0f} MB), file in the page cache:")
    section.table(("question", "seconds", "answer ms", "stored ms"),
                  [(what, results.spread(found),
                    *(map(results.figure, exact[what]) if what in exact else ("", "")))
                   for what, found in times.items()])
    section.goal("select * from endpoint_latency", arrivals.median(times["endpoint_latency"]), 0.1,
                 unit=" s")
    section.goal("exact p99 from rows", arrivals.median(times["exact p99"]), 5, unit=" s")
    section.goal("bytes per row of that run, sums included",
                 run["database_bytes"] / run["sent"], 64)
    section.claim("the exact percentiles are within 0.4 % of the stored ones",
                  all(abs(true / kept - 1) <= 0.004 for true, kept in exact.values()),
                  ", ".join(f"{true / kept - 1:+.2%}" for true, kept in exact.values()))
