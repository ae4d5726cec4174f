"""memsim sweep and merge: resumed, in parts, on several threads, and with what is none of theirs.

sweep_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import csv
import io
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from sweep_scenario import DESIGN, SCENARIO, SIZE

MEMSIM, SOURCE = sys.argv[1:3]


class Sweeps(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="memsim_sweep_")
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.scenario = self.write("my.yaml", SCENARIO)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def bytes_of(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def memsim(self, *arguments, code=0, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        result = subprocess.run([MEMSIM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=120, check=False, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def sweep(self, *arguments, code=0):
        return self.memsim("sweep", self.scenario, *arguments, code=code)

    def refused(self, *arguments, says, code=2):
        result = self.sweep(*arguments, code=code)
        self.assertIn(says, result.stderr)
        self.assertEqual(result.stdout, "")

    def exports(self, *arguments):
        return [self.sweep(*arguments, *form).stdout
                for form in (["--format", "csv"], ["--format", "json"], ["--format", "text"], ["--format", "markdown"])]

    def test_the_results_are_the_same_whatever_the_number_of_jobs_and_with_or_without_a_database(self):
        one = self.exports(*DESIGN, "--jobs", "1")
        self.assertEqual(one, self.exports(*DESIGN, "--jobs", "2", "--db", self.path("two.db")))
        self.assertEqual(one, self.exports(*DESIGN, "--jobs", "3", "--db", self.path("two.db")))
        rows = list(csv.DictReader(io.StringIO(one[0])))
        self.assertEqual(len(rows), 120)
        self.assertEqual({row[SIZE] for row in rows}, {"6MiB", "8MiB", "10MiB"})
        self.assertEqual(len(json.loads(one[1])["runs"]), 120)

    def test_a_run_of_a_sweep_is_the_run_that_memsim_run_makes(self):
        rows = list(csv.DictReader(io.StringIO(self.sweep(*DESIGN, "--format", "csv").stdout)))
        for row in rows[::37]:
            run = self.memsim("run", "--quiet", "--set", f"{SIZE}={row[SIZE]}", "--policy", row["policy"], "--seed",
                              row["seed"], self.scenario)
            self.assertEqual(run.stdout.split()[0], row["fingerprint"])

    def kill_at_random_moments(self, kills, *arguments):
        draws = random.Random(2026)
        killed = 0
        while killed < kills:
            with subprocess.Popen([MEMSIM, "sweep", self.scenario, *arguments], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(draws.uniform(0.0, 0.12))
                process.send_signal(draws.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT]))
                if process.wait(timeout=60) == 0:
                    return killed
            killed += 1
        return killed

    def test_a_sweep_that_is_killed_again_and_again_ends_with_the_same_bytes(self):
        longer = [*DESIGN, "--jobs", "2", "--set", "until=120s"]
        whole = self.exports(*longer)
        self.kill_at_random_moments(40, *longer, "--db", self.path("killed.db"))
        self.assertEqual(whole, self.exports(*longer, "--db", self.path("killed.db")))

    def test_what_was_done_is_kept_when_a_sweep_is_interrupted_and_not_done_again(self):
        arguments = [*DESIGN, "--db", self.path("my.db"), "--jobs", "1", "--set", "until=4000s"]
        with subprocess.Popen([MEMSIM, "sweep", self.scenario, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, error)
        self.assertEqual(out, "")
        self.assertIn("the same command goes on", error)
        with sqlite3.connect(self.path("my.db")) as database:
            done = database.execute("SELECT count(*) FROM runs").fetchone()[0]
        self.assertGreater(done, 0)
        self.assertIn(f"{120 - done} of them made now", self.sweep(*arguments, "--shard", "1/1").stdout)

    def test_shards_come_together_in_any_order_and_may_overlap(self):
        whole = self.exports(*DESIGN)
        shards = []
        for number in range(1, 6):
            shards.append(self.path(f"part{number}.db"))
            self.sweep(*DESIGN, "--shard", f"{number}/5", "--db", shards[-1])
        shards.append(self.path("again.db"))
        self.sweep(*DESIGN, "--shard", "2/3", "--db", shards[-1])
        random.Random(1).shuffle(shards)
        merged = self.memsim("merge", *shards, "-o", self.path("all.db")).stdout
        self.assertIn("120 of 120 runs, 40 of them in several files, and alike", merged)
        self.assertEqual(whole, self.exports(*DESIGN, "--db", self.path("all.db")))

    def test_a_shard_that_is_missing_is_named(self):
        self.sweep(*DESIGN, "--shard", "1/2", "--db", self.path("one.db"))
        merged = self.memsim("merge", self.path("one.db"), "-o", self.path("all.db"), code=1).stdout
        self.assertIn("60 of 120 runs", merged)
        self.assertIn("missing: seed 7, size=6MiB tlsf\n", merged)
        self.assertIn("and 55 more", merged)
        self.assertEqual(self.exports(*DESIGN), self.exports(*DESIGN, "--db", self.path("all.db")))

    def test_shards_that_do_not_belong_together_are_refused(self):
        self.sweep("--seeds", "2", "--db", self.path("one.db"))
        self.sweep("--seeds", "2", "--set", "until=30s", "--db", self.path("other.db"))
        error = self.memsim("merge", self.path("one.db"), self.path("other.db"), "-o", self.path("all.db"),
                            code=2).stderr
        self.assertIn("another scenario, its options or version", error)
        self.assertEqual(sorted(os.listdir(self.root)), ["my.yaml", "one.db", "other.db"])

    def test_runs_that_differ_are_refused(self):
        for name in ("one.db", "other.db"):
            self.sweep("--seeds", "2", "--db", self.path(name))
        with sqlite3.connect(self.path("other.db")) as database:
            database.execute("UPDATE runs SET records = records + 1 WHERE seed = 8")
        error = self.memsim("merge", self.path("one.db"), self.path("other.db"), "-o", self.path("all.db"),
                            code=2).stderr
        self.assertIn("its run of seed 8 differs", error)
        self.assertFalse(os.path.exists(self.path("all.db")))

    def test_a_merge_replaces_nothing_unless_told(self):
        self.sweep("--seeds", "2", "--db", self.path("one.db"))
        self.write("all.db", "mine")
        self.assertIn("exists", self.memsim("merge", self.path("one.db"), "-o", self.path("all.db"), code=2).stderr)
        self.assertIn("to be read and to be written",
                      self.memsim("merge", self.path("one.db"), "-o", self.path("one.db"), "-f", code=2).stderr)
        self.memsim("merge", self.path("one.db"), "-o", self.path("all.db"), "-f")
        self.sweep("--seeds", "2", "--db", self.path("all.db"))

    def test_results_of_another_scenario_or_version_or_build_do_not_mix(self):
        database = self.path("my.db")
        self.sweep("--seeds", "2", "--db", database)
        self.refused("--seeds", "2", "--db", database, "--set", "until=30s", says="another scenario")
        self.refused("--seeds", "2", "--db", database, "--seed", "9", says="another scenario")
        self.write("my.yaml", SCENARIO.replace("count: 12", "count: 13"))
        self.refused("--seeds", "2", "--db", database, says="another scenario")
        self.write("my.yaml", SCENARIO)
        with sqlite3.connect(database) as opened:
            opened.execute("UPDATE runs SET fingerprint = '0123456789abcdef'")
        self.refused("--seeds", "3", "--db", database, says="another build of memsim")
        with sqlite3.connect(database) as opened:
            opened.execute("UPDATE store SET value = '0.0.9' WHERE key = 'version'")
        self.refused("--seeds", "2", "--db", database, says="runs of memsim 0.0.9")

    def test_a_file_that_the_scenario_reads_is_part_of_it(self):
        self.write("sizes.csv", "size\n4KiB\n12KiB\n")
        self.write("my.yaml", SCENARIO.replace("{uniform: [4KiB, 800KiB]}", "{csv: {file: sizes.csv}}"))
        self.sweep("--db", self.path("my.db"))
        self.write("sizes.csv", "size\n4KiB\n16KiB\n")
        self.refused("--db", self.path("my.db"), says="another scenario")

    def test_the_same_scenario_in_another_folder_goes_on(self):
        self.sweep("--seeds", "2", "--db", self.path("my.db"))
        os.mkdir(self.path("elsewhere"))
        os.rename(self.scenario, self.path("elsewhere/other.yaml"))
        self.memsim("sweep", self.path("elsewhere/other.yaml"), "--seeds", "3", "--db", self.path("my.db"))

    def test_a_larger_design_takes_what_is_there(self):
        self.sweep("--seeds", "5", "--db", self.path("my.db"))
        text = self.sweep("--seeds", "8", "--shard", "1/1", "--db", self.path("my.db")).stdout
        self.assertIn("8 runs are in", text)
        self.assertIn("3 of them made now", text)
        smaller = self.sweep("--seeds", "5", "--format", "csv").stdout
        self.assertEqual(smaller, self.sweep("--seeds", "5", "--format", "csv", "--db", self.path("my.db")).stdout)

    def test_the_sentence_that_people_come_for(self):
        text = self.sweep("--seeds", "40", "--at", "10s").stdout
        self.assertRegex(text, r"After 10 s a contiguous 1 MiB is granted with probability \.\d+ \(\.\d+ to [.\d]+\)")
        row = list(csv.DictReader(io.StringIO(
            self.sweep("--seeds", "40", "--at", "10s", "--format", "csv", "--table", "survival").stdout)))[0]
        runs = csv.DictReader(io.StringIO(self.sweep("--seeds", "40", "--format", "csv").stdout))
        first = [run["probe/big/first_failure_ns"] for run in runs]
        granted = sum(not time or int(time) > 10_000_000_000 for time in first)
        self.assertAlmostEqual(float(row["granted"]), granted / 40)  # nothing is censored before the end

    def test_a_design_from_elsewhere(self):
        design = self.write("design.csv", f"policy,{SIZE}\nbuddy,8MiB\n\"tlsf\",\nbuddy,6MiB\n")
        rows = list(csv.DictReader(io.StringIO(self.sweep("--design", design, "--format", "csv").stdout)))
        self.assertEqual([(row["policy"], row[SIZE]) for row in rows],
                         [("buddy", "8MiB"), ("tlsf", ""), ("buddy", "6MiB")])
        self.write("design.csv", "policy\nbuddy\nbuddy\n")
        self.refused("--design", design, says="design.csv:3:1: error: this variation is there twice")
        self.write("design.csv", "policy\nbuddy,1\n")
        self.refused("--design", design, says="2 cells where the first line has 1")
        self.write("design.csv", "nonsense\n1\n")
        self.refused("--design", design, says="nonsense")

    def test_a_sample_takes_each_value_equally_often(self):
        listed = self.sweep("--vary", "machine.cpus=1..4+1", "--vary", "seed=1..100+1", "--sample", "8",
                            "--dry-run").stdout.splitlines()
        self.assertEqual(listed[0], "8 variations under 1 seed each: 8 runs")
        for cpus in range(1, 5):
            self.assertEqual(sum(f"cpus={cpus} " in line for line in listed), 2)

    def test_seeds_are_added_until_it_is_precise_or_given_up(self):
        until = ["--until-precise", "share(probe/big/first_failure_ns)=15%", "--max-seeds"]
        text = self.sweep(*until, "200").stdout
        seeds = int(re.search(r"under (\d+) seeds", text)[1])
        self.assertTrue(10 < seeds < 100, seeds)
        self.assertIn("12 seeds did not suffice", self.sweep(*until, "12").stdout)
        self.assertEqual(text, self.sweep(*until, "200", "--db", self.path("my.db")).stdout)
        self.assertEqual(text, self.sweep(*until, "200", "--db", self.path("my.db")).stdout)
        self.refused("--until-precise", "nonsense=5%", says="no run has a measure 'nonsense'")

    def test_what_was_varied_and_matters_is_told(self):
        rows = list(csv.DictReader(io.StringIO(
            self.sweep("--vary", "machine.cpus=1,2", "--vary", f"{SIZE}=6MiB,16MiB", "--seeds", "5", "--format", "csv",
                       "--table", "sensitivity", "--measure", "region/*/largest_free_run_frames/min").stdout)))
        shares = {row["axis"]: float(row["share"]) for row in rows}
        self.assertGreater(shares[SIZE], 0.5)
        self.assertLess(shares["machine.cpus"], 0.1)
        self.assertAlmostEqual(sum(shares.values()), 1)

    def test_runs_that_reach_a_cap_are_results(self):
        rows = list(csv.DictReader(io.StringIO(
            self.sweep("--set", "limits.events=100", "--seeds", "2", "--format", "csv").stdout)))
        self.assertEqual([row["ended"] for row in rows], ["event_cap", "event_cap"])

    def test_more_than_a_million_runs_need_a_word(self):
        many = ["--vary", "seed=1..1000+1", "--seeds", "1001", "--dry-run"]
        self.refused(*many, says="--many")
        self.assertIn("1001000 runs", self.sweep(*many, "--many").stdout)

    def test_wrong_words_are_told(self):
        for arguments, says in (
                (["--vary", "nonsense"], "PATH=VALUE"), (["--vary", "machine.cpus=1..2"], "FIRST..LAST"),
                (["--vary", "machine.cpus=4..1+1"], "ends before it begins"),
                (["--vary", "machine.cpus=0..8*2"], "does not get on"),
                (["--vary", "machine.cpus=1..18446744073709551615+1"], "more than 100000 values"),
                (["--vary", "machine.cpus=1KiB..4s+1"], "two numbers"),
                (["--vary", "machine.cpus=1", "--vary", "machine.cpus=2"], "varied twice"),
                (["--vary", "machine.cpsu=1,2"], "did you mean 'cpus'"), (["--policy", "budy"], "buddy"),
                (["--sample", "3"], "--vary"), (["--vary", "seed=1,2", "--sample", "0"], "--sample"),
                (["--vary", "seed=1,2", "--sample", "x"], "--sample"), (["--seeds", "0"], "--seeds"),
                (["--shard", "0/3", "--db", "x"], "--shard"), (["--shard", "4/3", "--db", "x"], "--shard"),
                (["--shard", "1", "--db", "x"], "--shard"), (["--shard", "1/2"], "--db"), (["--db", ""], "--db"),
                (["--shard", "1/99999999999999999999", "--db", "x"], "--shard"),
                (["--at", "soon"], "--at"), (["--format", "xml"], "markdown"), (["--table", "x"], "survival"),
                (["--table", "curves"], "--format csv"), (["--json", "--format", "csv"], "exclude"),
                (["--until-precise", "x"], "MEASURE=PERCENT%"), (["--until-precise", "x=0%"], "MEASURE=PERCENT%"),
                (["--until-precise", "x=5%", "--shard", "1/2", "--db", "x"], "--shard"),
                (["--max-seeds", "3"], "goes with"),
                (["--measure", "nonsense"], "no run has a measure"), (["--jobs", "0"], "--jobs"),
                (["--design", self.path("nothing.csv")], "nothing.csv"),
                (["--design", self.scenario, "--vary", "seed=1"], "--design"), (["--db", self.root], "is a directory")):
            with self.subTest(arguments=arguments):
                code = 4 if says in ("nothing.csv", "is a directory") else 2
                error = self.sweep(*arguments, code=code).stderr
                self.assertIn(says, error)
        self.assertEqual(os.listdir(self.root), ["my.yaml"])

    def test_what_is_no_database_of_ours_is_left_as_it_is(self):
        foreign = self.path("foreign.db")
        with sqlite3.connect(foreign) as database:
            database.execute("CREATE TABLE mine(x)")
        os.mkfifo(self.path("fifo"))
        for name, text in (("text.db", "this is a text\n" * 100), ("foreign.db", None), ("fifo", None)):
            if text:
                self.write(name, text)
            before = None if name == "fifo" else self.bytes_of(name)
            self.refused("--db", self.path(name), says=name)
            self.assertIn(name, self.memsim("merge", self.path(name), "-o", self.path("out.db"), code=2).stderr)
            if before is not None:
                self.assertEqual(self.bytes_of(name), before)
        self.assertFalse(os.path.exists(self.path("out.db")))

    def test_results_of_another_format_are_refused_with_what_to_do(self):
        self.sweep("--seeds", "2", "--db", self.path("my.db"))
        with sqlite3.connect(self.path("my.db")) as database:
            database.execute("PRAGMA user_version = 1")
        before = self.bytes_of("my.db")
        self.refused("--seeds", "2", "--db", self.path("my.db"), says="its results are of format 1, and this memsim")
        self.assertIn("run the sweep again into another file",
                      self.memsim("merge", self.path("my.db"), "-o", self.path("all.db"), code=2).stderr)
        self.assertEqual(self.bytes_of("my.db"), before)

    def test_rows_without_end_are_not_waited_for(self):
        self.sweep("--seeds", "2", "--db", self.path("my.db"))
        with sqlite3.connect(self.path("my.db")) as database:
            columns = [column[1] for column in database.execute("PRAGMA table_info(runs)")]
            database.execute("DROP VIEW measured")
            database.execute("DROP TABLE runs")
            database.execute("CREATE VIEW runs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                             f" SELECT {', '.join(f'i AS {column}' for column in columns)} FROM n")
        self.refused("--seeds", "2", "--db", self.path("my.db"), says="it lacks a table")
        merged = self.memsim("merge", self.path("my.db"), "-o", self.path("all.db"), code=2)
        self.assertIn("it lacks a table", merged.stderr)

    def test_a_quick_run_is_kept_soon_though_the_next_takes_long(self):
        with subprocess.Popen([MEMSIM, "sweep", self.scenario, "--vary", "until=1s,100000h", "--jobs", "1", "--db",
                               self.path("my.db")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            kept = 0
            for _ in range(300):
                time.sleep(0.1)
                with sqlite3.connect(self.path("my.db")) as database:
                    there = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
                    kept = database.execute("SELECT count(*) FROM runs").fetchone()[0] if there else 0
                if kept or process.poll() is not None:
                    break
            is_under_way = process.poll() is None
            process.kill()
        self.assertEqual((kept, is_under_way), (1, True))

    def test_a_shard_that_is_damaged_is_named(self):
        self.sweep(*DESIGN, "--db", self.path("good.db"))
        damaged = bytearray(self.bytes_of("good.db"))
        damaged[32768:] = b"\xff" * (len(damaged) - 32768)
        with open(self.path("bad.db"), "wb") as file:
            file.write(damaged)
        error = self.memsim("merge", self.path("bad.db"), "-o", self.path("out.db"), code=2).stderr
        self.assertIn("bad.db: ", error)
        self.assertFalse(os.path.exists(self.path("out.db")))

    def test_a_damaged_database_is_told_and_never_crashes(self):
        self.sweep(*DESIGN, "--db", self.path("good.db"))
        good = self.bytes_of("good.db")
        draws = random.Random(4)
        for _ in range(40):
            damaged = bytearray(good)
            for _ in range(draws.choice([1, 20, 2000])):
                damaged[draws.randrange(len(damaged))] = draws.randrange(256)
            damaged = damaged[:draws.choice([len(damaged), draws.randrange(len(damaged))])]
            with open(self.path("bad.db"), "wb") as file:
                file.write(damaged)
            for arguments in (["sweep", self.scenario, *DESIGN, "--db", self.path("bad.db"), "--format", "csv"],
                              ["merge", self.path("bad.db"), "-f", "-o", self.path("out.db")]):
                result = subprocess.run([MEMSIM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        timeout=120, check=False)
                self.assertIn(result.returncode, (0, 1, 2, 4), result.stderr)
            for tail in ("", "-journal"):
                if os.path.exists(self.path("bad.db" + tail)):
                    os.remove(self.path("bad.db" + tail))

    def test_rows_that_somebody_wrote_by_hand_are_told(self):
        for change in ("measures = '[]'", "measures = '{\"x\": 1}'", "measures = '['", "measures = x'00ff'",
                       "measures = replace(measures, ']', ',1]')", "measures = replace(measures, ',', ',x')",
                       "layout = 99", "failed = '1'", "fingerprint = 'no'", "ended = 'never'", "end_time_ns = -1",
                       "unseed = ''"):
            self.sweep("--seeds", "2", "--db", self.path("my.db"))
            with sqlite3.connect(self.path("my.db")) as database:
                database.execute(f"UPDATE runs SET {change} WHERE seed = 8")
            self.refused("--seeds", "2", "--db", self.path("my.db"), says="seed 8 is damaged")
            self.assertIn("damaged", self.memsim("merge", self.path("my.db"), "-o", self.path("o.db"), code=2).stderr)
            os.remove(self.path("my.db"))

    def test_anybody_can_read_the_database(self):
        self.sweep("--vary", "policy=buddy,tlsf", "--seeds", "3", "--db", self.path("my.db"))
        with sqlite3.connect(self.path("my.db")) as database:
            rows = database.execute(
                "SELECT v.name, m.seed, m.value FROM measured m JOIN variations v ON v.id = m.variation"
                " WHERE m.name = 'probe/big/failures' ORDER BY 1, 2").fetchall()
            self.assertEqual([row[:2] for row in rows], [(name, seed) for name in ("buddy", "tlsf")
                                                       for seed in (7, 8, 9)])
            self.assertTrue(all(isinstance(row[2], int) for row in rows))
            exported = json.loads(self.sweep("--vary", "policy=buddy,tlsf", "--seeds", "3", "--format", "json").stdout)
            stored = {(variation, seed, name): value for variation, seed, name, value in database.execute(
                "SELECT variation, seed, name, value FROM measured")}
            self.assertEqual(stored, {(run["variation"] + 1, run["seed"], name): value for run in exported["runs"]
                                      for name, value in run["measures"].items()})
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_pandas_reads_it(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("no pandas on this host")
        self.sweep("--seeds", "3", "--db", self.path("my.db"))
        with sqlite3.connect(self.path("my.db")) as database:
            self.assertEqual(list(pandas.read_sql("SELECT * FROM runs", database)["seed"]), [7, 8, 9])
            table = pandas.read_sql("SELECT * FROM measured", database).pivot(index="seed", columns="name",
                                                                              values="value")
            self.assertEqual(list(table.index), [7, 8, 9])
            self.assertIn("probe/big/failures", table.columns)

    def test_a_disk_that_is_full_is_told_and_what_fitted_is_kept(self):
        import resource
        limit = 200_000

        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        result = self.memsim("sweep", self.scenario, *DESIGN, "--db", self.path("my.db"), code=4,
                             preexec_fn=little_room)
        self.assertIn("my.db", result.stderr)
        self.assertEqual(self.exports(*DESIGN), self.exports(*DESIGN, "--db", self.path("my.db")))

    def test_a_disk_that_is_full_at_any_moment_leaves_no_half_of_a_run(self):
        import resource
        wanted = self.exports(*DESIGN)
        for limit in range(36_864, 200_000, 12_288):
            def little_room(most=limit):
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            database = self.path(f"{limit}.db")
            subprocess.run([MEMSIM, "sweep", self.scenario, *DESIGN, "--jobs", "4", "--db", database],
                           capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=120,
                           preexec_fn=little_room)
            self.assertEqual(wanted, self.exports(*DESIGN, "--db", database), limit)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
