"""memsim-mpi with ranks of a real mpirun: the bytes of memsim sweep.

mpi_test.py MEMSIM SOURCE_DIR MEMSIM_MPI MPIRUN [unittest options]
"""
import contextlib
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

MEMSIM, SOURCE, MEMSIM_MPI, MPIRUN = sys.argv[1:5]
# A test may run as root in a container, and on fewer processors than ranks.
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


class Ranks(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="memsim_mpi_")
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.scenario = os.path.join(self.root, "my.yaml")
        with open(self.scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)

    def mpirun(self, ranks, *arguments):
        return [MPIRUN, "-n", str(ranks), "--oversubscribe", "--bind-to", "none", MEMSIM_MPI, *arguments]

    def run_it(self, command, code=0):
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, timeout=120, check=False, env=ENVIRONMENT)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def whole(self, *arguments):
        return self.run_it([MEMSIM, "sweep", self.scenario, *arguments]).stdout

    def test_any_number_of_ranks_gives_the_bytes_of_memsim_sweep(self):
        for form in (["--format", "csv"], ["--format", "json"], []):
            whole = self.whole(*DESIGN, *form)
            for ranks in (1, 2, 3):
                with self.subTest(ranks=ranks, form=form):
                    self.assertEqual(self.run_it(self.mpirun(ranks, "sweep", self.scenario, *DESIGN, *form)).stdout,
                                     whole)

    def test_seeds_are_added_until_it_is_precise(self):
        arguments = ["--policy", "buddy", "--policy", "tlsf", "--format", "csv",
                     "--until-precise", "share(probe/big/first_failure_ns)=12%"]
        self.assertEqual(self.run_it(self.mpirun(3, "sweep", self.scenario, *arguments)).stdout,
                         self.whole(*arguments))

    def runs_in(self, database):
        try:
            with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
                return connection.execute("SELECT count(*) FROM runs").fetchone()[0]
        except sqlite3.OperationalError:  # not there yet, or without its tables
            return 0

    def kill_a_rank_once_more_is_kept(self, command, database, draws):
        """Starts the sweep, waits for a run that was not kept before, and kills a rank; False where it ended first."""
        before = self.runs_in(database)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=ENVIRONMENT) as process:
            while self.runs_in(database) == before and process.poll() is None:
                time.sleep(0.02)
            children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], stdout=subprocess.PIPE,
                                      text=True, check=False).stdout.split()
            if not children:
                return False
            os.kill(int(draws.choice(children)), signal.SIGKILL)
            return process.wait(timeout=60) != 0

    def test_when_a_rank_is_killed_the_same_command_goes_on(self):
        longer = [*DESIGN, "--set", "until=6000s", "--format", "csv"]
        whole = self.whole(*longer)
        database = os.path.join(self.root, "killed.db")
        command = self.mpirun(3, "sweep", self.scenario, *longer, "--db", database)
        draws = random.Random(17)
        killed = sum(self.kill_a_rank_once_more_is_kept(command, database, draws) for _ in range(4))
        self.assertGreater(killed, 0)
        kept = self.runs_in(database)
        self.assertTrue(0 < kept < 120, kept)
        self.assertEqual(self.run_it(command).stdout, whole)

    def test_wrong_words_are_told_once(self):
        for arguments, says in ((["sweep", self.scenario, "--seeds", "x"], "--seeds"),
                                (["sweep", self.scenario, "--jobs", "2"], "ranks are the jobs"),
                                (["sweep", "-"], "give a file"), (["sweep", "/none.yaml"], "/none.yaml"),
                                (["run", self.scenario], "unknown command"), ([], "a command is missing")):
            with self.subTest(arguments=arguments):
                result = self.run_it(self.mpirun(2, *arguments), code=2 if "/none.yaml" not in arguments else 4)
                self.assertEqual(result.stderr.count(says), 1, result.stderr)
                self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
