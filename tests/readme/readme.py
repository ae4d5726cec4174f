#!/usr/bin/env python3
"""The README shows what the program prints today.

Each ```console block holds one command after `$ ` and its whole output, standard error included. The commands are run
with the program that was built; `script/run` without arguments is the run of the documented example that it ends with.

    readme.py PROGRAM ROOT             compares; prints the difference and fails
    readme.py PROGRAM ROOT --update    writes the outputs into the README
"""
import difflib
import os
import pathlib
import shlex
import subprocess
import sys

# Commands whose output is not a fixed text: that they work is what CI itself shows.
NOT_COMPARED = {"script/test"}
STANDS_FOR = {"script/run": "memsim run scenarios/mem_obj_info.yaml"}


def output_of(command, program, root):
    words = shlex.split(STANDS_FOR.get(command, command))
    assert words[0] == "memsim", f"the README runs {words[0]}, which this test does not know"
    # A console of 80 columns without colour, so that every machine prints the same.
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    run = subprocess.run([program, *words[1:]], cwd=root, env=environment, text=True, timeout=120,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return run.stdout


def refreshed(text, program, root):
    lines = []
    command = None
    in_block = False
    for line in text.splitlines():
        if in_block and line == "```":
            in_block = False
            if command not in NOT_COMPARED:
                lines.extend(output_of(command, program, root).splitlines())
            lines.append(line)
        elif in_block:
            if command is None:
                assert line.startswith("$ "), f"a console block begins with its command, not with: {line}"
                command = line[2:]
                lines.append(line)
        else:
            lines.append(line)
            if line == "```console":
                in_block, command = True, None
    assert not in_block, "a console block is not closed"
    return "\n".join(lines) + "\n"


def main():
    program, root = os.path.abspath(sys.argv[1]), sys.argv[2]
    path = pathlib.Path(root) / "README.md"
    shown = path.read_text(encoding="utf-8")
    today = refreshed(shown, program, root)
    if "--update" in sys.argv[3:]:
        path.write_text(today, encoding="utf-8")
        return 0
    if shown == today:
        return 0
    sys.stdout.writelines(difflib.unified_diff(shown.splitlines(True), today.splitlines(True), "README.md", "today"))
    print("The README shows something else. To renew it: tests/readme/readme.py PROGRAM ROOT --update")
    return 1


if __name__ == "__main__":
    sys.exit(main())
