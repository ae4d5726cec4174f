"""The house rules. Each is a function from a source (or the whole tree) to (line, message) pairs; see RULES below."""

import re

# What a floor may include besides itself. The order is that of the house, lowest first.
FLOORS = {
    "base": [],
    "host": ["base"],
    "engine": ["base"],
    "phys": ["base", "host"],
    "machine": ["base", "host", "engine", "phys"],
    "vm": ["base", "host", "phys"],
    "ipc": ["base"],
    "replay": ["base", "host", "engine", "phys", "machine"],
    "kernel": ["base", "engine", "phys", "machine", "vm", "ipc", "replay"],
    "runtime": [],
    "programs": ["base", "host", "engine", "phys", "vm", "kernel", "runtime"],
    "scenario": ["base", "host", "engine", "phys", "machine", "vm", "ipc", "replay", "kernel"],
    "view": ["base", "host", "engine"],
    "analysis": ["base", "engine", "kernel"],
    "campaign": ["base", "host", "engine", "phys", "machine", "vm", "ipc", "kernel", "scenario", "view", "analysis"],
    "sim": ["base", "host", "engine", "phys", "machine", "vm", "ipc", "kernel", "scenario", "view", "analysis",
            "campaign", "replay", "programs", "runtime"],
}

# The rooms of a floor: folders inside it, in the order of the house. A room may use those named before it, not its
# neighbours in one tuple; what lies in the floor's folder itself may use all.
ROOMS = {
    "base": [("numbers", "random")],
    "phys": [("structures",), ("requests",), ("buddy", "split", "fits", "linux", "llfree", "qnx")],
    "replay": [("input",), ("trace", "state"), ("import",)],
    "kernel": [("call_table",), ("objects",), ("program", "system"), ("memmgr",), ("tables",), ("schedule",),
               ("messages", "background"), ("notices", "sync")],
    # link: how a program asks memsim; threads: what it then makes of its own threads
    "runtime": [("link",), ("threads",)],
    "programs": [("memory",), ("child", "calls")],
    "scenario": [("yaml",), ("format",), ("program", "recorded"), ("expect",)],
    "view": [("text", "follow"), ("records", "measure"), ("picture",), ("report",), ("files", "page", "database")],
    "campaign": [("run",), ("measures", "statistics"), ("baseline", "expect", "store"),
                 ("check", "compare", "seeds"),
                 ("sweep", "branch", "shrink", "attack")],
    "sim": [("host",), ("options",), ("report",), ("reference", "commands", "pictures", "watch", "many"),
            ("programs", "mpi")],
}

# Floors whose state decides what happens in a run.
MODELLING = {"base", "engine", "phys", "machine", "vm", "ipc", "replay", "kernel"}

# Third-party headers, and the only place that may know them.
GUESTS = {
    "yaml-cpp/": re.compile(r"src/scenario/.*\.cpp$"),
    "boost/graph/": re.compile(r"src/analysis/.*\.cpp$"),
    "archive": re.compile(r"src/replay/.*\.cpp$"),
    "SQLiteCpp/": re.compile(r"src/(view/database|campaign/store)/.*\.[ch]pp$"),
    "curses": re.compile(r"sim/watch/screen\.cpp$"),
    "mpi.h": re.compile(r"sim/mpi/.*\.cpp$"),
    "CLI/": re.compile(r"sim/options/command_line\.cpp$"),
}

# Where JSON is read and written; the second takes trees apart whose members must be sorted.
JSON_ROOMS = {"src/base/json.cpp", "src/campaign/check/check_text.cpp"}

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 500
MAX_COLUMNS = 120
MAX_FILES_IN_A_FOLDER = 18


def in_production(source):
    return source.floor is not None


def includes_stay_on_their_floors(source):
    if source.floor is None:
        return
    if source.floor not in FLOORS:
        yield 1, f"folder {source.floor} is not in the table of floors (tests/tidy/rules.py)"
        return
    allowed = [source.floor, *FLOORS[source.floor]]
    for line, written in source.includes():
        name = written[1:-1]
        public = re.match(r"memsim/([a-z]+)/", name)
        private = re.match(r"([a-z]+)/", name) if written[0] == '"' else None
        floor = (public or private or [None, None])[1]
        if floor and (public or floor in FLOORS) and floor not in allowed:
            yield line, f"{source.floor} may not use {floor}; it may use {', '.join(allowed)}"
        if source.path.startswith("include/") and private:
            yield line, f"a public header may not include the private {name}"


def private_headers_stay_on_their_floors(source):
    if source.floor is None:
        return
    for line, written in source.includes():
        owner = re.match(r'"([a-z]+)/', written)
        if owner and owner[1] in FLOORS and owner[1] != source.floor:
            yield line, f"{written} is {owner[1]}'s own; what other floors use lives in include/memsim/{owner[1]}/"


