#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The benchmark: measures the replayer beside a floor and the peers, and writes RESULTS.md.
Called by scripts/bench, which builds and installs; nothing here asserts a time.
"""

import argparse
import contextlib
import dataclasses
import datetime
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

import harness
import results
import section_flat
import section_generate
import section_load
import section_memory
import section_pacing
import section_profile
import section_store
import section_transports
import tools

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name: function of a Bench that returns a results.Section
SECTIONS = {
    "flat": section_flat.flat,
    "transports": section_transports.transports,
    "rate": section_load.highest_rate,
    "pacing": section_pacing.pacing,
    "overdrive": section_load.overdrive,
    "threads": section_load.threads,
    "memory": section_memory.memory,
    "store": section_store.store,
    "generate": section_generate.generate,
    "profile": section_profile.profile,
}


@dataclasses.dataclass
class Bench:
    """What every section needs."""
    build: pathlib.Path
    work: pathlib.Path
    generator_core: int
    server_core: int
    quick: bool
    repetitions: int

    def __post_init__(self):
        self.tools = tools.Tools(self.build / "bin", self.build / "test-bin",
                                 self.generator_core, self.work)
        self.create_replay = self.build / "bin" / "create-replay"
        self.long_run = None  # of section_memory, kept for section_store
        self._file = None

    def server(self, *options):
        return harness.Server(self.build / "test-bin" / "arrival_server", self.server_core,
                              *options)

    def replay_file(self):
        """100,000 URLs as Seldon's benchmark plays them."""
        if self._file is None:
            self._file = self.work / "urls.txt"
            harness.run([self.create_replay, "ml10m", self._file, "10000", "50000"],
                        {self.generator_core})
        return self._file

    def path(self):
        """Path and query of a usual line of that file, for tools that send only one."""
        with open(self.replay_file(), encoding="utf-8") as lines:
            urls = [line.strip() for line, _ in zip(lines, range(100)) if line[0] != "#"]
        url = sorted(urls, key=len)[len(urls) // 2]
        return "/" + url.split("://", 1)[-1].split("/", 1)[1]

    def note(self, text):
        print(f"bench: {text}", file=sys.stderr, flush=True)


def output_of(*argv):
    """First line of what a program says about itself; "" without the program."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return ""
    lines = (done.stdout + done.stderr).strip().split("\n")
    return lines[0].strip()


def package_version(package):
    return output_of("dpkg-query", "-W", "-f=${Version}", package) if tools.installed(
        "dpkg-query") else ""


def processor():
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n"):
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def distribution():
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return platform.system()


def commit():
    name = output_of("git", "rev-parse", "--short", "HEAD") or "unknown"
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no")
    return name + (" with changes" if changed else "")


def head():
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    peers = [("wrk", "wrk"), ("h2load", "nghttp2-client"), ("hey", "hey"), ("vegeta", "vegeta"),
             ("nginx", "nginx-light")]
    versions = ", ".join(f"{tool} {package_version(package)}".strip()
                         for tool, package in peers if tools.installed(tool))
    return f"""# Benchmark results

Written by `scripts/bench`; each section says when it was measured and what else the machine did.
Medians of interleaved repetitions, with the least and the greatest in brackets. Compare within a
table, not across days. The generator has one core, the server another; the reader and the drain of
`replay` share the generator's core with its worker, and count in its CPU time. Unless a section
says otherwise, answers have 40 bytes and come over {tools.CONNECTIONS} keep-alive connections on
loopback.

Machine: {processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GiB, {distribution()}, Linux \
{platform.release()}. Peers: {versions or "none"}."""


def measure(bench, name, function):
    """A section's title and text, with its circumstances."""
    bench.note(f"{name} ...")
    began = time.monotonic()
    surroundings = harness.Surroundings()
    section = function(bench)
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    how = "--quick, " if bench.quick else ""
    text = (f"Measured {when} at {commit()}, {how}{bench.repetitions} repetitions: "
            f"{surroundings.text()}.\n\n{section.text()}")
    bench.note(f"{name} took {time.monotonic() - began:.0f} s")
    return section.title, text


def parse(argv):
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION",
                        help=f"of {', '.join(SECTIONS)}; all of them without one")
    parser.add_argument("--quick", action="store_true", help="shorter, 2 repetitions")
    parser.add_argument("--repetitions", type=int, help="5 (2 with --quick)")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="build folder")
    parser.add_argument("--work", type=pathlib.Path, help="folder for files and databases")
    parser.add_argument("--output", type=pathlib.Path, help="the results file; - writes none",
                        default=ROOT / "tests" / "bench" / "RESULTS.md")
    cores = sorted(os.sched_getaffinity(0))
    parser.add_argument("--generator-core", type=int, default=cores[-1])
    parser.add_argument("--server-core", type=int, default=cores[0])
    options = parser.parse_args(argv)
    unknown = set(options.sections) - SECTIONS.keys()
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    return options


def main(argv):
    options = parse(argv)
    if options.generator_core == options.server_core:
        print("bench: one core for both sides; the figures say little", file=sys.stderr)
    work = options.work or options.build / "bench-work"
    work.mkdir(parents=True, exist_ok=True)
    # This process sleeps while others are measured, and wakes on the server's core.
    os.sched_setaffinity(0, {options.server_core})
    bench = Bench(options.build.resolve(), work.resolve(), options.generator_core,
                  options.server_core, options.quick,
                  options.repetitions or (2 if options.quick else 5))
    failed = []
    try:
        for name in options.sections or SECTIONS:
            try:
                title, text = measure(bench, name, SECTIONS[name])
            except harness.BenchError as error:
                failed.append(name)
                print(f"bench: {name}: {error}", file=sys.stderr)
                continue
            print(f"\n## {title}\n\n{text}", flush=True)
            if str(options.output) != "-":
                # After each section, so that an interrupted run keeps what it has.
                sections = {**results.stored_sections(options.output), title: text}
                results.write(options.output, head(), results.TITLES, sections)
    finally:
        if not options.work:
            shutil.rmtree(work, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
