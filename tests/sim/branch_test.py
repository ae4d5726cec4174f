"""memsim branch, when and shrink, as they are called.

branch_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

MEMSIM, SOURCE = sys.argv[1:3]
TWO_DAYS = os.path.join(SOURCE, "scenarios", "two_days.yaml")
SMALL = ["--set", "machine.regions[0].size=40MiB"]
SMALL_BRANCH = ["--scenario-set", "machine.regions[0].size=40MiB"]


def memsim(*arguments, **options):
    return subprocess.run([MEMSIM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.PIPE, timeout=120, check=False, **options)


class Branches(unittest.TestCase):
    def told(self, *arguments, code=0):
        result = memsim(*arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stderr if code else result.stdout

    def test_the_first_contestant_is_the_run_as_it_is(self):
        branches = json.loads(self.told("branch", TWO_DAYS, *SMALL_BRANCH, "--at", "24h", "--policy", "tlsf",
                                        "--measure", "probe/*", "--json"))[0]
        run = json.loads(self.told("compare", TWO_DAYS, *SMALL, "--policy", "buddy", "--policy", "tlsf", "--measure",
                                   "probe/*", "--json"))[0]
        self.assertEqual([m["policies"][0]["values"] for m in branches["measures"]],
                         [m["policies"][0]["values"] for m in run["measures"]])

    def test_the_number_of_jobs_changes_nothing(self):
        arguments = ["branch", TWO_DAYS, *SMALL_BRANCH, "--at", "12h", "--policy", "tlsf", "--policy", "linux",
                     "--json"]
        self.assertEqual(self.told(*arguments, "--jobs", "1"), self.told(*arguments, "--jobs", "3"))

    def test_each_option_is_a_branch_and_branch_joins_several(self):
        branches = json.loads(self.told(
            "branch", TWO_DAYS, "--until", "3h", "--at", "1h", "--policy", "tlsf", "--set",
            "machine.costs.memmgr_call=9us", "--seed", "7", "--kill", "log", "--spawn", "log*2", "--branch",
            "policy=linux seed=8 kill=log", "--json"))[0]
        names = ["as it is (buddy)", "tlsf", "machine.costs.memmgr_call=9us", "seed 7", "kill log",
                 "spawn log*2", "policy=linux seed=8 kill=log"]
        self.assertEqual([one["policy"] for one in branches["measures"][0]["policies"]], names)

    def test_a_scenario_has_branches_of_its_own(self):
        with open(TWO_DAYS, encoding="utf-8") as file:
            text = file.read() + "branches: {at: 1h, each: [{name: other draws, seed: 3}]}\n"
        with tempfile.TemporaryDirectory(prefix="memsim_branch_") as folder:
            path = os.path.join(folder, "own.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            told = self.told("branch", path, "--until", "2h")
            self.assertIn("One run up to 1 h", told)
            self.assertIn("other draws", told)
            self.assertIn("One run up to 30 min", self.told("branch", path, "--until", "2h", "--at", "30min"))
            self.assertNotIn("other draws", self.told("branch", path, "--until", "2h", "--policy", "tlsf"))

    def test_the_last_grant_is_where_the_probes_begin_to_fail_for_good(self):
        found = json.loads(self.told("when", TWO_DAYS, "--set", "machine.regions[0].size=28MiB", "--probe", "four_mib",
                                     "--json"))
        if found["lost_ns"] is None:
            self.assertFalse(found["granted_at_end"])
            return
        self.assertLess(found["last_granted_ns"], found["lost_ns"])
        self.assertTrue(found["takers"])

    def test_a_scenario_becomes_small_and_still_does_it(self):
        with tempfile.TemporaryDirectory(prefix="memsim_shrink_") as folder:
            small = os.path.join(folder, "small.yaml")
            broken = os.path.join(folder, "broken.yaml")
            with open(TWO_DAYS, encoding="utf-8") as file:
                text = file.read()
            with open(broken, "w", encoding="utf-8") as file:
                file.write(text + "  - {count: failed_allocations, equals: 0}\n")
            self.told("run", broken, *SMALL, code=1)
            result = memsim("shrink", broken, *SMALL, "--keep", "expect[2] fails", "--budget", "300", "-o", small)
            self.assertEqual(result.returncode, 0, result.stderr)
            before, after = re.search(r"from (\d+) lines.* to (\d+) lines", result.stderr).groups()
            self.assertLess(int(after), int(before) / 2)
            self.told("run", small, *SMALL, code=1)
            self.assertEqual(sorted(os.listdir(folder)), ["broken.yaml", "small.yaml"])

    def test_wrong_words_are_told(self):
        for arguments, says in (
                (["branch", TWO_DAYS], "no section branches"), (["branch", TWO_DAYS, "--at", "1h"], "--spawn"),
                (["branch", TWO_DAYS, "--policy", "tlsf"], "--at"),
                (["branch", TWO_DAYS, "--at", "1h", "--set", "machine.cpus=2"], "machine.cpus cannot change"),
                (["branch", TWO_DAYS, "--at", "1h", "--set", "x"], "NAME=VALUE"),
                (["branch", TWO_DAYS, "--at", "1h", "--seed", "x"], "--seed x"),
                (["branch", TWO_DAYS, "--at", "1h", "--kill", "servce"], "service"),
                (["branch", TWO_DAYS, "--at", "1h", "--spawn", "log*x"], "COUNT"),
                (["branch", TWO_DAYS, "--at", "1h", "--branch", "seed=3 x"], "--branch"),
                (["branch", TWO_DAYS, "--at", "1h", "--branch", " "], "something to be different"),
                (["branch", TWO_DAYS, "--at", "soon", "--policy", "tlsf"], "--at"),
                (["branch", TWO_DAYS, "--at", "3000h", "--policy", "tlsf"], "has ended by then"),
                (["branch", TWO_DAYS, "--at", "1h", "--policy", "budy"], "buddy"),
                (["branch", TWO_DAYS, "--at", "1h", "--policy", "buddy:x=1"], "x"),
                (["branch", TWO_DAYS, "--at", "1h", "--policy", "tlsf", "--policy", "tlsf"], "twice"),
                (["branch", TWO_DAYS, "--at", "1h", "--policy", "tlsf", "--measure", "no"], "no run has a measure"),
                (["branch", TWO_DAYS, "--at", "1h", "--policy", "tlsf", "--format", "x"], "markdown"),
                (["when", TWO_DAYS], "--probe"), (["when", TWO_DAYS, "--probe", "x"], "it has four_mib"),
                (["shrink", TWO_DAYS], "--keep"), (["shrink", TWO_DAYS, "--keep", "exit 1"], "is not so"),
                (["shrink", TWO_DAYS, "--keep", "record x"], "frames_allocated"),
                (["shrink", TWO_DAYS, "--keep", "exit 0", "--budget", "x"], "--budget"),
                (["shrink", TWO_DAYS, "--keep", "exit 0", "-o", ""], "--output")):
            with self.subTest(arguments=arguments):
                self.assertIn(says, self.told(*arguments, code=2))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
