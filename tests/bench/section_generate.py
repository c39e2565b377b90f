# SPDX-License-Identifier: MIT
"""create-replay: lines per second of plain URLs, and the time to read a data set of MovieLens 10M's
size.
"""

import os

import arrivals
import harness
import results


def run(bench, model, pairs, data):
    return harness.run([bench.create_replay, "ml10m", "-", "10000", pairs, "--data", data,
                        "--users-model", model], {bench.generator_core}, stdout=os.devnull,
                       timeout_s=300)


def generate(bench):
    section = results.Section(results.GENERATE)
    pairs = 5_000_000 if bench.quick else 10_000_000
    data = bench.work / "ml10m"
    if not data.exists():
        harness.run([bench.create_replay, "synthesize", "ml10m", data], {bench.generator_core},
                    timeout_s=300)
    ratings = next(data.rglob("ratings.dat"))
    models = ("history", "uniform")
    speeds, loads = {model: [] for model in models}, {model: [] for model in models}
    for _ in range(bench.repetitions):
        for model in models:
            load = run(bench, model, 1_000, data)
            whole = run(bench, model, pairs, data)
            loads[model].append(load.wall_s)
            speeds[model].append(2 * (pairs - 1_000) / (whole.cpu_s - load.cpu_s))
    section.say(
        f"`create-replay ml10m - 10000 {pairs} --data DIR` to /dev/null (each pair is two lines), "
        "per second of processor time, that of a run of 1,000 pairs taken off. That shorter run is "
        "mostly reading (seconds by the clock): a synthesized ratings.dat of "
        f"{ratings.stat().st_size / 1e6:,.0f} MB, in the page cache.")
    section.table(("model", "lines/s", "read the data set, and 1,000 pairs: s"),
                  [(model, results.spread(speeds[model]), results.spread(loads[model]))
                   for model in models])
    for model in models:
        section.goal(f"lines per second, {model}", arrivals.median(speeds[model]), 10_000_000,
                     at_least=True)
        section.goal(f"reading ratings.dat, {model}", arrivals.median(loads[model]), 2, unit=" s")
    return section
