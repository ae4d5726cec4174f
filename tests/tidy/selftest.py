#!/usr/bin/env python3
"""Proves that every rule of rules.py can fire, and that it holds its peace beside what it must not match."""

import sys

import rules
import tidy
from source import Source

LONG_BODY = "  x();\n" * 69

# rule -> samples that break it (path, text)
BAD = {
    "floors": [
        ("src/phys/a.cpp", "#include <memsim/engine/clock.hpp>\n"),
        ("include/memsim/view/a.hpp", "#pragma once\n#include <memsim/kernel/world.hpp>\n"),
        ("include/memsim/phys/a.hpp", '#pragma once\n#include "phys/buddy.hpp"\n'),
        ("src/newcomer/a.cpp", "int x;\n"),
    ],
    "private-headers": [
        ("src/kernel/a.cpp", '#include "ipc/send_queue.hpp"\n'),
        ("sim/a.cpp", '#include "view/text/lines.hpp"\n'),
    ],
    "rooms": [
        ("src/phys/requests/a.hpp", '#pragma once\n#include "phys/buddy/b.hpp"\n'),
        ("src/phys/linux/a.cpp", '#include "phys/buddy/b.hpp"\n'),
        ("src/phys/structures/a.cpp", '#include "phys/policies.hpp"\n'),
        ("src/phys/attic/a.cpp", "int x;\n"),
        ("sim/host/a.cpp", '#include "sim/options/b.hpp"\n'),
    ],
    "guests": [
        ("src/scenario/a.hpp", "#pragma once\n#include <yaml-cpp/yaml.h>\n"),
        ("src/kernel/a.cpp", "#include <boost/graph/adjacency_list.hpp>\n"),
        ("src/view/a.cpp", "#include <CLI/CLI.hpp>\n"),
        ("sim/options/a.cpp", "#include <CLI/CLI.hpp>\n"),
    ],
    "own-header-first": [
        ("src/phys/buddy/a.cpp", "#include <vector>\n\n#include <memsim/phys/a.hpp>\n"),
        ("src/phys/a.cpp", "#include <vector>\n\n#include <memsim/phys/a.hpp>\n"),
        ("src/kernel/memmgr/a.cpp", '#include <vector>\n#include "kernel/memmgr/a.hpp"\n'),
        ("sim/host/a.cpp", '#include <vector>\n#include "sim/host/a.hpp"\n'),
    ],
    "portable-random": [
        ("tests/x/a.cpp", "void f() { std::shuffle(a, b, c); }\n"),
        ("src/view/a.cpp", "std::uniform_int_distribution<int> d;\n"),
        ("bench/a.cpp", "std::random_device device;\n"),
        ("sim/a.cpp", "auto h = std::hash<int>{}(1);\n"),
        ("sim/a.cpp", "int r = rand();\n"),
    ],
    "clock": [
        ("src/view/a.cpp", "auto t = std::chrono::steady_clock::now();\n"),
        ("tests/x/a.cpp", "auto t = std::time(nullptr);\n"),
    ],
    "unordered": [("src/vm/a.cpp", "std::unordered_map<int, int> m;\n")],
    "pointer-key": [
        ("src/view/a.cpp", "std::map<const Thing*, int> m;\n"),
        ("src/kernel/a.cpp", "std::set<a::Thing *> s;\n"),
    ],
    "floating-point": [
        ("src/ipc/a.cpp", "double x = 1;\n"),
        ("include/memsim/base/a.hpp", "#pragma once\nfloat x();\n"),
    ],
    "host": [
        ("src/view/a.cpp", "#include <unistd.h>\n"),
        ("sim/a.cpp", "#include <sys/stat.h>\n"),
        ("sim/a.cpp", "#include <csignal>\n"),
    ],
    "errno": [
        ("src/phys/a.cpp", "#include <cerrno>\n"),
        ("include/memsim/view/a.hpp", "#pragma once\n#include <errno.h>\n"),
    ],
    "formatting": [("src/view/a.cpp", 'void f(std::string& s) { fmt::format_to(std::back_inserter(s), "x"); }\n')],
    "json": [
        ("src/view/a.cpp", "std::string f(const Json& json) { return json.dump(2); }\n"),
        ("sim/commands/a.cpp", "Json f(const std::string& text) { return Json::parse(text); }\n"),
    ],
    "printing": [
        ("src/view/a.cpp", "#include <iostream>\n"),
        ("src/kernel/a.cpp", 'void f() { std::fprintf(stderr, ""); }\n'),
        ("src/kernel/a.cpp", 'void f() { fmt::print("x"); }\n'),
    ],
    "exiting": [
        ("src/scenario/a.cpp", "void f() { std::exit(2); }\n"),
        ("src/kernel/a.cpp", "void f() { abort(); }\n"),
    ],
    "environment": [("src/scenario/a.cpp", 'auto* p = std::getenv("HOME");\n')],
    "todo": [("sim/a.cpp", "// TODO: later\n"), ("src/vm/a.cpp", "// FIXME soon\n")],
    "pragma-once": [("include/memsim/phys/a.hpp", "int x;\n"), ("src/phys/a.hpp", "// #pragma once\n")],
    "function-length": [
        ("sim/a.cpp", "void f(int a) {\n" + LONG_BODY + "}\n"),
        ("sim/a.cpp", "namespace a {\nclass B {\n  C f() const noexcept {\n" + LONG_BODY + "  }\n};\n}\n"),
        ("sim/a.cpp", "A::A(int a) : b_(a), c_(1) {\n  if (a) {\n" + LONG_BODY + "  }\n}\n"),
    ],
    "file-length": [("sim/a.cpp", "int x;\n" * 501)],
    "line-length": [("sim/a.cpp", "x" * 121 + "\n")],
    "blanks": [
        ("sim/a.cpp", "\tint x;\n"),
        ("sim/a.cpp", "int x; \n"),
        ("sim/a.cpp", "int x;\r\n"),
        ("sim/a.cpp", "// \ufffd\n"),
        ("sim/a.cpp", "int x;"),
        ("sim/a.cpp", "int x;\n\n"),
    ],
    "untested-scenario": [("scenarios/lonely.yaml", "a: 1\n")],
    "crowded-folder": [("src/vm/a{}.cpp", "int x;\n")],
    "unregistered-test": [("tests/phys/forgotten_test.cpp", "int x;\n")],
}

