# SPDX-License-Identifier: MIT
"""Arithmetic on arrival times: how far they were from a plan, and how even they came.
All times are nanoseconds, all results microseconds unless they say otherwise.
"""

import array
import math
import operator
import pathlib


class Arrivals:
    """The file of arrival_server: for each request, its index and when it arrived."""

    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        head, _, body = data.partition(b"\n")
        name, version, count, offset, _ = head.split()
        if (name, version) != (b"macaw-arrivals", b"1") or len(body) != 16 * int(count):
            raise ValueError(f"{path}: not a file of arrivals")
        pairs = array.array("q")
        pairs.frombytes(body)
        self.realtime_minus_monotonic_ns = int(offset)
        self.indexes = pairs[0::2]
        self.times_ns = pairs[1::2]

    def by_index(self):
        """Index -> time; of a request that came twice, the last."""
        return dict(zip(self.indexes, self.times_ns))


def percentile(ordered, quantile):
    """Nearest rank in an ordered list."""
    return ordered[min(len(ordered) - 1, max(0, math.ceil(quantile * len(ordered)) - 1))]


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def fit_line(times):
    """(first, intercept, slope) of the least-squares line through (i, times[i]). The intercept
    counts from `first`, an integer: clocks are too large for a float to keep their nanoseconds."""
    count, first = len(times), times[0]
    offsets = [t - first for t in times]
    mean_i, mean_t = (count - 1) / 2, sum(offsets) / count
    # sum((i - mean_i)^2) in closed form.
    squares = count * (count * count - 1) / 12
    products = sum(map(operator.mul, range(count), offsets))
    slope = (products - count * mean_i * mean_t) / squares
    return first, mean_t - slope * mean_i, slope


def dispersion(times, width_ns):
    """Variance over mean of the counts per `width_ns`: 0 for an even comb, 1 for Poisson. The bins
    begin half an interval before the first arrival, so that a comb does not fall on their edges;
    the last, partial one does not count."""
    step = (times[-1] - times[0]) / max(1, len(times) - 1)
    first = times[0]
    bins = int((times[-1] - first + step) // width_ns)
    if bins < 2:
        return float("nan")
    counts = [0] * bins
    for t in times:
        place = int((t - first + step / 2) // width_ns)
        if place < bins:
            counts[place] += 1
    mean = sum(counts) / bins
    return sum((count - mean) ** 2 for count in counts) / bins / mean


def pacing(times_by_index, plan_ns, rate):
    """How well a plan was kept. `plan_ns[i]` is when request i was to be sent, on the clock of
    `times_by_index`. Only requests that are in both count; `missing` says how many were not."""
    indexes = sorted(index for index in times_by_index if index in plan_ns)
    late = sorted((times_by_index[i] - plan_ns[i]) / 1e3 for i in indexes)
    times = sorted(times_by_index[i] for i in indexes)
    first, intercept, slope = fit_line(times)
    error = sorted(abs(t - first - intercept - slope * i) / 1e3 for i, t in enumerate(times))
    return {
        "rate_error_percent": (1e9 / slope / rate - 1) * 100,
        "err_p50": percentile(error, 0.5), "err_p99": percentile(error, 0.99),
        "late_p50": percentile(late, 0.5), "late_p99": percentile(late, 0.99),
        "late_max": late[-1],
        "idc_1ms": dispersion(times, 1e6), "idc_10ms": dispersion(times, 1e7),
        "missing": len(plan_ns) - len(indexes),
    }


def agreement(times_by_index, rows, offset_ns):
    """Our lag against what the server saw, row by row. `rows`: (index, intended, lag, wait), of
    which intended counts from `offset_ns` on the server's clock.

    `lag_*`: |arrival - intended - lag|, which holds what a request waited for a connection.
    `sent_*`: the same with that wait taken off. `bias`: its median with the sign, mostly the way
    through the kernel.
    """
    lag, sent, signed = [], [], []
    for index, intended, lag_ns, wait_ns in rows:
        arrived = times_by_index.get(index)
        if arrived is None or wait_ns is None:
            continue
        observed = arrived - offset_ns - intended
        lag.append(abs(observed - lag_ns) / 1e3)
        signed.append((observed - lag_ns - wait_ns) / 1e3)
    sent = sorted(map(abs, signed))
    lag.sort()
    return {
        "rows": len(lag),
        "lag_p50": percentile(lag, 0.5), "lag_p99": percentile(lag, 0.99), "lag_max": lag[-1],
        "sent_p99": percentile(sent, 0.99), "sent_max": sent[-1], "bias": median(signed),
        "within_50us_percent": 100 * sum(1 for value in sent if value <= 50) / len(sent),
    }
