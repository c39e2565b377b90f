# SPDX-License-Identifier: MIT
"""Quantiles of samples and of tables, and how far the one may be from the other by chance."""

import math

# Of a normal law: 999 of 1000 samples lie within so many standard deviations.
DEVIATIONS = 3.29


def quantile(ordered, percent):
    """The smallest value that at least so many per cent of the sample do not exceed."""
    return ordered[max(math.ceil(round(percent / 100 * len(ordered), 9)), 1) - 1]


def mean(values):
    return math.fsum(values) / len(values)


def table_value(table, percent):
    """Linear between the points (percent, ms) of the table, which begins with 0 and ends with
    100."""
    for (low, before), (high, after) in zip(table, table[1:]):
        if percent <= high:
            return before + (after - before) * (percent - low) / (high - low)
    return table[-1][1]


def band(table, percent, count):
    """Where a quantile of `count` draws from the table lies in 999 of 1000 samples."""
    share = percent / 100
    spread = 100 * DEVIATIONS * math.sqrt(share * (1 - share) / count)
    # The ends of a sample are a few of its own draws away from those of the law.
    low = percent - max(spread, 100 * 7 / count if percent == 100 else 0)
    return (table_value(table, max(low, 0)), table_value(table, min(percent + spread, 100)))


def locust_rounded(ms):
    """As Locust keeps response times: two significant digits from 100 ms on."""
    whole = int(ms + 0.5)
    if whole < 100:
        return whole
    step = 10 if whole < 1000 else 100 if whole < 10000 else 1000
    return int(whole / step + 0.5) * step


def kolmogorov_smirnov(values, distribution):
    """The largest distance between the sample's distribution and the law's, times sqrt(n): above
    1.63 in 1 of 100 samples of the law."""
    ordered = sorted(values)
    count = len(ordered)
    distance = 0.0
    for k, value in enumerate(ordered):
        at = distribution(value)
        distance = max(distance, at - k / count, (k + 1) / count - at)
    return distance * math.sqrt(count)
