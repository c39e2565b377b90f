#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The conventions of CONTRIBUTING.md that a script can hold. One function per rule."""

import pathlib
import posixpath
import re

import tree

CODE_LINES_MAX = 500
COLUMNS_MAX = 100
DOCUMENT_LINES_MAX = {"README.md": 150, "ARCHITECTURE.md": 250, "CONTRIBUTING.md": 100}

# Test material is kept byte for byte as it is.
MATERIAL = re.compile(r"(^|/)(golden|goldens|corpus|data|fixtures)/|(^|/)package-lock\.json$")
SPDX = "SPDX-License-Identifier: MIT"
# The root of a home or of a working folder on somebody's machine.
MACHINE_PATH = re.compile(r"(?<![\w.:/*-])/(?:home|root|Users|work)/[\w.-]+")
TASK = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b(?!\(#\d+\))")
USING = re.compile(r"^\s*using\s+namespace\b", re.MULTILINE)
OUTPUT = re.compile(r"\bstd::(cout|cerr|clog|exit|quick_exit|abort|terminate)\b|"
                    r"(?<![\w:.>])(printf|puts|exit|_exit)\s*\(|"
                    r"\bfprintf\s*\(\s*std(out|err)|\bfmt::print\s*\(")
SUITE = re.compile(r"BOOST_(?:AUTO|FIXTURE)_TEST_SUITE\(\s*(\w+)")
OWN_SPACE = re.compile(r"^namespace \{$(.*?)^\} +$", re.MULTILINE | re.DOTALL)  # "}  // namespace"
OWN_NAME = re.compile(r"(?:class|struct|enum class|enum) (\w+)(?: final)?(?: :.*)? ?[{;]|"
                      r"(?:constexpr|const|inline)\b[\w:<>, *&]*?[ *&](\w+)(?:\[\])? ?[={;]|"
                      r"(?!using\b)[A-Za-z][\w:<>, *&]*?[ *&](\w+)\(")
TARGET = re.compile(r"macaw_(?:module|test)\((\w+)([^)]*)\)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
MAY_PRINT = ("src/app/", "src/base/check.")
PRODUCT = ("src/", "include/", "replay/", "generators/", "datasets/", "ui/")


def is_cpp(name):
    return name.endswith((".cc", ".h"))


def is_code(name, text):
    return (name.endswith((".cc", ".h", ".py", ".cmake", ".js", ".mjs", ".css", ".html", ".sql",
                           ".sh", "CMakeLists.txt")) or text.startswith("#!"))


def lines_matching(name, text, pattern, message):
    return [f"{name}:{number}: {message}: {line.strip()[:60]}"
            for number, line in enumerate(text.split("\n"), 1) if pattern.search(line)]


def check_whitespace(name, text):
    findings = lines_matching(name, text, re.compile(r"\t"), "tab")
    findings += lines_matching(name, text, re.compile(r"[ \r]+$"), "trailing blank")
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        findings.append(f"{name}: must end with one newline")
    return findings


def check_size(name, text):
    count = text.count("\n")
    limit = DOCUMENT_LINES_MAX.get(name)
    if is_code(name, text):
        limit = CODE_LINES_MAX
    if limit and count > limit:
        return [f"{name}: {count} lines, at most {limit}"]
    return []


def check_columns(name, text):
    if not is_code(name, text):
        return []
    return [f"{name}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"
            for number, line in enumerate(text.split("\n"), 1)
            if len(line) > COLUMNS_MAX and "NOLINT" not in line]


def check_licence(name, text):
    if not is_code(name, text):
        return []
    first = text.split("\n", 3)
    if is_cpp(name):
        found = first[0] == "// " + SPDX
    else:
        found = any(SPDX in line for line in first[:3])
    return [] if found else [f"{name}: does not begin with {SPDX}"]


def check_words(name, text):
    findings = lines_matching(name, text, MACHINE_PATH, "path of a machine")
    if is_code(name, text):
        findings += lines_matching(name, text, TASK, "no issue number, as in TODO(#12)")
    return findings


def check_cpp(name, text):
    if not is_cpp(name):
        return []
    findings, bare = [], tree.without_comments(text)
    if name.endswith(".h"):
        if "\n#pragma once\n" not in text:
            findings.append(f"{name}: no #pragma once")
        if USING.search(bare):
            findings.append(f"{name}: using namespace in a header")
    if name.startswith(PRODUCT) and not name.startswith(MAY_PRINT):
        findings += lines_matching(name, bare, OUTPUT, "prints or exits below app")
    return findings


def check_suite(name, text):
    if not name.startswith("tests/") or not name.endswith("_test.cc"):
        return []
    stem = posixpath.basename(name)[:-len(".cc")]
    match = SUITE.search(tree.without_comments(text))
    if match and match.group(1) == stem:
        return []
    return [f"{name}: its first suite must be BOOST_AUTO_TEST_SUITE({stem})"]


def without_code_blocks(text):
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def check_markdown(root, name, text):
    if not name.endswith(".md"):
        return []
    findings, prose = [], without_code_blocks(text)
    titles = len(re.findall(r"^# ", prose, re.MULTILINE))
    if titles != 1:
        findings.append(f"{name}: {titles} titles, expected one")
    for match in LINK.finditer(re.sub(r"`[^`\n]*`", "", prose)):
        target = (match.group(1) or match.group(2)).split("#")[0]
        if not target or re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        if not (root / path).exists():
            findings.append(f"{name}: link to {target}, which does not exist")
    return findings


def check_dead_files(root, names):
    """Every source is on the list of a CMakeLists.txt beside or above it."""
    findings, texts = [], {}
    for name in names:
        if not name.endswith(".cc"):
            continue
        folder, listed = posixpath.dirname(name), False
        while not listed:
            lists = posixpath.join(folder, "CMakeLists.txt")
            if lists not in texts:
                texts[lists] = tree.read(root, lists) if (root / lists).is_file() else ""
            relative = posixpath.relpath(name, folder or ".")
            listed = re.search(r"(?<![\w/])" + re.escape(relative) + r"\b", texts[lists])
            if not folder:
                break
            folder = posixpath.dirname(folder)
        main = re.fullmatch(r"src/app/\w+_main\.cc", name)
        if not listed and not main:
            findings.append(f"{name}: no CMakeLists.txt lists it")
    return findings


def own_names(text):
    """The names that a source's anonymous namespaces declare at their top level."""
    names = set()
    for space in OWN_SPACE.finditer(tree.without_comments(text)):
        depth = 0
        for line in space.group(1).split("\n"):
            match = OWN_NAME.match(line) if depth == 0 else None
            names |= {name for name in match.groups() if name} if match else set()
            depth += line.count("{") - line.count("}")
    return names


def check_own_names(root, names):
    """The sanitizer builds compile several sources of a target as one."""
    findings = []
    for lists in names:
        if posixpath.basename(lists) != "CMakeLists.txt":
            continue
        for target, sources in TARGET.findall(tree.read(root, lists)):
            first = {}
            for source in re.findall(r"[\w./]+\.cc\b", sources):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(lists), source))
                if not (root / path).is_file():
                    continue
                for own in own_names(tree.read(root, path)):
                    other = first.setdefault(own, path)
                    if other != path:
                        findings.append(f"{path}: {own} has a namesake in {other} ({target})")
    return sorted(findings)


def check(root):
    names = tree.files(root)
    findings = check_dead_files(root, names) + check_own_names(root, names)
    for name in names:
        text = None if MATERIAL.search(name) else tree.read(root, name)
        if text is None:
            continue
        for rule in (check_whitespace, check_size, check_columns, check_licence, check_words,
                     check_cpp, check_suite):
            findings += rule(name, text)
        findings += check_markdown(root, name, text)
    return findings


def self_test():
    head = "// " + SPDX + "\n"

    def case(name, text, *expected):
        trees = {name: text, "CMakeLists.txt": "# " + SPDX + "\n# " + name + "\n"}
        tree.expect(check, trees, *expected)

    case("src/io/a.h", head + "#pragma once\nint x;\n")
    case("src/io/a.h", head + "int x;\n", "no #pragma once")
    case("src/io/a.h", head + "#pragma once\nusing namespace std;\n", "using namespace")
    case("src/io/a.cc", "int x;\n", "does not begin with SPDX")
    case("src/io/a.cc", head + "int x;", "must end with one newline")
    case("src/io/a.cc", head + "int x; \n", "a.cc:2: trailing blank")
    case("src/io/a.cc", head + "\tint x;\n", "a.cc:2: tab")
    case("src/io/a.cc", head + "// " + "x" * 98 + "\n", "101 columns")
    case("src/io/a.cc", head + "\n" * 499 + "int x;\n", "501 lines, at most 500")
    case("src/io/a.cc", head + "// TO" + "DO: later\n", "no issue number")
    case("src/io/a.cc", head + "// TO" + "DO(#12): later\n")
    case("src/io/a.cc", head + 'void f() { std::cerr << "x"; }\n', "prints or exits below app")
    case("src/io/a.cc", head + "// std::cerr, exit(1)\nint exits(int);\nvoid f() { s.exit(1); }\n")
    case("src/io/a.cc", head + "void f() { exit(1); }\n", "prints or exits below app")
    case("src/app/a.cc", head + "void f() { exit(1); }\n")
    case("src/io/a.cc", head + 'auto p = "/' + 'home/anna/x";\n', "path of a machine")
    case("tests/unit/a_test.cc", head + "BOOST_AUTO_TEST_SUITE(a_test)\n")
    case("tests/unit/a_test.cc", head + "BOOST_AUTO_TEST_SUITE(b_test)\n", "its first suite")
    case("tests/golden/a.txt", "kept as it is \t ")
    case("README.md", "# A\n\n```\n# not a title\n```\n[x](CMakeLists.txt#part) [y](https://z)\n")
    case("README.md", "# A\n\n# B\n", "2 titles")
    case("README.md", "# A\n\n[x](gone.md)\n", "link to gone.md")
    case("README.md", "# A\n" + "\n" * 150 + "x\n", "152 lines, at most 150")
    case("scripts/run", "#!/usr/bin/env bash\necho\n", "does not begin with SPDX")
    tree.expect(check, {"src/io/a.cc": head}, "no CMakeLists.txt lists it")
    for own in ("int f(int a) {\n  return a;\n}\n", "struct f {\n  int g();\n};\n",
                "constexpr int f = 1;\n"):
        space = head + "namespace {\n" + own + "}  // namespace\n"
        lists = "# " + SPDX + "\nmacaw_module(io\n  SOURCES\n    a.cc\n    b.cc\n  USES base)\n"
        tree.expect(check, {"src/io/a.cc": space, "src/io/b.cc": space, "src/io/CMakeLists.txt":
                            lists}, "b.cc: f has a namesake in src/io/a.cc (io)")
        apart = lists.replace("    b.cc", "  USES base)\nmacaw_module(ui\n  SOURCES\n    b.cc")
        tree.expect(check, {"src/io/a.cc": space, "src/io/b.cc": space,
                            "src/io/CMakeLists.txt": apart})


if __name__ == "__main__":
    tree.run(pathlib.Path(__file__).name + ": " + __doc__.split("\n", 1)[0], check, self_test)
