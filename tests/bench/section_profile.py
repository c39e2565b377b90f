# SPDX-License-Identifier: MIT
"""Where the time of a request goes: samples of the processor by thread and library, the dearest
functions of our own, and system calls per request. For the floor as well, so that what is left
over has names. Needs perf, and the right to use it.
"""

import collections
import json
import re

import harness
import results
import tools

CALLS = ("write", "read", "epoll_wait", "epoll_pwait", "epoll_ctl", "timerfd_settime", "futex",
         "recvfrom", "sendto", "recvmsg", "sendmsg", "writev", "pwrite64", "clock_nanosleep",
         "nanosleep", "madvise", "mmap")
FIELDS = re.compile(r"^\s*([\d.]+)%\s*;([^;]*);([^;]*);\[(.)\] (.*)$", re.MULTILINE)


def client(bench, name, port, requests):
    """The command of one client, and a function of its output that tells requests sent."""
    if name == "floor":
        argv = [bench.tools.floor_program, "--port", port, "--requests", requests,
                "--connections", tools.CONNECTIONS, "--path", bench.path()]
        return argv, lambda out: json.loads(out)["requests"]
    database = bench.work / "profile.sqlite"
    tools.remove_database(database)
    argv = [bench.tools.replay_program, bench.replay_file(), "--target", f"127.0.0.1:{port}",
            "--db", database, "--no-ui", "--no-probe", "-q", "--expect", "status",
            "-c", tools.CONNECTIONS, "--rps", "max", "-n", requests]
    return argv, lambda _out: tools.read_run(database)["sent"]


def cpu_us(bench, name, requests):
    """Without perf: what it costs."""
    with bench.server() as server:
        argv, sent = client(bench, name, server.port, requests)
        outcome = harness.run(argv, {bench.generator_core}, codes=(0, 4))
        return outcome.cpu_s * 1e6 / sent(outcome.stdout)


def samples(bench, name, requests):
    """(share, thread, library, symbol) of everything that was seen running."""
    data = bench.work / "perf.data"
    with bench.server() as server:
        argv, _ = client(bench, name, server.port, requests)
        harness.run(["perf", "record", "-q", "-o", data, "-F", "1999", "-e", "cpu-clock", *argv],
                    {bench.generator_core}, codes=(0, 4))
    report = harness.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-t", ";",
                          "-F", "overhead,comm,dso,symbol"], {bench.generator_core})
    data.unlink()
    found = [(float(share) / 100, thread.strip(),
              "kernel" if kind == "k" else library.strip().split(".so")[0], symbol.strip())
             for share, thread, library, kind, symbol in FIELDS.findall(report.stdout)]
    if not found:
        raise harness.BenchError("perf report: nothing that can be read; is perf allowed here?")
    return found


def calls(bench, name, requests):
    """System calls and context switches per request."""
    events = ["context-switches"] + [f"syscalls:sys_enter_{call}" for call in CALLS]
    counts = bench.work / "perf.txt"
    with bench.server() as server:
        argv, sent = client(bench, name, server.port, requests)
        outcome = harness.run(["perf", "stat", "-x", ";", "-o", counts, "-e", ",".join(events),
                               *argv], {bench.generator_core}, codes=(0, 4))
        done = sent(outcome.stdout)
    found = {}
    for line in counts.read_text(encoding="utf-8").split("\n"):
        words = line.split(";")
        if len(words) > 2 and words[0].isdigit():
            found[words[2].rpartition("sys_enter_")[2]] = int(words[0]) / done
    return found


def profile(bench):
    if not tools.installed("perf"):
        raise harness.BenchError("perf is not installed; scripts/setup bench")
    section = results.Section(results.PROFILE)
    requests = 300_000 if bench.quick else 1_000_000
    section.say(f"{requests:,} requests flat out; *us*: of CPU per request, that is, the share of "
                "the samples of `perf record` times what a run without perf costs.")
    per_call = {}
    for name in ("floor", "replay"):
        cost = cpu_us(bench, name, requests)
        seen = samples(bench, name, requests)
        by_part, by_symbol = collections.Counter(), collections.Counter()
        for share, thread, library, symbol in seen:
            by_part[thread, library] += share * cost
            if library != "kernel":
                by_symbol[thread, library, symbol[:60]] += share * cost
        section.say(f"**{name}**: {cost:.2f} us of CPU per request.")
        section.table(("thread", "where", "us"),
                      [(*part, f"{us:.2f}") for part, us in by_part.most_common()
                       if us >= 0.02])
        section.say(f"The dearest functions of {name} outside of the kernel:")
        section.table(("thread", "library", "function", "us"),
                      [(thread, library, f"`{symbol}`", f"{us:.3f}")
                       for (thread, library, symbol), us in by_symbol.most_common(25)])
        per_call[name] = calls(bench, name, requests)
    names = sorted({name for found in per_call.values() for name in found},
                   key=lambda name: -per_call["replay"].get(name, 0))
    section.say("System calls and context switches per request:")
    section.table(("call", "floor", "replay"),
                  [(name, *(f"{found.get(name, 0):.4f}" for found in per_call.values()))
                   for name in names if max(f.get(name, 0) for f in per_call.values()) > 5e-5])
    return section
