# SPDX-License-Identifier: MIT
"""Runs programs on one core each, and says what they used. No thread of its own: while a program
is measured, this process sleeps (or, when it samples memory, wakes twice a second).
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time


class BenchError(Exception):
    """A program did not do what it was asked for; the text says which and what it printed."""


@dataclasses.dataclass
class Outcome:
    """What a program printed and used; times in seconds, memory in KiB."""
    code: int
    stdout: str
    stderr: str
    wall_s: float
    cpu_s: float
    rss_kb: list  # (seconds since the start, resident KiB), when memory was sampled
    peak_rss_kb: int  # highest, as of the last sample; 0 when memory was not sampled


def memory_kb(pid):
    """(resident, highest so far) of a process in KiB, or None when it is gone. The kernel's record
    in a child's resource usage would not do: it begins with what we had when we forked."""
    found = {}
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").split("\n"):
            name, _, value = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                found[name] = int(value.split()[0])
    except OSError:
        return None
    return (found["VmRSS"], found["VmHWM"]) if len(found) == 2 else None


class _Late(Exception):
    pass


def _on_alarm(_number, _frame):
    raise _Late


def _wait(process, rss_every_s, timeout_s, began):
    """(status, resource usage, memory samples, highest memory) of a child, once it has ended."""
    samples, peak = [], 0
    if rss_every_s is None:
        previous = signal.signal(signal.SIGALRM, _on_alarm)
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
        return status, usage, samples, peak
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            return status, usage, samples, peak
        kilobytes = memory_kb(process.pid)
        if kilobytes:
            samples.append((time.monotonic() - began, kilobytes[0]))
            peak = kilobytes[1]
        if time.monotonic() - began > timeout_s:
            raise _Late
        time.sleep(rss_every_s)


def run(argv, cores, rss_every_s=None, timeout_s=600, stdout=None, codes=(0,)):
    """Runs a program pinned to `cores` until it ends. Raises BenchError for other exit codes, or
    when it takes too long. `stdout`: a path for what it prints, instead of Outcome.stdout."""
    argv = [str(word) for word in argv]
    with tempfile.TemporaryFile() as kept, tempfile.TemporaryFile() as errors, \
            contextlib.ExitStack() as files:
        out = files.enter_context(open(stdout, "wb")) if stdout else kept
        began = time.monotonic()
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                                   preexec_fn=lambda: os.sched_setaffinity(0, cores))
        try:
            status, usage, samples, peak = _wait(process, rss_every_s, timeout_s, began)
        except BaseException as error:
            process.kill()
            process.wait()
            if isinstance(error, _Late):
                raise BenchError(f"{' '.join(argv)}: not done after {timeout_s} s") from error
            raise
        wall_s = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        kept.seek(0)
        errors.seek(0)
        outcome = Outcome(process.returncode, kept.read().decode(errors="replace"),
                          errors.read().decode(errors="replace"), wall_s,
                          usage.ru_utime + usage.ru_stime, samples, peak)
    if outcome.code not in codes:
        raise BenchError(f"{' '.join(argv)}: exit code {outcome.code}\n"
                         f"{outcome.stdout[-2000:]}{outcome.stderr[-2000:]}")
    return outcome


class Server:
    """The arrival-stamping server, alive within a `with`; `report` is what it said at its end."""

    def __init__(self, program, core, *options):
        self._argv = [str(program), *(str(option) for option in options)]
        self._core = core
        self._process = None
        self.port = 0
        self.report = {}

    def __enter__(self):
        self._process = subprocess.Popen(
            self._argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {self._core}))
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            self._process.wait()
            raise BenchError(f"{' '.join(self._argv)}: did not start")
        self.port = int(line)
        return self

    def __exit__(self, kind, _value, _traceback):
        self._process.terminate()
        try:
            said, _ = self._process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            said, _ = self._process.communicate()
        if kind is None:
            if self._process.returncode != 0:
                raise BenchError(f"{' '.join(self._argv)}: exit code {self._process.returncode}")
            self.report = json.loads(said)

    @property
    def pid(self):
        return self._process.pid


class Surroundings:
    """What else the machine did while we measured."""

    def __init__(self):
        self.load_before = os.getloadavg()[0]
        self._began = time.monotonic()
        self._total = self._jiffies()
        self._ours = self._cpu_s()

    @staticmethod
    def _jiffies():
        with open("/proc/stat", encoding="ascii") as stat:
            user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
        return user + nice + system + irq + softirq, steal

    @staticmethod
    def _cpu_s():
        used = os.times()
        return used.user + used.system + used.children_user + used.children_system

    def text(self):
        """One line for the record: load, what other processes used, what the machine was denied."""
        elapsed = max(time.monotonic() - self._began, 1e-3)
        ticks = os.sysconf("SC_CLK_TCK")
        busy, steal = (now - then for now, then in zip(self._jiffies(), self._total))
        others = max(0.0, busy / ticks - (self._cpu_s() - self._ours)) / elapsed
        return (f"load average {self.load_before:.2f} before and {os.getloadavg()[0]:.2f} after, "
                f"other processes {others * 100:.0f} % of a core, "
                f"stolen {steal / ticks / elapsed * 100:.1f} %")
