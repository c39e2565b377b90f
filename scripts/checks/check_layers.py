#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the module table against the includes, the link lines and the third-party headers.

A module may include the contracts (include/macaw/<module>/) of the modules it may use, and its own
private headers. Lower never knows upper, and no header includes itself by a detour.
"""

import pathlib
import posixpath
import re

import tree

# module: (folder of its sources, folder of its contract, modules it may use besides base)
MODULES = {
    "base": ("src/base", "base", ""),
    "io": ("src/io", "io", ""),
    "http": ("src/http", "http", ""),
    "grpc": ("src/grpc", "grpc", ""),
    "net": ("src/net", "net", ""),
    "server": ("src/server", "server", "http net"),
    "stats": ("src/stats", "stats", ""),
    "store": ("src/store", "store", "stats"),
    "report": ("src/report", "report", "stats store"),
    "file": ("replay/file", "replay/file", "io http"),
    "schedule": ("replay/schedule", "replay/schedule", ""),
    "engine": ("replay/engine", "replay/engine", "io file schedule http grpc net stats"),
    "datasets": ("datasets", "datasets", "io"),
    "generators": ("generators", "generators", "datasets file"),
    "stub": ("src/stub", "stub", "grpc http net server stats"),
    "ui": ("ui", "ui", "http net server store report stats"),
    "app": ("src/app", "app", "io http grpc net server stats store report file schedule engine "
                              "datasets generators stub ui"),
}

# A contract that one more module may include: the page drives a run through it.
ALSO = {("ui", "macaw/replay/engine/run_control.h")}

# Third-party headers (a prefix of the include) and the folders that may include them.
JSON_USERS = ["replay/file", "replay/engine", "datasets", "generators", "src/app", "src/report",
              "src/store", "src/stub", "ui"]
THIRD_PARTY = {
    "uv.h": ["src/net"],
    "llhttp.h": ["src/http"],
    "nghttp2/": ["src/http"],
    "google/protobuf/": ["src/grpc"],
    "sqlite3.h": ["src/store"],
    "CLI/": ["src/app"],
    "openssl/": ["src/base", "src/net"],
    "zlib.h": ["src/io"],
    "zstd.h": ["src/io"],
    "rapidjson/": JSON_USERS,
    "re2/": ["replay/engine"],
    "fmt/": [""],
}
SYSTEM = re.compile(r"[a-z_]+|(sys|netinet|arpa|net|linux)/[a-z0-9_/]+\.h|"
                    r"(errno|fcntl|netdb|poll|pthread|pwd|sched|signal|termios|time|unistd)\.h")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>]+)>|"([^"]+)")', re.MULTILINE)
GENERATED = re.compile(r"generated/(\w+\.h)\b")
DOCUMENTED = re.compile(r"^\| (\w+) \| ([\w/]+) \| [^|]* \| ([^|]*)\|$", re.MULTILINE)
USES = re.compile(r"macaw_module\((\w+)(.*?)\n?\)", re.DOTALL)


def may_use(module):
    return {"base", module} | set(MODULES[module][2].split())


def below(name, folder):
    return folder == "" or name.startswith(folder + "/")


def module_of(name):
    """The module that owns the file, or None."""
    for module, (sources, contract, _) in MODULES.items():
        if below(name, sources) or below(name, "include/macaw/" + contract):
            return module
    return None


def contract_of(include):
    """The module whose contract "macaw/..." names, or None."""
    return module_of("include/" + include)


def check_angled(name, include):
    for prefix, folders in THIRD_PARTY.items():
        if include == prefix or (prefix.endswith("/") and include.startswith(prefix)):
            if any(below(name, folder) for folder in folders) and (
                    prefix == "fmt/" or not name.startswith("include/")):
                return None
            return f"<{include}> belongs in {', '.join(folders)} only"
    if SYSTEM.fullmatch(include):
        return None
    return f"<{include}> is in no table; add it to scripts/checks/check_layers.py with its folder"


def generated_headers(root, known):
    """(module, header) of what the CMakeLists.txt of a module says it generates."""
    found = set()
    for module, (sources, _, _) in MODULES.items():
        lists = sources + "/CMakeLists.txt"
        if lists in known:
            found |= {(module, header) for header in GENERATED.findall(tree.read(root, lists))}
    return found


def check_document(root, known):
    """The table of modules in ARCHITECTURE.md is the one held here."""
    name = "ARCHITECTURE.md"
    if name not in known:
        return []
    rows = {module: (folder, set(re.findall(r"\w+", uses)))
            for module, folder, uses in DOCUMENTED.findall(tree.read(root, name))
            if module != "module"}
    findings = [f"{name}: module {module} is not in the table" for module in MODULES.keys() - rows]
    for module, (folder, uses) in rows.items():
        if module not in MODULES or folder != MODULES[module][0]:
            findings.append(f"{name}: no module {module} in {folder}")
        elif uses != {"all"} and uses - {"base"} != may_use(module) - {"base", module}:
            findings.append(f"{name}: {module} may use {MODULES[module][2]}")
    return sorted(findings)


def check_quoted(name, module, include, known):
    if include.startswith("macaw/"):
        if "include/" + include not in known:
            return f'"{include}" does not exist'
        used = contract_of(include)
        if used is None or used in may_use(module) or (module, include) in ALSO:
            return None
        return f'"{include}": {module} may not use {used}'
    if include.startswith("embed/"):
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), include))
    if target not in known:
        return f'"{include}" is not beside the file'
    if name.startswith("include/"):
        return f'"{include}": a contract includes contracts only, as "macaw/..."'
    if module_of(target) != module or target.startswith("include/"):
        return f'"{include}" is private to another module'
    return None


def resolve(name, include, known):
    """The file that a quoted include names, or None."""
    for candidate in ("include/" + include,
                      posixpath.normpath(posixpath.join(posixpath.dirname(name), include))):
        if candidate in known:
            return candidate
    return None


def find_cycles(graph):
    """One finding for each include that closes a ring."""
    findings, done = [], set()

    def visit(name, path):
        if name in path:
            ring = path[path.index(name):] + [name]
            findings.append(f"{name}: include cycle {' -> '.join(ring)}")
            return
        if name in done:
            return
        for target in graph.get(name, []):
            visit(target, path + [name])
        done.add(name)

    for name in sorted(graph):
        visit(name, [])
    return findings


def check_links(name, text):
    """The link line of a module says no more than the table."""
    findings = []
    for module, body in USES.findall(text):
        words = re.sub(r"#.*", "", body).split()
        uses = []
        if "USES" in words:
            for word in words[words.index("USES") + 1:]:
                if word.isupper():
                    break
                uses.append(word)
        if module not in MODULES:
            findings.append(f"{name}: module {module} is not in scripts/checks/check_layers.py")
            continue
        findings += [f"{name}: {module} may not use {used}"
                     for used in uses if used not in may_use(module)]
    return findings


def check(root):
    names = tree.files(root)
    known, graph = set(names), {}
    generated = generated_headers(root, known)
    findings = check_document(root, known)
    for name in names:
        if posixpath.basename(name) == "CMakeLists.txt" and not name.startswith("tests/"):
            findings += check_links(name, tree.read(root, name))
        module = module_of(name)
        if module is None:
            if name.startswith("include/") and name.endswith(".h"):
                findings.append(f"{name}: belongs to no module")
            continue
        if not name.endswith((".cc", ".h")):
            continue
        text = tree.read(root, name)
        for match in INCLUDE.finditer(text):
            angled, quoted = match.groups()
            if angled:
                finding = check_angled(name, angled)
            elif (module, quoted) in generated:
                finding = None
            else:
                finding = check_quoted(name, module, quoted, known)
                target = resolve(name, quoted, known)
                if target:
                    graph.setdefault(name, []).append(target)
            if finding:
                line = text.count("\n", 0, match.start()) + 1
                findings.append(f"{name}:{line}: {finding}")
    return findings + find_cycles(graph)


def self_test():
    contract = {"include/macaw/base/a.h": "", "include/macaw/net/n.h": "",
                "include/macaw/replay/engine/run_control.h": "", "include/macaw/store/s.h": ""}

    def case(name, text, *expected):
        tree.expect(check, {**contract, name: text}, *expected)

    case("src/store/x.cc", '#include "macaw/base/a.h"\n#include <vector>\n#include <sqlite3.h>\n')
    case("src/store/x.cc", '\n#include "macaw/net/n.h"\n', "x.cc:2: ", )
    case("src/base/x.cc", '#include "macaw/net/n.h"\n', "base may not use net")
    case("src/base/x.cc", '#include "macaw/base/gone.h"\n', "does not exist")
    case("src/base/x.cc", "#include <uv.h>\n", "<uv.h> belongs in src/net only")
    case("include/macaw/net/x.h", "#include <uv.h>\n", "<uv.h> belongs in src/net only")
    case("src/http/x.cc", "#include <strange/thing.h>\n", "is in no table")
    case("src/net/x.cc", "#include <sys/timerfd.h>\n#include <uv.h>\n#include <fmt/format.h>\n")
    case("include/macaw/base/x.h", '#include "y.h"\n', "is not beside the file")
    case("include/macaw/base/x.h", '#include "a.h"\n', "a contract includes contracts only")
    case("ui/x.cc", '#include "macaw/replay/engine/run_control.h"\n')
    case("src/report/x.cc", '#include "macaw/replay/engine/run_control.h"\n',
         "report may not use engine")
    case("include/macaw/loose.h", "", "belongs to no module")
    case("src/base/CMakeLists.txt", "macaw_module(base\n  SOURCES a.cc\n  USES net\n  LINKS x)\n",
         "base may not use net")
    case("src/ui/CMakeLists.txt", "macaw_module(other SOURCES)\n", "module other is not in")
    lists = {"src/base/CMakeLists.txt": "set(x ${CMAKE_CURRENT_BINARY_DIR}/generated/made.h)\n"}
    tree.expect(check, {**lists, "src/base/x.cc": '#include "made.h"\n'})
    rows = [f"| {module} | {folder} | job | {', '.join(uses.split())} |\n"
            for module, (folder, _, uses) in MODULES.items()]
    table = "| module | folder | job | may use |\n|---|---|---|---|\n" + "".join(rows)
    tree.expect(check, {"ARCHITECTURE.md": table})
    tree.expect(check, {"ARCHITECTURE.md": table.replace("| stats, store |", "| stats |")},
                "report may use stats store")
    tree.expect(check, {"ARCHITECTURE.md": table.replace("| net |", "| nut |")},
                "module net is not in", "no module nut")
    tree.expect(check, {"src/net/a.h": "", "src/http/x.cc": '#include "../net/a.h"\n'},
                "private to another module")
    tree.expect(check, {"include/macaw/base/a.h": '#include "macaw/base/b.h"\n',
                        "include/macaw/base/b.h": '#include "macaw/base/a.h"\n'},
                "include cycle")


if __name__ == "__main__":
    tree.run(pathlib.Path(__file__).name + ": " + __doc__.split("\n", 1)[0], check, self_test)
