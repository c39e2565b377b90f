# SPDX-License-Identifier: MIT
"""What the repository checks share: the list of files, findings, and the self-test harness."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED_FOLDERS = {".git", "node_modules", "__pycache__", "quickstart"}


def files(root):
    """The tracked and the not ignored files below root, as sorted relative posix paths."""
    if (root / ".git").exists():
        command = ["git", "-c", f"safe.directory={root}", "-C", str(root), "ls-files", "-z",
                   "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True).stdout.decode()
        return sorted({name for name in listed.split("\0") if name and (root / name).is_file()})
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders
                         if name not in SKIPPED_FOLDERS and not name.startswith("build")]
        found += [(pathlib.Path(folder) / name).relative_to(root).as_posix() for name in names]
    return sorted(found)


def read(root, name):
    """The file's text, or None for a binary file."""
    data = (root / name).read_bytes()
    if b"\0" in data:
        return None
    return data.decode("utf-8", errors="replace")


def without_comments(text):
    """C++ text with comments and string contents blanked out; line numbers stay."""
    out, i, end = [], 0, len(text)
    while i < end:
        if text.startswith("//", i):
            stop = text.find("\n", i)
            i = end if stop < 0 else stop
        elif text.startswith("/*", i):
            stop = text.find("*/", i + 2)
            stop = end if stop < 0 else stop + 2
            out.append("\n" * text.count("\n", i, stop))
            i = stop
        elif text.startswith('R"', i) and not (i and (text[i - 1].isalnum() or text[i - 1] == "_")):
            mark = text[i + 2:text.find("(", i)]
            stop = text.find(")" + mark + '"', i)
            stop = end if stop < 0 else stop + len(mark) + 2
            out.append('""' + "\n" * text.count("\n", i, stop))
            i = stop
        elif text[i] == '"' or (text[i] == "'" and not (i and text[i - 1].isalnum())):
            quote, i = text[i], i + 1
            while i < end and text[i] not in (quote, "\n"):
                i += 2 if text[i] == "\\" else 1
            out.append(quote + quote)
            i += 1
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def run(description, check, self_test):
    """Command line of a check: prints the findings of check(root), or runs its self-test."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("root", nargs="?", default=pathlib.Path(__file__).parents[2],
                        type=pathlib.Path)
    parser.add_argument("--self-test", action="store_true", help="show that the check can fail")
    arguments = parser.parse_args()
    if arguments.self_test:
        self_test()
        print("self-test passed")
        return
    findings = check(arguments.root.resolve())
    for finding in findings:
        print(finding)
    if findings:
        sys.exit(f"{len(findings)} finding(s)")


def expect(check, tree, *expected):
    """Writes {name: text} to a temporary folder; check must find exactly the expected texts."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in tree.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        findings = check(root)
    missing = [text for text in expected if not any(text in finding for finding in findings)]
    if missing or len(findings) != len(expected):
        sys.exit(f"self-test: expected {list(expected)}\n  found {findings}\n  tree {tree}")