def rooms_stay_in_order(source):
    mine = re.match(r"(?:src/)?([a-z]+)/([a-z_]+)/", source.path)
    if not mine or source.floor != mine[1] or source.path.startswith("include/"):
        return
    levels = ROOMS.get(mine[1], [])
    level_of = {room: level for level, rooms in enumerate(levels) for room in rooms}
    if mine[2] not in level_of:
        yield 1, f"room {mine[2]} of {mine[1]} is not in the table of rooms (tests/tidy/rules.py)"
        return
    for line, written in source.includes():
        used = re.match(rf'"{mine[1]}/(?:([a-z_]+)/)?', written)
        if used and used[1] != mine[2] and level_of.get(used[1], len(levels)) >= level_of[mine[2]]:
            yield line, f"{mine[1]}/{mine[2]} may not use {mine[1]}/{used[1] or ''}"


def folders_are_small(sources):
    counts = {}
    for source in sources:
        if in_production(source):
            counts.setdefault(source.path.rpartition("/")[0], []).append(source.path)
    for folder, paths in counts.items():
        if len(paths) > MAX_FILES_IN_A_FOLDER:
            yield paths[0], 1, f"{folder} has {len(paths)} files; at most {MAX_FILES_IN_A_FOLDER}: make rooms"


def guests_stay_in_their_rooms(source):
    for line, written in source.includes():
        for guest, room in GUESTS.items():
            if written[1:].startswith(guest) and in_production(source) and not room.match(source.path):
                yield line, f"{guest} may be included in {room.pattern} only"


def own_header_comes_first(source):
    # So each header is compiled once with nothing before it, which proves it includes what it needs.
    match = re.match(r"(?:src/)?([a-z]+)/((?:.*/)?([^/]*))\.cpp$", source.path)
    if not match or source.floor is None:
        return
    floor, below, name = match.groups()
    own = {f"<memsim/{floor}/{name}.hpp>", f"<memsim/{floor}/{below}.hpp>", f'"{floor}/{below}.hpp"'}
    written = list(source.includes())
    for index, (line, name) in enumerate(written):
        if name in own and index > 0:
            yield line, "a source file includes its own header first"


def banned(pattern, reason, where):
    compiled = re.compile(pattern)

    def rule(source):
        if source.is_cpp and where(source):
            for match in compiled.finditer(source.code):
                yield source.line_of(match.start()), f"{match.group(0).strip()}: {reason}"

    return rule


def everywhere(_source):
    return True


def in_modelling(source):
    return source.floor in MODELLING


def outside_clocks(source):
    # The runtime library has clock_gettime() for its own: that of the simulation.
    return not source.path.startswith(
        ("bench/", "sim/", "src/host/", "include/memsim/host/", "src/runtime/", "include/memsim/runtime/"))


def in_silent_library(source):
    return in_production(source) and source.floor != "sim" and source.path != "src/base/check.cpp"


def todo_names_an_issue(source):
    if source.path.startswith("tests/tidy/"):
        return  # which names what it looks for
    for number, line in enumerate(source.lines, 1):
        if re.search(r"\b(TODO(?!\(#\d+\))|FIXME|XXX)\b", line):
            yield number, "write TODO(#issue), or do it"


def header_has_pragma_once(source):
    if source.is_header and "#pragma once" not in source.lines:
        yield 1, "a header needs #pragma once"


def functions_are_short(source):
    for first, count in source.functions():
        if count > MAX_FUNCTION_LINES:
            yield first, f"function of {count} lines; at most {MAX_FUNCTION_LINES}"


def files_are_short(source):
    count = len(source.lines) - 1
    if source.is_cpp and count > MAX_FILE_LINES:
        yield count, f"file of {count} lines; at most {MAX_FILE_LINES}"


