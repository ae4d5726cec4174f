#!/usr/bin/env python3
"""Reads every source of the project and reports what breaks a house rule, as path:line: error: [rule] message.

usage: tidy.py PROJECT_ROOT
"""

import pathlib
import re
import sys

import rules
from source import Source

FOLDERS = ["bench", "include", "scenarios", "script", "sim", "src", "tests"]
SUFFIXES = {".hpp", ".cpp", ".py", ".cmake", ".txt", ".yaml", ".sh"}
# Inputs that are wrong on purpose, and files that a program wrote.
EXCEPT = re.compile(r"^tests/tidy/selftest\.py$|/(?:invalid|corpus|golden|node_modules)/")


def read_tree(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and path.suffix in SUFFIXES and not EXCEPT.search(name):
                # A byte that is no UTF-8 becomes U+FFFD, which the rule "blanks" reports. Carriage returns are kept.
                with path.open(encoding="utf-8", errors="replace", newline="") as file:
                    yield Source(name, file.read())


def check(sources):
    """Every violation as (path, line, rule, message), sorted."""
    found = []
    for source in sources:
        for name, rule in rules.RULES.items():
            found += [(source.path, line, name, message) for line, message in rule(source)]
    for name, rule in rules.TREE_RULES.items():
        found += [(path, line, name, message) for path, line, message in rule(sources)]
    return sorted(found)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sources = list(read_tree(pathlib.Path(sys.argv[1])))
    if not sources:
        sys.exit(f"tidy.py: no sources under {sys.argv[1]}")
    found = check(sources)
    for path, line, name, message in found:
        print(f"{path}:{line}: error: [{name}] {message}")
    print(f"tidy: {len(sources)} files, {len(found)} broken rules")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
