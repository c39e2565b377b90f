# SPDX-License-Identifier: MIT
"""The guides that ask for a rate: Iago's, and vegeta's after it has looked for one."""

import math
import urllib.request

import tables

RATE = 100


def row_d(bench):
    """Seldon on MovieLens 10M, Iago: slow start to 100/s Poisson, half of it actions, p95 100 ms"""
    ramp, hold = bench.seconds((2, 6), (20, 60), (240, 3360))
    bench.title("D", row_d.__doc__, f"slow start {ramp} s, then {hold} s",
                "slow start 240 s, then 3360 s")
    file = bench.create("ml10m.txt", "ml10m", 10_000, 50_000, "--users-model", "uniform")
    pages = []

    def look(address):
        graph = address + "/graph/?g=metric:client/request_latency_ms"
        with urllib.request.urlopen(graph, timeout=10) as page:
            pages.append(page.status)

    with bench.stub("--preset", "ml10m") as stub:
        run = bench.play("D slow start", file, "--target", stub, "--rps", RATE, "--profile",
                         f"slow-start:{ramp}s", "--arrivals", "poisson", "--duration",
                         f"{ramp + hold}s", while_playing=look)
    held = [row for row in run.rows if row[1] >= ramp * 1e3]
    rate = len(held) / hold
    # A Poisson count of n has a deviation of sqrt(n), whoever sends it.
    chance = 3 / math.sqrt(RATE * hold)
    bench.check("requests/s after the slow start", f"{RATE}", f"{rate:.2f}",
                f"+- 1 % and +- {100 * chance:.1f} % of chance",
                abs(rate / RATE - 1) <= 0.01 + chance)
    bench.check("all that was planned was sent", "", f"{run.summary['sent']}",
                f"{run.summary['scheduled']} planned, none unsent",
                run.summary["sent"] == run.summary["scheduled"] > 0)
    asked = [sum(row[0].startswith(path) for row in run.rows)
             for path in ("/js/recommendations", "/js/action/new")]
    bench.check("recommendations : actions", "1 : 1", f"{asked[0]} : {asked[1]}",
                "differ by one at most", abs(asked[0] - asked[1]) <= 1)
    sent = [row[1] + row[2] + (row[3] or 0) for row in held]
    gaps = [(after - before) / 1e3 for before, after in zip(sent, sent[1:])]
    distance = tables.kolmogorov_smirnov(gaps, lambda gap: 1 - math.exp(-RATE * max(gap, 0)))
    bench.check("gaps between sends: KS x sqrt(n)", "", f"{distance:.2f}",
                "exponential: below 1.63 in 99 of 100", distance < 1.63)
    response = sorted(row[4] for row in held)
    low, high = percentile_band(response, 95)
    bench.check("p95, ms", "100", f"{tables.quantile(response, 95):.0f}",
                f"100 within {low:.0f} .. {high:.0f}, its 99.9 % interval", low <= 100 <= high)
    bench.show("p99, ms", "192", f"{tables.quantile(response, 99):.0f}")
    show_series(bench, held, ramp, hold)
    bench.check("graph page while it played", "live", f"{pages[0]}" if pages else "none",
                "answers 200", pages[:1] == [200])


def percentile_band(ordered, percent):
    """Where the law's quantile lies with 99.9 % (order statistics)."""
    share, count = percent / 100, len(ordered)
    spread = tables.DEVIATIONS * math.sqrt(share * (1 - share) * count)
    return (ordered[max(int(share * count - spread), 0)],
            ordered[min(int(share * count + spread) + 1, count - 1)])


def show_series(bench, held, ramp, hold):
    """p95 and p99 as Iago's graph has them, over time."""
    step = max(hold // 6, 1)
    for begin in range(ramp, ramp + hold - step + 1, step):
        part = sorted(row[4] for row in held if begin * 1e3 <= row[1] < (begin + step) * 1e3)
        if part:
            bench.show(f"  {begin} to {begin + step} s: p95, p99", "",
                       f"{tables.quantile(part, 95):.0f}, {tables.quantile(part, 99):.0f}")


# Three workers, each busy for 123.2 ms: the mean of a lognormal law whose median is 115.9 ms.
CAPACITY = 24.35
SERVICE_MS = 3e3 / CAPACITY
SERVICE = "lognormal:115.9ms,0.35"


def row_f(bench):
    """Seldon on TensorFlow, vegeta: 100 workers find 24/s, then 24/s with a new connection each"""
    search, hold = bench.seconds((12, 5), (60, 60), (180, 600))
    bench.title("F", row_f.__doc__, f"{search} s, then {hold} s", "3 min, then 10 min")
    file = bench.create("flowers-24.jsonl", "flowers", 1)
    with bench.stub("--workers", "3", "--latency", SERVICE) as stub:
        run = bench.play("F 100 workers", file, "--target", stub, *bench.closed_loop(100),
                         "--duration", f"{search}s", "--timeout", "60s")
    found = run.per_second()
    mean = tables.mean(run.sorted_ms("service"))
    rate = int(found)
    bench.check("100 workers: throughput/s", "24.35", f"{found:.2f}",
                f"the capacity, {CAPACITY} +- 5 %", abs(found / CAPACITY - 1) <= 0.05)
    bench.check("rate to go on with", "24", f"{rate}", "24", rate == 24)
    # The first hundred find a shorter line: on average half of it.
    expected = (100 - 50 * 100 / len(run.rows)) / found * 1e3
    bench.check("100 workers: mean, ms", "4069", f"{mean:.0f}",
                f"Little's law: {expected:.0f} +- 10 %", abs(mean / expected - 1) <= 0.1)
    for label, connections in (("", 256), (", 3 connections", 3)):
        with bench.stub("--workers", "3", "--latency", SERVICE) as stub:
            run = bench.play(f"F {rate}/s{label}", file, "--target", stub, "--rps", rate,
                             "--no-keepalive", "--duration", f"{hold}s", "-c", connections)
        queueing(bench, run, rate, label, connections)


def queueing(bench, run, rate, label, connections):
    response, service = run.sorted_ms("response"), run.sorted_ms("service")
    bench.check(f"{rate}/s{label}: throughput/s", "23.998", f"{run.per_second():.2f}",
                f"{rate} +- 5 %", abs(run.per_second() / rate - 1) <= 0.05)
    for percent, guide in ((50, 131.9), (95, 916.7), (99, 2775)):
        bench.show(f"{rate}/s{label}: p{percent}, ms", f"{guide}",
                   f"{tables.quantile(response, percent):.1f}")
    mean = tables.mean(response)
    bench.check(f"{rate}/s{label}: mean, ms", "259.99", f"{mean:.1f}",
                f"the line shows: above the service's {SERVICE_MS:.1f} by 5 %",
                mean > 1.05 * SERVICE_MS)
    if connections == 3:
        # With as many connections as workers the server never has a line: what waits, waits here.
        bench.check("its service time alone, ms", "", f"{tables.mean(service):.1f}",
                    f"would not show it: {SERVICE_MS:.1f} +- 10 %",
                    abs(tables.mean(service) / SERVICE_MS - 1) <= 0.1)
