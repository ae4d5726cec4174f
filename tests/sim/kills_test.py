"""A sweep, and shards of one, killed at random moments: what there is in the end is what an undisturbed sweep gives.

kills_test.py MEMSIM SOURCE_DIR KILLS [unittest options]
"""
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from sweep_scenario import DESIGN, SCENARIO

MEMSIM, SOURCE, KILLS = sys.argv[1], sys.argv[2], int(sys.argv[3])
# So long that some runs are kept for good before the end: what is quick is kept a fifth of a second after it was made.
LONGER = [*DESIGN, "--jobs", "2", "--set", "until=2400s"]


class Kills(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="memsim_kills_")
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.scenario = self.path("my.yaml")
        with open(self.scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        self.draws = random.Random(2026)
        begun = time.monotonic()
        self.memsim("sweep", self.scenario, *LONGER)
        self.takes = time.monotonic() - begun  # as busy as this machine is now
        self.whole = self.export()

    def path(self, name):
        return os.path.join(self.root, name)

    def memsim(self, *arguments):
        result = subprocess.run([MEMSIM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, timeout=240, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def export(self, *arguments):
        return [self.memsim("sweep", self.scenario, *LONGER, *arguments, "--format", form) for form in ("csv", "json")]

    def runs_in(self, database):
        if not os.path.exists(database):
            return 0
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
                return connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        except sqlite3.OperationalError:  # killed before it had its tables
            return 0

    def is_killed(self, *arguments):
        """Starts the sweep and kills it; False where it was done before."""
        with subprocess.Popen([MEMSIM, "sweep", self.scenario, *LONGER, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(self.draws.uniform(0.0, self.takes))
            process.send_signal(signal.SIGKILL)
            return process.wait(timeout=60) != 0

    def test_a_sweep_killed_at_random_moments_ends_with_the_bytes_of_one_that_was_not(self):
        killed, sweeps, moments = 0, 0, set()
        while killed < KILLS:
            database = self.path(f"sweep{sweeps}.db")
            while killed < KILLS and self.is_killed("--db", database):
                killed += 1
                moments.add((sweeps, self.runs_in(database)))
            self.assertEqual(self.export("--db", database), self.whole)
            sweeps += 1
        print(f"{killed} kills, in {sweeps} sweeps, after {len(moments)} different numbers of runs")
        self.assertGreater(len(moments), KILLS // 20)

    def test_shards_killed_at_random_come_together_whatever_overlaps(self):
        parts = [(f"{k}/3", self.path(f"part{k}.db")) for k in (1, 2, 3)]
        parts += [(f"{k}/2", self.path(f"half{k}.db")) for k in (1, 2)]
        for _ in range(max(5, KILLS // 4)):
            shard, database = self.draws.choice(parts)
            self.is_killed("--shard", shard, "--db", database)
        self.draws.shuffle(parts)
        for shard, database in parts:
            self.memsim("sweep", self.scenario, *LONGER, "--shard", shard, "--db", database)
        merged = self.memsim("merge", *(database for _, database in parts), "-o", self.path("all.db"))
        self.assertIn("120 of 120 runs, 120 of them in several files, and alike", merged)
        self.assertEqual(self.export("--db", self.path("all.db")), self.whole)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