def lines_are_short(source):
    if not source.is_cpp and not source.path.endswith(".py"):
        return
    for number, line in enumerate(source.lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"line of {len(line)} columns; at most {MAX_COLUMNS}"


def blanks_are_clean(source):
    for number, line in enumerate(source.lines, 1):
        if "\t" in line:
            yield number, "tab"
        if "\ufffd" in line:
            yield number, "not UTF-8"
        if "\r" in line:
            yield number, "carriage return"
        elif line.endswith(" "):
            yield number, "trailing blank"
    if source.text and (not source.text.endswith("\n") or source.text.endswith("\n\n")):
        yield len(source.lines), "a file ends with one newline"


def scenarios_are_tested(sources):
    tests = "\n".join(s.text for s in sources if s.path.startswith("tests/"))
    for source in sources:
        match = re.match(r"scenarios/([^/]+)\.yaml$", source.path)
        if match and not re.search(rf"\b{re.escape(match.group(1))}\b", tests):
            yield source.path, 1, "no test names this scenario"


def tests_are_registered(sources):
    lists = {s.path: s.text for s in sources if s.path.endswith("CMakeLists.txt")}
    for source in sources:
        match = re.match(r"(tests/.*)/([^/]+_test\.cpp)$", source.path)
        if not match:
            continue
        folder, found = match.group(1), False
        while folder:
            text = lists.get(f"{folder}/CMakeLists.txt", "")
            found = found or match.group(2) in text or "file(GLOB" in text
            folder = folder.rpartition("/")[0]
        if not found:
            yield source.path, 1, "no CMakeLists.txt names this test"


# name -> rule on one source
RULES = {
    "floors": includes_stay_on_their_floors,
    "private-headers": private_headers_stay_on_their_floors,
    "rooms": rooms_stay_in_order,
    "guests": guests_stay_in_their_rooms,
    "own-header-first": own_header_comes_first,
    "portable-random": banned(
        r"\bstd::(?:ranges::)?(?:shuffle|random_shuffle|sample)\b|\b\w+_distribution\b|\brandom_device\b|\bmt19937\w*"
        r"|\bstd::hash\b|\bs?rand\s*\(",
        "differs between libraries; take RandomStream and Distribution",
        everywhere,
    ),
    "clock": banned(
        r"\b(?:system|steady|high_resolution)_clock\b|(?<!ProgramCall::)\b(?:clock_gettime|gettimeofday)\b"
        r"|\bstd::(?:time|clock)\s*\(",
        "only host, sim and bench may read the host's clock",
        outside_clocks,
    ),
    "unordered": banned(
        r"\bunordered_\w+", "its order differs between libraries; take a sorted container", in_modelling
    ),
    "pointer-key": banned(
        r"\bstd::(?:multi)?(?:map|set)<\s*(?:const\s+)?[\w:]+\s*(?:const\s*)?\*",
        "addresses differ from run to run; take an id as the key",
        in_production,
    ),
    "floating-point": banned(r"\b(?:float|double)\b", "no floating point in the model; take integers", in_modelling),
    "host": banned(
        r"#\s*include\s*<(?:sys/\w+|unistd|fcntl|spawn|signal|termios|dirent|poll|pthread|dlfcn|stdio|stdlib)\.h>"
        r"|#\s*include\s*<csignal>",
        "files, processes, terminals and signals of the host are spoken to in src/host",
        # Programs that are processes of the host, and the library inside them, are made of nothing else.
        lambda s: in_production(s) and s.floor not in ("host", "programs", "runtime")
        and not s.path.startswith("sim/programs/"),
    ),
    "errno": banned(
        r"#\s*include\s*<(?:cerrno|errno\.h)>",
        "the host's numbers are not the model's; take <memsim/base/errno.hpp>",
        lambda s: s.floor in MODELLING or s.floor == "analysis" or s.path.startswith("include/"),
    ),
    "formatting": banned(
        r"\bformat_to(?:_n)?\b",
        "append fmt::format(...): formatting into an iterator compiles all of the library in each file, two seconds",
        in_production,
    ),
    "json": banned(
        r"\.dump\(|(?:Json|json)::parse\(",
        "json_text() and parse_json() of base/json.hpp: reading and writing JSON are compiled in one place",
        lambda source: in_production(source) and source.path not in JSON_ROOMS,
    ),
    "printing": banned(
        r"#\s*include\s*<(?:iostream|print)>|\bstd::(?:cout|cerr|clog)\b|\b(?:f|v|vf)?printf\s*\(|\bf?puts\s*\("
        r"|\bfmt::print\b",
        "the library never prints; return text, or publish a record",
        in_silent_library,
    ),
    "exiting": banned(
        r"\bstd::(?:exit|_Exit|quick_exit|abort|terminate)\s*\(|(?<![\w:.>])(?:exit|_Exit|quick_exit|abort)\s*\(",
        "the library never ends the process; return an error, or MEMSIM_CHECK",
        lambda source: in_silent_library(source) and source.floor != "runtime",  # which is a part of programs
    ),
    "environment": banned(
        r"\bgetenv\b|\bsetlocale\b|\bstd::locale\b",
        "nothing outside the scenario may decide anything",
        in_silent_library,
    ),
    "todo": todo_names_an_issue,
    "pragma-once": header_has_pragma_once,
    "function-length": functions_are_short,
    "file-length": files_are_short,
    "line-length": lines_are_short,
    "blanks": blanks_are_clean,
}

# name -> rule on the whole tree, giving (path, line, message)
TREE_RULES = {
    "untested-scenario": scenarios_are_tested,
    "unregistered-test": tests_are_registered,
    "crowded-folder": folders_are_small,
}
