#!/usr/bin/env python3
"""The pages show what the program prints today.

A ```console block holds one command after `$ ` and its whole output, standard error included. The commands are run with
the program that was built, in the order of the page; `script/run` without arguments is the run of the documented
example that it ends with. The README's run in the project's folder. Those of other pages run in an empty one beside a
link to the scenarios, where a block "```yaml file=NAME" is first written as the file NAME, behind what
"append=OTHER" names; a map that both have is merged. A file of another kind is run by its interpreter, or, with
"if=PROGRAM" or "if=python3:MODULE", where the host has that. A block "```cpp from=PATH part=class:NAME" shows what
begins so in a file of the project. A block "```sh run" is run and has to succeed; what it
prints is not compared.

    readme.py PROGRAM ROOT [PAGE]             compares; prints the difference and fails
    readme.py PROGRAM ROOT [PAGE] --update    writes the outputs into the page
"""
import difflib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

# Commands whose output is not a fixed text: that they work is what CI itself shows.
NOT_COMPARED = {"script/test", "script/setup install"}
STANDS_FOR = {"script/run": "memsim run scenarios/mem_obj_info.yaml"}


def run(words, folder, **options):
    # A console of 80 columns without colour, so that every machine prints the same.
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    return subprocess.run(words, cwd=folder, env=environment, text=True, timeout=120, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False, **options)


def output_of(command, program, folder):
    words = shlex.split(STANDS_FOR.get(command, command))
    assert words[0] == "memsim", f"the page runs {words[0]}, which this test does not know"
    return run([program, *words[1:]], folder).stdout


def merged(base, text):
    """The YAML text `base` with what `text` says put in: below the key that both have, or behind it."""
    lines = base.splitlines()
    first = text.splitlines()[0]
    if first.startswith(" "):  # goes on with the last list of `base`
        return base + text
    if first in lines:
        at = lines.index(first) + 1
        return "\n".join(lines[:at] + text.splitlines()[1:] + lines[at:]) + "\n"
    return base + "\n" + text


def is_there(condition):
    program, _, module = condition.partition(":")
    if shutil.which(program) is None:
        return False
    return not module or subprocess.run([program, "-c", f"import {module}"], stderr=subprocess.DEVNULL,
                                        check=False).returncode == 0


def write_file(info, text, folder, program):
    values = dict(word.split("=", 1) for word in info.split()[1:])
    path = pathlib.Path(folder, values["file"])
    path.parent.mkdir(parents=True, exist_ok=True)
    if "append" in values:
        text = merged(pathlib.Path(folder, values["append"]).read_text(encoding="utf-8"), text)
    path.write_text(text, encoding="utf-8")
    if path.suffix == ".yaml":
        checked = run([program, "validate", path.name], folder)
        assert checked.returncode == 0, checked.stdout
    if path.suffix == ".py":
        compile(text, path.name, "exec")
    if path.suffix == ".sh":
        assert run(["sh", "-n", path.name], folder).returncode == 0, f"{path.name} is no shell script"
    if "if" in values and is_there(values["if"]):
        done = run([values["if"].partition(":")[0], path.name], folder)
        assert done.returncode == 0, done.stdout


def part_of_file(root, info):
    """The lines of the class or the call that `info` names, of the file that it names."""
    values = dict(word.split("=", 1) for word in info.split()[1:])
    lines = pathlib.Path(root, values["from"]).read_text(encoding="utf-8").splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(values["part"].replace(":", " ")))
    last = next(at for at in range(first, len(lines)) if lines[at] in ("};", ")") or lines[first].endswith(")"))
    return lines[first:last + 1]


def refreshed(text, program, folder, root):
    lines = []
    block = None  # (what stands behind the fence, the lines so far)
    for line in text.splitlines():
        if block is not None and line == "```":
            info, content = block
            if info == "console":
                assert content and content[0].startswith("$ "), f"a console block begins with its command: {content}"
                lines.append(content[0])
                command = content[0][2:]
                if command not in NOT_COMPARED:
                    lines.extend(output_of(command, program, folder).splitlines())
            else:
                lines.extend(part_of_file(root, info) if " from=" in info else content)
                if info == "sh run":
                    path = f"PATH={shlex.quote(os.path.dirname(program))}:$PATH"
                    done = run(["sh", "-ec", path + "\n" + "\n".join(content)], folder)
                    assert done.returncode == 0, done.stdout
                if " file=" in info:
                    write_file(info, "\n".join(content) + "\n", folder, program)
            lines.append(line)
            block = None
        elif block is not None:
            block[1].append(line)
        else:
            lines.append(line)
            opening = re.match(r"```(\S.*)$", line)
            block = (opening[1], []) if opening else None
    assert block is None, "a block is not closed"
    return "\n".join(lines) + "\n"


def main():
    program, root = os.path.abspath(sys.argv[1]), sys.argv[2]
    named = [argument for argument in sys.argv[3:] if argument != "--update"]
    name = named[0] if named else "README.md"
    path = pathlib.Path(root, name)
    shown = path.read_text(encoding="utf-8")
    if name == "README.md":
        today = refreshed(shown, program, root, root)
    else:
        with tempfile.TemporaryDirectory(prefix="memsim_page_") as folder:
            os.symlink(os.path.abspath(os.path.join(root, "scenarios")), os.path.join(folder, "scenarios"))
            today = refreshed(shown, program, folder, root)
    if "--update" in sys.argv[3:]:
        path.write_text(today, encoding="utf-8")
        return 0
    if shown == today:
        return 0
    sys.stdout.writelines(difflib.unified_diff(shown.splitlines(True), today.splitlines(True), name, "today"))
    print(f"The page shows something else. To renew it: tests/readme/readme.py PROGRAM ROOT {name} --update")
    return 1


if __name__ == "__main__":
    sys.exit(main())
