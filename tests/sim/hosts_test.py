"""What memsim does on hosts that fail, and with files and programs that are none.

hosts_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

MEMSIM, SOURCE = sys.argv[1:3]

SCENARIO = """memsim: 1
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 4MiB}
processes:
  - name: first
    program:
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 12KiB}
      - sleep: 1s
"""
# As much bookkeeping as one likes: a process for each of so many.
HUNGRY = """memsim: 1
limits: {processes: 2000000}
processes:
  - {name: many, count: 1500000, program: [{sleep: 100s}]}
"""


class Hosts(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="memsim_hosts_")
        self.addCleanup(directory.cleanup)
        self.root = directory.name

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def memsim(self, *arguments, code=0, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        result = subprocess.run([MEMSIM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=60, check=False, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def test_what_is_no_regular_file_is_refused_at_once(self):
        fifo = self.path("pipe.yaml")
        os.mkfifo(fifo)
        os.mkfifo(self.path("my.baseline"))
        os.mkfifo(self.path("sizes.csv"))
        self.write("my.yaml", SCENARIO)
        self.write("csv.yaml", SCENARIO.replace("12KiB", "{csv: {file: sizes.csv}}"))
        for command in ("run", "validate", "check", "map", "graph"):
            self.assertIn("no regular file", self.memsim(command, fifo, code=2).stderr)
        self.assertIn("no regular file", self.memsim("run", "/dev/zero", code=2).stderr)
        self.assertIn("no regular file", self.memsim("check", self.path("my.yaml"), code=2).stderr)
        self.assertIn("no regular file", self.memsim("run", self.path("csv.yaml"), code=2).stderr)

    def test_a_baseline_that_is_a_dangling_link_is_a_baseline(self):
        self.write("my.yaml", SCENARIO)
        os.symlink("nowhere", self.path("my.baseline"))
        self.assertIn("a link of this name that leads nowhere", self.memsim("check", self.root, code=4).stderr)

    def test_a_program_that_says_nothing_is_ended(self):
        self.write("my.yaml", SCENARIO)
        silent = self.write("silent", "#!/bin/sh\nsleep 1000\n", 0o755)
        started = time.monotonic()
        self.assertIn("it was ended after 10 s", self.memsim("check", "--against", silent, self.root, code=4).stderr)
        self.assertLess(time.monotonic() - started, 30)

    def test_a_program_that_fills_the_disk_is_ended(self):
        self.write("my.yaml", SCENARIO)
        os.mkdir(self.path("tmp"))
        endless = self.write("endless", f'#!/bin/sh\n[ "$1" = run ] || exec {MEMSIM} "$@"\nexec yes\n', 0o755)
        result = self.memsim("check", "--against", endless, self.root, code=4,
                             env=dict(os.environ, TMPDIR=self.path("tmp")))
        self.assertIn("it was ended when a file of its output grew over", result.stderr)
        self.assertEqual(os.listdir(self.path("tmp")), [])

    def test_an_interrupted_check_leaves_no_folder_and_no_process(self):
        self.write("my.yaml", SCENARIO)
        os.mkdir(self.path("tmp"))
        slow = self.write("slow", f'#!/bin/sh\n[ "$1" = run ] || exec {MEMSIM} "$@"\n'
                          f"echo $$ > {self.path('pid')}\nsleep 1000\n", 0o755)
        for sent in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen([MEMSIM, "check", "--against", slow, self.root], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=dict(os.environ, TMPDIR=self.path("tmp"))) as process:
                while not os.path.exists(self.path("pid")) or not os.path.getsize(self.path("pid")):
                    time.sleep(0.01)
                process.send_signal(sent)
                process.communicate(timeout=20)
                self.assertEqual(process.returncode, 130)
            self.assertEqual(os.listdir(self.path("tmp")), [])
            with open(self.path("pid"), encoding="utf-8") as file:
                pid = int(file.read())
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)
            os.remove(self.path("pid"))

    def test_an_interrupted_run_tells_what_it_had_come_to(self):
        # A day of a call each microsecond: longer than anybody waits.
        self.write("long.yaml", SCENARIO.replace("- sleep: 1s", "- repeat: {times: 90000000000, do: [{sleep: 1us}]}"))
        for sent in (signal.SIGINT, signal.SIGTERM):
            for arguments in (["run", "--out", self.path(f"out{sent}")], ["run", "--json"], ["map"], ["graph"]):
                with subprocess.Popen([MEMSIM, *arguments, self.path("long.yaml")], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                    time.sleep(0.5)
                    process.send_signal(sent)
                    out, error = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 130, error)
                self.assertTrue(out, arguments)
                if arguments == ["run", "--json"]:
                    self.assertEqual(json.loads(out)["end"]["reason"], "interrupted")
            with open(self.path(f"out{sent}/summary.json"), encoding="utf-8") as file:
                self.assertEqual(json.load(file)["end"]["reason"], "interrupted")

    def test_an_interrupted_campaign_shows_no_half_result(self):
        self.write("long.yaml", SCENARIO.replace("- sleep: 1s", "- repeat: {times: 90000000000, do: [{sleep: 1us}]}"))
        for arguments in (["compare", "--policy", "buddy", "--policy", "tlsf"], ["run", "--seeds", "3"], ["check"]):
            with subprocess.Popen([MEMSIM, *arguments, self.path("long.yaml")], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
                out, error = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 130, error)
            self.assertIn("interrupted", error + out)

    def test_review_does_not_ask_for_ever(self):
        self.write("my.yaml", SCENARIO)
        with open("/dev/zero", "rb") as zeroes:
            self.assertIn("no end", self.memsim("check", "--review", self.root, code=4, stdin=zeroes).stderr)
        with subprocess.Popen(["yes", "perhaps"], stdout=subprocess.PIPE) as perhaps:
            result = self.memsim("check", "--review", self.root, code=2, stdin=perhaps.stdout)
            perhaps.kill()
        self.assertIn("no answer for --review", result.stderr)

    def limited(self, megabytes):
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    def test_memory_that_runs_out_is_the_hosts_failure_and_names_the_scenario(self):
        self.write("hungry.yaml", HUNGRY)
        for arguments in (["run"], ["check"], ["check", "--jobs", "4"],
                          ["compare", "--policy", "buddy", "--policy", "tlsf", "--jobs", "1"],
                          ["compare", "--policy", "buddy", "--policy", "tlsf", "--jobs", "4"]):
            error = self.memsim(*arguments, self.path("hungry.yaml"), code=4, preexec_fn=self.limited(400)).stderr
            self.assertIn("out of memory", error)
            self.assertIn("hungry.yaml", error)

    def test_one_scenario_that_needs_too_much_does_not_take_the_others_along(self):
        self.write("hungry.yaml", HUNGRY)
        self.write("my.yaml", SCENARIO + "expect: [{end: finished}]\n")
        text = self.memsim("check", "--jobs", "1", self.root, code=4, preexec_fn=self.limited(400)).stdout
        self.assertIn("2 scenarios: 1 passed, 1 broken", text)

    def test_there_is_always_a_word_however_little_memory_there_is(self):
        self.write("my.yaml", SCENARIO)
        for megabytes in range(8, 100, 4):  # with less the host cannot even map the program
            result = subprocess.run([MEMSIM, "run", self.path("my.yaml")], stdin=subprocess.DEVNULL, check=False,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    preexec_fn=self.limited(megabytes))
            # 127: the host could not even load the program's libraries.
            self.assertIn(result.returncode, (0, 4, 127), result.stderr)

    def test_git_bisect_is_told_what_cannot_be_judged(self):
        self.write("good.yaml", SCENARIO + "expect: [{end: finished}]\n")
        self.write("bad.yaml", SCENARIO + "expect: [{end: deadlock}]\n")
        self.write("wrong.yaml", "memsim: 1\nnonsense: 1\n")
        self.memsim("check", "--bisect", self.path("good.yaml"))
        self.memsim("check", "--bisect", self.path("bad.yaml"), code=1)
        self.memsim("check", "--bisect", self.path("wrong.yaml"), code=125)
        self.memsim("check", "--bisect", self.path("good.yaml"), self.path("wrong.yaml"), code=125)
        self.memsim("check", "--bisect", self.root, code=1)
        self.memsim("check", "--bisect", self.path("missing.yaml"), code=125)

    def test_one_scenario_among_many_is_accepted_by_its_name(self):
        for name in ("a.yaml", "b.yaml"):
            self.write(name, SCENARIO)
        self.memsim("check", "--accept", "b", self.root)
        self.assertEqual([name for name in sorted(os.listdir(self.root)) if name.endswith("baseline")], ["b.baseline"])
        self.assertIn("no such scenario", self.memsim("check", "--accept", "c", self.root, code=2).stderr)
        self.memsim("check", "--accept", "a.yaml", "--seed", "3", self.root, code=2)

    def test_files_that_are_passed_over_are_named(self):
        self.write("my.yaml", SCENARIO)
        self.write("typo.yaml", SCENARIO.replace("memsim", "mensim"))
        result = self.memsim("check", "--json", self.root)
        self.assertIn("passed over, for want of a key 'memsim': " + self.path("typo.yaml"), result.stderr)
        self.assertEqual(json.loads(result.stdout)["passed_over"], [self.path("typo.yaml")])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
