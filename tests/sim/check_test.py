"""What `memsim check` and `memsim compare` promise, tried on the program itself.

check_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

MEMSIM, SOURCE = sys.argv[1:3]
SHIPPED = os.path.join(SOURCE, "scenarios")

SCENARIO = """memsim: 1
title: Two buffers
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 1MiB}
processes:
  - name: first
    program:
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 12KiB}
      - _MEM_OBJ_INFO: {fd: $fd, length: SIZE_MAX}
"""
CHANGED = SCENARIO.replace("size: 12KiB", "size: 20KiB")


def memsim(*arguments, **options):
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([MEMSIM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                          check=False, **options)


class Sandbox(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="memsim_check_")
        self.addCleanup(directory.cleanup)
        self.root = directory.name

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def names(self):
        return sorted(os.listdir(self.root))

    def check(self, *arguments, code=0, **options):
        result = memsim("check", self.root, *arguments, **options)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def three_scenarios(self):
        """One as it was, one changed, one that is wrong."""
        self.write("good.yaml", SCENARIO)
        self.write("worse.yaml", SCENARIO)
        self.check("--update")
        self.write("worse.yaml", CHANGED)
        self.write("wrong.yaml", "memsim: 1\nnonsense: 1\n")


class Check(Sandbox):
    def test_a_scenario_without_judges_is_not_judged(self):
        self.write("my.yaml", SCENARIO)
        result = self.check()
        self.assertIn("not judged  " + self.path("my.yaml"), result.stdout)
        self.assertEqual(self.names(), ["my.yaml"])

    def test_update_writes_baselines_that_pass_from_then_on(self):
        self.write("my.yaml", SCENARIO)
        self.assertIn("updated", self.check("--update").stdout)
        self.assertEqual(self.names(), ["my.baseline", "my.yaml"])
        before = os.stat(self.path("my.baseline")).st_mtime_ns
        self.assertIn("1 scenario: 1 passed", self.check("--update").stdout)
        self.assertEqual(os.stat(self.path("my.baseline")).st_mtime_ns, before)

    def test_a_changed_run_is_told_with_layers_first_difference_and_measures(self):
        self.write("my.yaml", SCENARIO)
        self.check("--update")
        self.write("my.yaml", CHANGED)
        text = self.check(code=1).stdout
        for words in ("differs ", "Layers changed: events, allocator, replies; as before: free_map, measures",
                      "First difference: allocator decision", "First in replies: reply 0 of 1", "Measures: ", "worse "):
            self.assertIn(words, text)

    def test_the_highest_exit_code_wins_and_results_keep_their_order(self):
        self.three_scenarios()
        result = self.check(code=2)
        order = [result.stdout.index(word) for word in ("passed ", "differs ", "broken ")]
        self.assertEqual(order, sorted(order))
        self.assertIn("wrong.yaml:2:1: error", result.stderr)
        self.assertIn("3 scenarios: 1 passed, 1 failed, 1 broken", result.stdout)

    def test_quiet_prints_only_what_did_not_pass(self):
        self.three_scenarios()
        lines = self.check("--quiet", code=2).stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["differs", "broken"])

    def test_json_has_everything(self):
        self.three_scenarios()
        result = json.loads(self.check("--json", code=2).stdout)
        self.assertEqual((result["passed"], result["failed"], result["broken"]), (1, 1, 1))
        good, worse, wrong = result["scenarios"]
        self.assertIsNone(good["difference"])
        self.assertIn(2, [error["line"] for error in wrong["errors"]])
        allocator = next(layer for layer in worse["difference"]["layers"] if layer["layer"] == "allocator")
        self.assertTrue(allocator["first_entry_exact"])
        now = next(entry for entry in allocator["around"] if entry["index"] == allocator["first_entry"])
        self.assertNotEqual(json.loads(now["text"]), json.loads(allocator["text_before"]))

    def test_junit_is_xml_with_a_case_for_each_scenario(self):
        self.three_scenarios()
        self.write("new.yaml", SCENARIO)
        self.check("--junit", self.path("out.xml"), code=2)
        suite = xml.etree.ElementTree.parse(self.path("out.xml")).getroot().find("testsuite")
        self.assertEqual({key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")},
                         {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"})
        self.assertEqual([case.get("name") for case in suite], ["good", "new", "worse", "wrong"])
        failure = suite.find("testcase/failure")
        self.assertIn("differs from its baseline in events", failure.get("message"))
        self.assertIn("First difference", failure.text)

    def test_annotations_name_file_and_line(self):
        self.three_scenarios()
        lines = [line for line in self.check("--annotations", code=2).stdout.splitlines() if line.startswith("::")]
        self.assertIn("worse.yaml,title=memsim check::differs from its baseline", lines[0])
        self.assertTrue(any("wrong.yaml,line=2,col=1," in line for line in lines), lines)

    def test_the_number_of_jobs_changes_no_byte(self):
        self.three_scenarios()
        for form in ([], ["--json"], ["--annotations"]):
            one, four = (memsim("check", self.root, "--jobs", jobs, *form) for jobs in ("1", "4"))
            self.assertEqual(one.stdout, four.stdout)
            self.assertEqual(one.stderr, four.stderr)

    def test_a_hostile_baseline_is_a_diagnostic_with_its_place(self):
        self.write("my.yaml", SCENARIO)
        self.check("--update")
        text = self.read("my.baseline")
        for hostile in ("", "\0" * 1000, "x" * 5_000_000, text.replace("seed 1", "seed -1"), text[:-3],
                        text.replace("records ", "<<<<<<< HEAD\nrecords ")):
            self.write("my.baseline", hostile)
            result = self.check(code=2)
            self.assertIn("my.baseline", result.stderr)
        self.check("--update")
        self.assertEqual(self.read("my.baseline"), text)

    def test_overrides_tell_what_would_change_but_never_become_a_baseline(self):
        self.write("my.yaml", SCENARIO)
        self.check("--update")
        self.assertIn("policy: was buddy, is buddy placement=lowest",
                      self.check("--policy", "buddy:placement=lowest", code=1).stdout)
        for option in (["--seed", "3"], ["--policy", "buddy"], ["--set", "seed=3"], ["--until", "1s"]):
            result = self.check("--update", *option, code=2)
            self.assertIn("no baseline of the scenario", result.stderr)

    def test_options_that_exclude_each_other_are_refused(self):
        self.write("my.yaml", SCENARIO)
        for options in (["--update", "--review"], ["--review", "--json"], ["--json", "--annotations"],
                        ["--jobs", "0"], ["--jobs", "-1"], ["--junit="]):
            self.check(*options, code=2)

    def test_an_unwritable_baseline_is_a_host_failure(self):
        self.write("my.yaml", SCENARIO)
        os.mkdir(self.path("my.baseline"))
        self.assertIn("is a directory", self.check(code=4).stderr)

    def test_unreferenced_lists_and_runs_nothing(self):
        self.write("my.yaml", SCENARIO)
        self.check("--update")
        self.assertEqual(self.check("--unreferenced").stdout, "")
        os.rename(self.path("my.yaml"), self.path("other.yaml"))
        self.assertEqual(self.check("--unreferenced", code=1).stdout, self.path("my.baseline") + "\n")

    def test_progress_is_shown_on_a_terminal_only(self):
        self.three_scenarios()
        parent, child = pty.openpty()
        with subprocess.Popen([MEMSIM, "check", self.root], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=child) as process:
            output, _ = process.communicate(timeout=60)
        os.close(child)
        shown = os.read(parent, 65536)
        os.close(parent)
        self.assertIn(b"check: 3 of 3", shown)
        self.assertEqual(output.decode(), memsim("check", self.root).stdout)


class Review(Sandbox):
    def setUp(self):
        super().setUp()
        for name in ("a.yaml", "b.yaml", "c.yaml"):
            self.write(name, SCENARIO)
        self.check("--update")
        for name in ("a.yaml", "b.yaml", "c.yaml"):
            self.write(name, CHANGED)

    def test_each_change_is_accepted_rejected_or_skipped(self):
        before = {name: self.read(name + ".baseline") for name in "abc"}
        result = self.check("--review", code=1, input="accept\nwhat?\nr\ns\n")
        self.assertIn("1 accepted, 1 rejected, 1 skipped", result.stdout)
        self.assertIn("1 of 3: " + self.path("a.yaml"), result.stdout)
        self.assertIn("First difference", result.stdout)
        kept = [name for name in "abc" if self.read(name + ".baseline") == before[name]]
        self.assertEqual(kept, ["b", "c"])
        self.assertIn("3 scenarios: 1 passed, 2 failed", result.stdout)

    def test_all_accepted_is_well(self):
        self.check("--review", input="a\na\na\n")
        self.check()

    def test_quitting_and_the_end_of_the_input_skip_the_rest(self):
        for text in ("q\n", "", "a"):
            result = self.check("--review", code=1, input=text)
            self.assertRegex(result.stdout, r"[01] accepted, 0 rejected, [23] skipped")

    def test_a_scenario_without_a_baseline_is_asked_about_too(self):
        self.check("--update")
        self.write("d.yaml", SCENARIO)
        self.assertIn("a new baseline", self.check("--review", input="a\n").stdout)
        self.assertIn("d.baseline", self.names())

    def test_nothing_pending_asks_nothing(self):
        self.check("--update")
        self.assertIn("0 accepted, 0 rejected, 0 skipped", self.check("--review", input="").stdout)


class Compare(Sandbox):
    POLICIES = ("--policy", "buddy:placement=lifo", "--policy", "buddy:placement=lowest")

    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(SHIPPED, "camera_day.yaml"), self.root)
        self.scenario = self.path("camera_day.yaml")

    def compare(self, *arguments, code=0):
        result = memsim("compare", self.scenario, "--until", "40s", *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        return result

    def test_one_command_tells_how_long_four_mebibytes_stay_possible(self):
        lines = self.compare(*self.POLICIES).stdout.splitlines()
        row = next(line for line in lines if line.startswith("probe/four_mib/first_failure_ns"))
        self.assertIn("higher", row)
        self.assertTrue(lines[-1].startswith("measures in which it is the best"))

    def test_formats_agree(self):
        arguments = [*self.POLICIES, "--seeds", "2", "--measure", "region/*/free_run_count/mean"]
        table = json.loads(self.compare(*arguments, "--format", "json").stdout)[0]
        row = table["measures"][0]
        values = row["policies"][0]["values"]
        self.assertEqual(len(values), 2)
        self.assertEqual(row["policies"][0]["mean_thousandths"], round(1000 * sum(values) / 2))
        csv = self.compare(*arguments, "--format", "csv").stdout.splitlines()
        self.assertEqual(len(csv), 3)
        self.assertIn(str(row["policies"][1]["difference_thousandths"]), csv[2].split(","))
        markdown = self.compare(*arguments, "--format", "markdown").stdout
        self.assertIn("|---|---|---:|---:|---:|", markdown)

    def test_the_number_of_jobs_changes_no_byte(self):
        one, three = (self.compare(*self.POLICIES, "--seeds", "2", "--jobs", jobs).stdout for jobs in ("1", "3"))
        self.assertEqual(one, three)

    def test_wrong_usage(self):
        for arguments, word in ((["--policy", "buddy"], "two policies"),
                                (["--policy", "buddy", "--policy", "buddy"], "given twice"),
                                (["--policy", "buddy", "--policy", "budy"], "did you mean 'buddy'?"),
                                (["--policy", "buddy", "--policy", "buddy:placement=up"], "placement"),
                                (["--policy", "buddy", "--policy", "buddy:placement"], "NAME:OPTION=VALUE"),
                                ([*self.POLICIES, "--seeds", "0"], "--seeds"),
                                ([*self.POLICIES, "--format", "xml"], "markdown"),
                                ([*self.POLICIES, "--measure", "nothing"], "no run has a measure 'nothing'")):
            self.assertIn(word, self.compare(*arguments, code=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