# What looks like a breach and is none.
GOOD = [
    ("src/phys/buddy/a.cpp", '#include "phys/requests/b.hpp"\n#include "phys/structures/c.hpp"\n'),
    ("src/phys/policies.cpp", '#include "phys/buddy/b.hpp"\n#include "phys/linux/c.hpp"\n'),
    ("src/kernel/a.cpp", '#include "kernel/a.hpp"\n\n#include <memsim/phys/b.hpp>\n\n#include "kernel/c.hpp"\n'),
    ("src/kernel/a.cpp", '#include <memsim/ipc/channel.hpp>\nvoid f() { lifecycle::terminate(1); g.abort(); }\n'),
    ("src/scenario/a.cpp", "#include <yaml-cpp/yaml.h>\n"),
    ("src/analysis/a.cpp", "#include <boost/graph/adjacency_list.hpp>\n"),
    ("sim/options/command_line.cpp", '#include <CLI/CLI.hpp>\n#include <iostream>\nvoid f() { std::exit(printf("")); }\n'),
    ("tests/x/a.cpp", "std::unordered_map<int, double> m;\n"),
    ("bench/a.cpp", "auto t = std::chrono::steady_clock::now();\n"),
    ("src/phys/a.cpp", "// double the float of std::shuffle, printf( and rand()\n"),
    ("src/phys/a.cpp", 'auto text = "double printf( std::hash"; auto raw = R"(double " float)"; char c = \'"\';\n'),
    ("src/phys/a.cpp", "std::uint64_t big = 1'000'000; int doubled = 2; int floating = 1'0;\n"),
    ("src/phys/a.cpp", "std::map<Id, Thing*> m;\nint brand(int a);\nint b = brand(1);\n"),
    ("src/base/check.cpp", 'void f() { std::fputs("", stderr); std::_Exit(70); }\n'),
    ("src/view/a.cpp", "// TODO(#12): colours\nint x;\n"),
    ("sim/a.cpp", "void f() {\n" + LONG_BODY[7:] + "}\nnamespace a {\n" + "int x;\n" * 99 + "}\n"),
    ("sim/a.cpp", "constexpr std::array a = {\n" + "  1,\n" * 99 + "};\n"),
    ("sim/a.cpp", "x" * 120 + "\n"),
]


def copies_of(path, text):
    """As many files beside each other as no folder may hold."""
    return [Source(path.format(number), text) for number in range(rules.MAX_FILES_IN_A_FOLDER + 1)]


def names_of(found):
    return {name for _, _, name, _ in found}


def main():
    failures = []
    for rule in [*rules.RULES, *rules.TREE_RULES]:
        if not BAD.get(rule):
            failures.append(f"{rule}: no bad sample, so nothing proves that it can fire")
    for rule, samples in BAD.items():
        for path, text in samples:
            found = names_of(tidy.check(copies_of(path, text) if rule == "crowded-folder" else [Source(path, text)]))
            if found != {rule}:
                failures.append(f"{rule}: {text[:60]!r} in {path} gave {sorted(found) or 'nothing'}")
    for path, text in GOOD:
        found = tidy.check([Source(path, text)])
        if found:
            failures.append(f"good sample {text[:60]!r} in {path} gave {found}")
    tested = [Source("scenarios/known.yaml", "a: 1\n"), Source("tests/a.txt", 'run("known.yaml")\n')]
    listed = [Source("tests/x/y/a_test.cpp", "int x;\n"), Source("tests/x/CMakeLists.txt", "y/a_test.cpp\n")]
    for tree in (tested, listed):
        if tidy.check(tree):
            failures.append(f"good tree gave {tidy.check(tree)}")
    print("\n".join(failures) or f"selftest: {sum(map(len, BAD.values()))} bad and {len(GOOD)} good samples as expected")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
