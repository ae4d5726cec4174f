"""Every option of the commands that make many runs, with words that nobody should give it: each is told or does its
work; none crashes, hangs, or leaves half a file.

hostile_arguments_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import os
import random
import re
import shutil
import subprocess
import unittest

from program import MEMSIM, InAFolder, memsim, read

SCENARIO = """memsim: 1
title: Small
until: 1s
machine:
  regions: [{name: ram, base: 16MiB, size: 1MiB}]
record: {every: 100ms, probes: [{name: big, size: 64KiB}]}
processes:
  - name: app
    count: 2
    program:
      - forever:
          - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
            as: fd
          - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: {uniform: [4KiB, 100KiB]}}
          - sleep: {exponential: {mean: 200ms}}
          - close: $fd
expect:
  - {end: finished}
"""
# What each needs to do anything at all. A budget, as an attack has no other end.
COMMANDS = {
    "sweep": ["my.yaml"],
    "merge": ["part.db", "-o", "out.db"],
    "branch": ["my.yaml", "--at", "500ms"],
    "when": ["my.yaml", "--probe", "big"],
    "shrink": ["my.yaml", "--keep", "exit 1", "--budget", "3"],
    "attack": ["my.yaml", "--hurt", "allocator/steps", "--budget", "3"],
    "report": ["part.db"],
}
WORDS = ["", " ", "-", "--", "=", ",", "..", "x", "0", "-1", "+7", " 7", "7 ", "0x10", "1.5", "1e3", "nan",
         "18446744073709551616", "9" * 400, "1..", "..1", "1..2", "2..1+1", "0..0*0", "seed=0..9*1", "seed=1..2+0",
         "seed=..", "seed=", "=1", "a=b=c", "policy=", "policy=x", "policy=buddy:", "buddy:=", "buddy:placement",
         "buddy,", "0/0", "1/0", "2/1", "-1/2", "1/2/3", "x=0%", "x=%", "x=-5%", "median(=5%", "share()=5%",
         "machine.regions[99999999999].size=1MiB", "machine.regions[-1].size=1MiB", "machine.regions[].size=1MiB",
         "machine..cpus=1", ".=1", "machine.cpus=[1, 2]", "machine={", "title=&a *a", "expect[0] fails",
         "expect[9] fails", "expect[-1] fails", "exit 9", "record nothing", "app.99", "app*0", "app*-1",
         "app*99999999999999999999", "kill=app spawn=", "policy=tlsf policy=tlsf", "[", "]", "{", "}", "*", "?",
         "**", "%s%n", "$(id)", "`id`", "a\nb", "a\tb", "\x1b[31mred", "\u202e", "\u2603", "\udcff\udcfe",
         "x" * 60_000, "no/such/folder/file", "/", "/dev/full", ".", "..", "text.db", "my.yaml", "depth=0",
         "depth=99999", "nodes=1"]
TURNS = 600
SECONDS = 60


def options_of(command):
    """(option, whether it takes a value), as its help has them."""
    return [(name, bool(value)) for name, value in
            re.findall(r"^  (?:-\w, )?(--[a-z-]+)( [A-Z])?", memsim(command, "--help").stdout, re.M)]


class HostileArguments(InAFolder):
    def setUp(self):
        super().setUp()
        self.cases = {}
        with open(self.path("my.yaml"), "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        with open(self.path("text.db"), "w", encoding="utf-8") as file:
            file.write("no database\n" * 2000)
        os.mkfifo(self.path("fifo"))
        self.assertEqual(memsim("sweep", "my.yaml", "--seeds", "2", "--db", "part.db", cwd=self.folder).returncode, 0)
        self.given = {name: self.bytes_of(name) for name in os.listdir(self.folder) if name != "fifo"}

    def bytes_of(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def try_one(self, command, arguments):
        words = [MEMSIM, command, *COMMANDS[command], *arguments]
        run = subprocess.run(words, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
                             check=False)
        self.assertIn(run.returncode, (0, 1, 2, 3, 4), run.stderr)
        self.assertNotIn(b"\x1b", run.stderr)
        if run.returncode in (2, 4):
            self.assertIn(b"error: ", run.stderr)
        return run.returncode

    def put_back(self):
        """No half of a file is left, and what was there is as it was, but where it was told to be replaced."""
        for name in os.listdir(self.folder):
            self.assertNotIn(".partial", name)
            if name in self.given or name == "fifo":
                continue
            path = self.path(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        for name, content in self.given.items():
            with open(self.path(name), "wb") as file:
                file.write(content)

    def test_words_that_nobody_should_give(self):
        draws = random.Random(17)
        cases = [(command, [option, word]) for command in COMMANDS for option, takes_value in options_of(command)
                 if takes_value for word in WORDS]
        cases += [(command, [word]) for command in COMMANDS for word in WORDS]
        codes = set()
        for command, arguments in draws.sample(cases, TURNS):
            with self.subTest(command=command, arguments=[argument[:80] for argument in arguments]):
                codes.add(self.try_one(command, arguments))
                self.put_back()
        self.assertEqual(codes & {0, 2}, {0, 2})

    def test_options_that_nobody_should_give_together(self):
        draws = random.Random(18)
        for command in COMMANDS:
            options = options_of(command)
            for _ in range(12):
                arguments = []
                for option, takes_value in draws.sample(options, min(4, len(options))):
                    arguments += [option, draws.choice(WORDS)] if takes_value else [option]
                with self.subTest(command=command, arguments=[argument[:80] for argument in arguments]):
                    self.try_one(command, arguments)
                    self.put_back()

    def test_a_scenario_that_is_not_there_is_named(self):
        for command in ("sweep", "branch", "when", "shrink", "attack"):
            words = ["nothing.yaml" if word == "my.yaml" else word for word in COMMANDS[command]]
            more = ["--policy", "tlsf"] if command == "branch" else []
            run = memsim(command, *words, *more, cwd=self.folder)
            self.assertEqual(run.returncode, 4, run.stderr)
            self.assertIn("nothing.yaml", run.stderr)
        self.assertEqual(read(self.path("my.yaml")), SCENARIO)


if __name__ == "__main__":
    unittest.main(argv=["hostile_arguments_test.py", *__import__("sys").argv[3:]])
