# SPDX-License-Identifier: MIT
"""Pacing as the server saw it: its own stamps (the kernel's time of receiving) against the plan,
row by row, and our stored lag against the same.
"""

import arrivals
import results
import tools

RATES = (1_000, 10_000, 50_000, 100_000)
# How much later than the floor of the same timer, in the same run, the goals let us be.
P50_MARGIN_US, P99_MARGIN_US = 10, 50


def clients(bench):
    """Name -> function of port, rate and requests. Each floor is followed by what it is for."""
    found = {
        "floor, timerfd": lambda *args: play_floor(bench, *args),
        "replay": lambda *args: play_replay(bench, *args),
        "floor, spinning": lambda *args: play_floor(bench, *args, "--spin"),
    }
    if bench.tools.replay_can_spin:
        found["replay --spin"] = lambda *args: play_replay(bench, *args, "--spin")
    return found


def play_floor(bench, port, rate, requests, *options):
    run = bench.tools.floor(port, requests, bench.path(), "--rate", rate,
                            "--seq-header", tools.SEQUENCE_HEADER, *options)
    plan = [run["start_ns"] + i * 1_000_000_000 // rate for i in range(requests)]
    run["plan"] = lambda _offset: dict(enumerate(plan))
    return run


def play_replay(bench, port, rate, requests, *options):
    database = bench.work / "pacing.sqlite"
    run = bench.tools.replay(port, bench.replay_file(), "--rps", rate, "-n", requests,
                             "--seq-header", tools.SEQUENCE_HEADER, *options, keep=database)
    opened = tools.open_database(database)
    run["rows"] = opened.execute(
        "SELECT id & ((1 << 40) - 1), intended_ns, lag_ns, wait_ns FROM samples").fetchall()
    opened.close()
    tools.remove_database(database)
    lags = sorted(row[2] / 1e3 for row in run["rows"])
    run.update(lag_us_p50=arrivals.percentile(lags, 0.5),
               lag_us_p99=arrivals.percentile(lags, 0.99), lag_us_max=lags[-1])

    def plan(realtime_minus_monotonic_ns):
        zero = run["started_unix_ns"] - realtime_minus_monotonic_ns
        return {row[0]: zero + row[1] for row in run["rows"]}
    run["plan"] = plan
    return run


def measure(bench, call, rate, requests):
    """One run, joined with what the server saw."""
    stamps = bench.work / "arrivals.bin"
    with bench.server("--stamp", "kernel", "--seq-header", tools.SEQUENCE_HEADER, "--out", stamps,
                      "--expect-requests", requests + 1000) as server:
        run = call(server.port, rate, requests)
    seen = arrivals.Arrivals(stamps)
    stamps.unlink()
    times = seen.by_index()
    plan = run.pop("plan")(seen.realtime_minus_monotonic_ns)
    run.update(arrivals.pacing(times, plan, rate))
    if "rows" in run:
        run["agreement"] = arrivals.agreement(
            times, run.pop("rows"), run["started_unix_ns"] - seen.realtime_minus_monotonic_ns)
    return run


def pacing(bench):
    section = results.Section(results.PACING)
    seconds = 3 if bench.quick else 10
    calls = clients(bench)
    runs = {(name, rate): [] for rate in RATES for name in calls}
    for _ in range(bench.repetitions):
        for rate in RATES:
            for name, call in calls.items():
                runs[name, rate].append(measure(bench, call, rate, rate * seconds))
    section.say(
        f"Constant rate, {seconds} s, one worker, every request stored. Arrivals are the kernel's "
        "time of receiving, joined with the plan by index. *late*: arrival - planned; *err*: "
        "distance from the best-fitting line of constant rate; *own lag*: what the generator says "
        "(replay: from its database); *idc*: variance over mean of the counts per 1 ms and 10 ms "
        "(0 is an even comb, 1 is Poisson). Times in us.")
    section.table(
        ("rate/s", "client", "rate error %", "late p50", "late p99", "late max", "err p50",
         "err p99", "own lag p50", "own lag p99", "own lag max", "idc 1 ms", "idc 10 ms",
         "CPU us/request"),
        [(f"{rate:,}", name, *(results.spread(results.column(found, key)) for key in (
            "rate_error_percent", "late_p50", "late_p99", "late_max", "err_p50", "err_p99",
            "lag_us_p50", "lag_us_p99", "lag_us_max", "idc_1ms", "idc_10ms", "cpu_us")))
         for (name, rate), found in runs.items()])
    add_agreement(section, runs)
    add_goals(section, runs)
    return section


def replays(runs):
    return {key: found for key, found in runs.items() if key[0].startswith("replay")}


def add_agreement(section, runs):
    section.say(
        "Our own times against what the server observed, row by row. *sent differs*: |arrival - "
        "intended - lag - wait for a connection|, that is, from our stamp of sending to the "
        "kernel's of receiving; *bias*: its median with the sign. *lag differs*: the same without "
        "the wait, which is not ours. Times in us.")
    rows = []
    for (name, rate), found in replays(runs).items():
        joined = results.column(found, "agreement")
        verdicts = ", ".join(sorted({run["verdict"] for run in found}))
        keys = ("sent_p99", "sent_max", "bias", "within_50us_percent", "lag_p50", "lag_p99")
        rows.append((f"{rate:,}", name,
                     *(results.spread(results.column(joined, key)) for key in keys), verdicts))
    section.table(("rate/s", "client", "sent differs p99", "max", "bias", "% within 50 us",
                   "lag differs p50", "p99", "verdicts"), rows)


def add_goals(section, runs):
    for (name, rate), found in replays(runs).items():
        if rate > 50_000:
            continue
        what = f"{name} at {rate:,}/s: "
        floor = runs["floor, spinning" if "--spin" in name else "floor, timerfd", rate]
        section.goal(what + "rate error", max(map(abs, results.column(
            found, "rate_error_percent"))), 0.01, unit=" %")
        for key, margin in (("late_p50", P50_MARGIN_US), ("late_p99", P99_MARGIN_US)):
            section.goal(what + key.replace("_", " ") + f", floor + {margin} us",
                         results.middle(found, key), results.middle(floor, key) + margin,
                         unit=" us")
        section.goal(what + "idc per 10 ms", results.middle(found, "idc_10ms"), 0.05)
        section.goal(what + "rows whose times are the observed ones within 50 us",
                     results.middle(results.column(found, "agreement"), "within_50us_percent"), 99,
                     at_least=True, unit=" %")
