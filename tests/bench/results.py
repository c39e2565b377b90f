# SPDX-License-Identifier: MIT
"""What is written down: tables with medians and spread, goals, and RESULTS.md, in which each
section is replaced alone, with the date and the circumstances of its own measurement.
"""

import pathlib
import re

import arrivals

FLAT = "Flat out"
RATE = "Highest rate held"
PACING = "Pacing, as the server saw it"
OVERDRIVE = "Overdriven"
THREADS = "Two threads"
MEMORY = "Memory"
STORE = "Store"
GENERATE = "create-replay"
PROFILE = "Where the time goes"
TRANSPORTS = "TLS and HTTP/2"
TITLES = (FLAT, TRANSPORTS, RATE, PACING, OVERDRIVE, THREADS, MEMORY, STORE, GENERATE, PROFILE)


def figure(value):
    """A number with as many digits as it is worth."""
    if value is None or value != value:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def spread(values):
    """Median, and in brackets the least and the greatest."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    if len(values) == 1:
        return figure(values[0])
    return f"{figure(arrivals.median(values))} ({figure(min(values))}..{figure(max(values))})"


def column(runs, key):
    return [run[key] for run in runs]


def middle(runs, key):
    return arrivals.median(column(runs, key))


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


class Section:
    """The text of one section, and how its goals were met."""

    def __init__(self, title):
        self.title = title
        self._parts = []
        self._goals = []

    def say(self, text):
        self._parts.append(text)

    def table(self, head, rows):
        self._parts.append(table(head, rows))

    def goal(self, what, value, bound, at_least=False, unit=""):
        """Notes a goal and whether it was met; never fails."""
        met = value >= bound if at_least else value <= bound
        relation = "at least" if at_least else "at most"
        self._goals.append((what, f"{relation} {figure(bound)}{unit}", f"{figure(value)}{unit}",
                            "yes" if met else "**no**"))

    def claim(self, what, holds, found):
        """A goal that is a fact and no number."""
        self._goals.append((what, "", found, "yes" if holds else "**no**"))

    def text(self):
        parts = list(self._parts)
        if self._goals:
            parts.append(table(("goal", "bound", "measured", "met"), self._goals))
        return "\n\n".join(parts)


def stored_sections(path):
    """Title -> text of the sections in a results file; none if there is no file."""
    path = pathlib.Path(path)
    if not path.exists():
        return {}
    pieces = re.split(r"^## (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: text.strip() for title, text in zip(pieces[1::2], pieces[2::2])}


def write(path, head, order, sections):
    """Writes the file: `head`, then the sections in the order of their titles."""
    titles = [title for title in order if title in sections]
    parts = [head] + [f"## {title}\n\n{sections[title]}" for title in titles]
    pathlib.Path(path).write_text("\n\n".join(parts) + "\n", encoding="utf-8")
