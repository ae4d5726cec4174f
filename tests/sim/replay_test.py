"""Recordings through the program: what works on a scenario works on a trace, and on a scenario with a background."""
import json
import os
import sqlite3
import stat
import sys
import unittest

from program import SOURCE, InAFolder, memsim, read

CUT = os.path.join(SOURCE, "traces", "runtimes.trace.xz")
START = os.path.join(SOURCE, "traces", "runtimes.before")

# Four processors' worth of a day: what is taken, what comes back, and what comes back unseen.
DAY = "memsim-trace 1 text\nevents\n"
for i in range(400):
    DAY += f"{1000000 * i % 7000000} A {64 * i:x} {1 + i % 9} {'mur'[i % 3]} {i % 4}\n"
    if i % 2:
        DAY += f"0 F {64 * max(i - 3, 0):x} 1 - 0\n"
DAY += "end\n"

SCENARIO = """memsim: 1
title: a day
machine:
  regions: [{name: ram, base: 16MiB, size: 16MiB}]
record: {every: 100ms, probes: [{name: two_mib, size: 2MiB}]}
background: [{trace: day.trace, name: day}]
expect:
  - {count: failed_allocations, process: procnto, equals: 0}
  - {probe: two_mib, of: failures, max: 1000}
"""


class OnBoth(InAFolder):
    def setUp(self):
        super().setUp()
        with open(self.path("day.trace"), "w", encoding="utf-8") as file:
            file.write(DAY)
        with open(self.path("day.yaml"), "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        self.both = [self.path("day.trace"), self.path("day.yaml")]

    def good(self, *arguments, code=0):
        done = memsim(*arguments)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout

    def test_replay_is_a_run_with_what_became_of_the_recording(self):
        for file in self.both:
            policy = [] if file.endswith("yaml") else ["--policy", "linux"]
            run = json.loads(self.good("run", "--json", *policy, file))
            replayed = json.loads(self.good("replay", "--json", file))
            recording = replayed.pop("recording")
            run["overridden"] = replayed["overridden"]
            self.assertEqual(run, replayed)
            counts = recording["traces"][0]
            self.assertEqual((counts["name"], counts["allocations"], counts["releases"]), ("day", 400, 200))
            self.assertEqual(self.good("run", "--quiet", *policy, file), self.good("replay", "--quiet", file))
            text = self.good("replay", file)
            self.assertIn("Recording day: 600 events, 400 allocations, 200 releases\n", text)
            self.assertIn("unusable index of order 4      9      10\n", text)

    def test_set_memory_every_policy_and_seed_are_those_of_the_run(self):
        for file in self.both:
            options = ["--policy", "tlsf", "--seed", "7", "--set", "machine.cpus=3"]
            short = self.good("replay", "--quiet", file, *options, "--memory", "8MiB", "--every", "50ms")
            long = self.good("run", "--quiet", file, *options, "--set", "machine.regions[0].size=8MiB",
                             "--set", "record.every=50ms")
            self.assertEqual(short, long)
            self.assertNotEqual(short, self.good("replay", "--quiet", file))

    def test_out_db_report_and_perfetto(self):
        for file in self.both:
            out = self.path("out-" + os.path.basename(file))
            self.good("replay", file, "--out", out, "--records", "--db", self.path("runs.db"),
                      "--perfetto", self.path("run.pftrace"), "--force")
            self.assertEqual(sorted(os.listdir(out)), ["calls.csv", "records.jsonl", "replies.jsonl", "series.csv",
                                                       "summary.json"])
            self.assertGreater(read(os.path.join(out, "series.csv")).count("\n"), 3)
            self.assertIn('"background day"', read(os.path.join(out, "records.jsonl")))
        runs = sqlite3.connect(self.path("runs.db")).execute("select count(*) from runs").fetchone()[0]
        self.assertEqual(runs, 2)

    def test_compare_and_seeds(self):
        for file in self.both:
            told = json.loads(self.good("compare", file, "--policy", "buddy", "--policy", "linux", "--json"))
            self.assertIn("linux", json.dumps(told))
            self.assertIn("allocations/failed", json.dumps(told))
            share = ["--seeds", "2", "--set", "background[0].share_percent=50"]
            self.assertEqual(self.good("replay", file, *share, "--policy", "tlsf"),
                             self.good("run", file, *share, "--policy", "tlsf"))
        failed = memsim("replay", self.both[0], "--seeds", "2", "--against", START)
        self.assertEqual(failed.returncode, 2)
        self.assertIn("--against is of one", failed.stderr)

    def test_check_keeps_a_baseline(self):
        for file in self.both:
            self.good("check", "--update", file)
            self.good("check", "--require-baselines", file)
            changed = memsim("check", file, "--policy", "tlsf")
            self.assertEqual(changed.returncode, 1, changed.stdout + changed.stderr)

    def test_an_expectation_that_does_not_hold_is_told(self):
        failed = memsim("replay", self.both[1], "--set", "expect[1].max=0", "--memory", "5MiB")
        self.assertEqual(failed.returncode, 1, failed.stdout + failed.stderr)
        self.assertIn("two_mib", failed.stderr)

    def test_map_shows_it(self):
        for file in self.both:
            told = json.loads(self.good("map", "--json", file))
            self.assertGreater(sum(told["regions"][0]["rows"][-1]["taken_frames"]), 100)

    def test_branch_and_when(self):
        for file in self.both:
            told = self.good("branch", file, "--at", "200ms", "--policy", "tlsf", "--policy", "linux")
            self.assertIn("linux", told)
        told = self.good("when", self.both[1], "--probe", "two_mib", "--set", "machine.regions[0].size=8MiB")
        self.assertIn("two_mib", told)


class WhatIsNoFile(InAFolder):
    def setUp(self):
        super().setUp()
        self.pipe = self.path("pipe")
        os.mkfifo(self.pipe)
        self.reader = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, self.reader)

    def test_a_trace_goes_through_a_pipe(self):
        with open(self.path("day.trace"), "w", encoding="utf-8") as file:
            file.write(DAY)
        done = memsim("import", "trace", self.path("day.trace"), "-o", self.pipe)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.read(self.reader, 14).startswith(b"memsim-trace 1"))
        self.assertTrue(stat.S_ISFIFO(os.stat(self.pipe).st_mode))

    def test_what_must_be_whole_replaces_none(self):
        scenario = os.path.join(SOURCE, "scenarios", "mem_obj_info.yaml")
        self.assertNotEqual(memsim("run", scenario, "--perfetto", self.pipe).returncode, 0)
        self.assertTrue(stat.S_ISFIFO(os.stat(self.pipe).st_mode))


class FromAStart(InAFolder):
    def test_start_and_against_are_of_the_run(self):
        replayed = memsim("replay", CUT, "--start", START, "--against", START, "--json")
        self.assertEqual(replayed.returncode, 0, replayed.stderr)
        told = json.loads(replayed.stdout)
        comparison = told["recording"]["comparison"]
        self.assertEqual(comparison["against"], START)
        self.assertGreater(comparison["positions"], 30000)
        self.assertGreater(told["recording"]["traces"][0]["same_place"], 20000)
        same = memsim("run", CUT, "--quiet", "--set", "machine.start.lists=runtimes.before", "--policy", "linux")
        self.assertEqual(same.stdout.split()[0], told["fingerprint"].removeprefix("0x"))

    def test_compare_from_a_start(self):
        done = memsim("compare", CUT, "--set", "machine.start.lists=runtimes.before", "--policy", "linux",
                      "--policy", "buddy", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_cap_on_a_trace_can_be_raised(self):
        failed = memsim("replay", CUT, "--cap", "trace_events=1000")
        self.assertEqual(failed.returncode, 2)
        self.assertIn("more than 1000 events", failed.stderr)
        self.assertIn("--cap trace_events=N", failed.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
