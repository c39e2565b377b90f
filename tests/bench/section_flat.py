# SPDX-License-Identifier: MIT
"""Flat out: a closed loop over all connections. The floor, the replayer with every request stored,
and the peers, interleaved.
"""

import results
import tools

# Requests per second that a tool reaches about, to size runs that end after a number of requests.
EXPECTED_RPS = {"floor": 150_000, "replay": 100_000, "h2load": 120_000, "hey": 25_000}


def clients(bench):
    """Name -> function of a port."""
    seconds = 3 if bench.quick else 6
    path = bench.path()
    file = bench.replay_file()
    count = {name: rps * seconds for name, rps in EXPECTED_RPS.items()}
    found = {
        "floor": lambda port: bench.tools.floor(port, count["floor"], path),
        "replay": lambda port: bench.tools.replay(port, file, "--rps", "max", "-n",
                                                  count["replay"]),
    }
    peers = {
        "wrk": lambda port: bench.tools.wrk(port, seconds, path),
        "h2load": lambda port: bench.tools.h2load(port, count["h2load"], path),
        "hey": lambda port: bench.tools.hey(port, count["hey"], path),
        "vegeta": lambda port: bench.tools.vegeta(port, seconds, path),
    }
    found.update((name, call) for name, call in peers.items() if tools.installed(name))
    return found


def flat(bench):
    section = results.Section(results.FLAT)
    calls = clients(bench)
    runs = {name: [] for name in calls}
    for _ in range(bench.repetitions):
        for name, call in calls.items():
            with bench.server() as server:
                run = call(server.port)
            run["server_us"] = server.report["cpu_s"] * 1e6 / server.report["requests"]
            runs[name].append(run)
    floor_us = results.middle(runs["floor"], "cpu_us")
    section.say(
        "`floor` is a bare libuv and llhttp client that stores nothing; `replay` plays 100,000 "
        "different URLs at `--rps max` and stores every request in SQLite; the others send one "
        "URL. All judge an answer by its status. CPU: user and system time of the whole process, "
        "start and end included.")
    section.table(
        ("client", "requests/s", "CPU us/request", "of the floor", "server's CPU us/request"),
        [(name, results.spread(results.column(found, "rps")),
          results.spread(results.column(found, "cpu_us")),
          f"{results.middle(found, 'cpu_us') / floor_us:.2f}",
          results.spread(results.column(found, "server_us")))
         for name, found in runs.items()])
    add_goals(section, runs)
    return section


def add_goals(section, runs):
    def ratios(other):
        """Of the repetitions, each with its own neighbour."""
        return [ours["cpu_us"] / theirs["cpu_us"]
                for ours, theirs in zip(runs["replay"], runs[other])]

    over = [ours["cpu_us"] - floor["cpu_us"]
            for ours, floor in zip(runs["replay"], runs["floor"])]
    section.say("replay - floor: " + results.spread(over) + " us of CPU per request" + "".join(
        f"; replay / {name}: {results.spread(ratios(name))}" for name in runs if name != "replay"))
    section.goal("CPU per request, replay - floor", results.arrivals.median(over), 1.5, unit=" us")
    bounds = {"wrk": 1.0, "hey": 0.2, "vegeta": 0.2}
    for name, bound in bounds.items():
        if name in runs:
            section.goal(f"CPU per request, replay / {name}",
                         results.arrivals.median(ratios(name)), bound)
        else:
            section.say(f"{name} is not installed, and was not measured.")
    verdicts = {run["verdict"] for run in runs["replay"]}
    lost = sum(run["rows_lost"] for run in runs["replay"])
    failed = sum(run["totals"]["requests"] - run["totals"]["ok"] for run in runs["replay"])
    section.claim("every request of replay is a stored row, and ok", lost + failed == 0,
                  f"{lost} rows lost, {failed} not ok, verdicts {', '.join(sorted(verdicts))}")
