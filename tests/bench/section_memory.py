# SPDX-License-Identifier: MIT
"""Memory: ten million requests from a file of ten million lines, answers of a megabyte, and a
reader that starts with a cold cache.
"""

import os
import pathlib

import harness
import results
import section_load
import tools


def big_file(bench):
    """A replay file of as many lines as are asked for, from the generator."""
    lines = 2_000_000 if bench.quick else 10_000_000
    path = bench.work / "big.txt"
    if not path.exists():
        harness.run([bench.create_replay, "ml10m", path, "10000", lines // 2],
                    {bench.generator_core})
    return path, lines


def long_run(bench):
    """Every request of the big file with a row of its own; measured once, for two sections. The
    database stays in the work folder."""
    if bench.long_run is None:
        path, lines = big_file(bench)
        database = bench.work / "long.sqlite"
        with bench.server() as server:
            run = bench.tools.replay(server.port, path, "--rps", "max", rss_every_s=0.5,
                                     keep=database, timeout_s=1200)
        run.update(lines=lines, database=database)
        bench.long_run = run
    return bench.long_run


def sampled_run(bench):
    path, lines = big_file(bench)
    with bench.server() as server:
        run = bench.tools.replay(server.port, path, "--rps", "max", "--rows", "sample:1000",
                                 rss_every_s=0.5, timeout_s=1200)
    run["lines"] = lines
    return run


def after(samples, seconds):
    return [kilobytes / 1024 for at, kilobytes in samples if at >= seconds]


def memory(bench):
    section = results.Section(results.MEMORY)
    runs = {"all rows": long_run(bench), "--rows sample:1000": sampled_run(bench)}
    section.say(
        "One run each, `--rps max`. RSS is sampled twice a second (*peak*: the kernel's own "
        "record, as of the last sample); *growth*: from a minute after the start, or from the "
        "middle of a run that is shorter than two.")
    rows, growths = [], {}
    for name, run in runs.items():
        samples = run["rss_kb"]
        end = samples[-1][0] if samples else 0
        late = after(samples, 60 if end >= 120 else end / 2)
        growths[name] = max(late) - late[0] if late else 0.0
        at = [after(samples, end * share)[:1] for share in (0.1, 0.5, 0.9)]
        rows.append((name, f"{run['lines']:,}", f"{end:.0f}", results.figure(run["rps"]),
                     *(results.figure(value[0]) if value else "-" for value in at),
                     results.figure(run["peak_rss_kb"] / 1024), results.figure(growths[name]),
                     results.figure(run["database_bytes"] / run["sent"]), run["verdict"]))
    section.table(("rows kept", "requests", "s", "requests/s", "RSS MB at 10 %", "at 50 %",
                   "at 90 %", "peak", "growth MB", "B/request on disk", "verdict"), rows)
    for name, run in runs.items():
        section.goal(f"peak RSS, {name}, {run['lines']:,} requests",
                     run["peak_rss_kb"] / 1024, 64, unit=" MB")
        section.goal(f"growth of RSS, {name}", growths[name], 1, unit=" MB")
    big_answers(bench, section)
    cold_reader(bench, section)
    return section


def big_answers(bench, section):
    requests = 1_000 if bench.quick else 4_000
    runs = {}
    for body in (2, 1 << 20):
        with bench.server("--body", body) as server:
            runs[body] = bench.tools.replay(
                server.port, bench.replay_file(), "--rps", 200, "-n", requests, rss_every_s=0.25)
    small, big = runs.values()
    section.say(f"Answers of 1 MiB against answers of 2 bytes, {requests:,} requests at 200/s:")
    section.table(
        ("body", "received MB", "peak RSS MB", "database KB", "ok", "verdict"),
        [(f"{body:,}", results.figure(run["totals"]["bytes_in"] / 1e6),
          results.figure(run["peak_rss_kb"] / 1024), results.figure(run["database_bytes"] / 1e3),
          f"{run['totals']['ok']:,}", run["verdict"]) for body, run in runs.items()])
    section.goal("RSS of 1 MiB answers over that of small ones",
                 (big["peak_rss_kb"] - small["peak_rss_kb"]) / 1024, 2, unit=" MB")
    # Rows hold deltas: longer times take a few more bytes each, whatever was received.
    section.goal("database of 1 MiB answers over that of small ones",
                 (big["database_bytes"] - small["database_bytes"]) / requests, 16,
                 unit=" B/request")


def evict(path):
    """Drops a file from the page cache, so that its reader has to wait for the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def cold_reader(bench, section):
    path, lines = big_file(bench)
    rate, seconds = 100_000, 5 if bench.quick else 20
    requests = min(lines, rate * seconds)
    rows, behind = [], 0
    for _ in range(bench.repetitions):
        evict(path)
        with bench.server() as server:
            run = bench.tools.replay(server.port, path, "--rps", rate, "-n", requests,
                                     "--no-check")
        count, text = run["events"].get("reader_behind", (0, ""))
        behind += count
        rows.append((results.figure(run["achieved_rps"]), count,
                     section_load.verdict_of(run), text or ""))
    section.say(
        f"The reader with a cold page cache: {requests:,} requests at {rate:,}/s from a file of "
        f"{pathlib.Path(path).stat().st_size / 1e6:,.0f} MB that was dropped from the cache, "
        "`--no-check`:")
    section.table(("achieved", "times that the reader was behind", "verdict", "example"), rows)
    section.claim("the reader is never the cause of lag at 100,000/s", behind == 0,
                  f"{behind} events")
