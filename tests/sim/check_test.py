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


# Many small objects one after the other, then one whose place depends on the policy's placement.
LATE = """memsim: 1
machine:
  regions:
    - {name: memory/ram/sysram, base: 16MiB, size: 4MiB}
processes:
  - name: late
    program:
      - repeat:
          times: 800
          do:
            - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
              as: fd
            - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 4KiB}
            - close: {fd: $fd}
      - shm_open: {name: SHM_ANON, oflag: [O_RDWR, O_CREAT]}
        as: fd
      - shm_ctl: {fd: $fd, flags: SHMCTL_ANON, size: 12KiB}
"""


class Against(Sandbox):
    """An older build, played by this one with other options, or by a script that does what it should not."""

    def program(self, run, name="old"):
        """A program that runs scenarios with the shell commands `run`, $out being the --out directory."""
        path = self.write(name, f"""#!/bin/sh
[ "$1" = run ] || exec {MEMSIM} "$@"
shift
previous= out=
for word in "$@"; do [ "$previous" = --out ] && out=$word; previous=$word; done
{run}
""")
        os.chmod(path, 0o755)
        return path

    def altered(self, edit):
        """One that has the fingerprint of another run, and whose records the sed script `edit` alters."""
        return self.program(f"""if [ -z "$out" ]; then echo 0123456789abcdef  it; exit 0; fi
{MEMSIM} run "$@" && sed -i '{edit}' "$out/records.jsonl" """)

    def test_the_same_program_makes_no_difference_and_baselines_are_not_looked_at(self):
        self.write("my.yaml", SCENARIO)
        self.write("my.baseline", "nonsense")
        self.assertIn("1 scenario: 1 passed", self.check("--against", MEMSIM).stdout)

    def test_options_are_given_to_both_programs(self):
        self.write("my.yaml", SCENARIO)
        self.check("--against", MEMSIM, "--seed", "7", "--policy", "tlsf", "--until", "1ms", "--set", "machine.cpus=2")

    def test_the_first_difference_is_exact_and_both_sides_are_shown_however_late_it_comes(self):
        self.write("my.yaml", LATE)
        old = self.program(f"exec {MEMSIM} run --policy first_fit \"$@\"")
        new = self.program(f"exec {MEMSIM} run \"$@\"", name="same")
        self.check("--against", new)
        text = self.check("--against", old, code=1).stdout
        self.assertIn(f"Compared with: {old}, memsim ", text)
        self.assertIn("differs ", text)
        self.assertIn("policy: was first_fit, is buddy", text)
        result = json.loads(self.check("--against", old, "--json", code=1).stdout)["scenarios"][0]
        self.assertEqual((result["outcome"], result["against"], result["baseline"]), ("differs", old, None))
        for layer in result["difference"]["layers"]:
            self.assertTrue(layer["first_entry_exact"])
            self.assertTrue(layer["around"] and layer["around_before"], layer)

    def test_a_difference_beyond_every_limit_of_baselines_is_found_in_every_layer(self):
        self.write("my.yaml", LATE)
        records = os.path.join(self.root, "records")
        memsim("run", "--quiet", "--records", "--out", records, self.path("my.yaml"))
        lines = self.read("records/records.jsonl").splitlines()
        shutil.rmtree(records)
        kinds = [json.loads(line)["kind"] for line in lines]
        late = len(kinds) - 1 - kinds[::-1].index("frames_allocated")
        self.assertGreater(late, 2048 * 2)
        edit = f'{late + 1}s/"first":[0-9]*/"first":9999/'
        result = json.loads(self.check("--against", self.altered(edit), "--json", code=1).stdout)["scenarios"][0]
        layers = {layer["layer"]: layer for layer in result["difference"]["layers"]}
        self.assertIn("allocator", layers)
        self.assertNotIn("events", layers)
        allocator = layers["allocator"]
        first = allocator["first_entry"]
        before = next(entry for entry in allocator["around_before"] if entry["index"] == first)
        now = next(entry for entry in allocator["around"] if entry["index"] == first)
        self.assertEqual((before["record"], now["record"]), (late, late))
        self.assertEqual(json.loads(before["text"])["extents"][0]["first"], 9999)
        self.assertEqual(allocator["text_before"], before["text"])
        shared = [[entry["text"] for entry in layer if entry["index"] < first]
                  for layer in (allocator["around"], allocator["around_before"])]
        self.assertEqual(shared[0], shared[1])
        self.assertEqual(len(shared[0]), 2)

    def test_equal_records_pass_whatever_fingerprint_the_other_program_computes(self):
        self.write("my.yaml", SCENARIO)
        self.check("--against", self.altered(""))

    def test_a_side_that_ends_earlier_says_so(self):
        self.write("my.yaml", SCENARIO.replace("      - _MEM_OBJ_INFO: {fd: $fd, length: SIZE_MAX}\n", ""))
        ours = self.read("my.yaml")
        longer = self.write("longer", SCENARIO)
        old = self.program(f"""set -- "$@" ; eval last=\\${{$#}}
while [ "$1" != -- ]; do set -- "$@" "$1"; shift; done; shift; shift
exec {MEMSIM} run "$@" -- {longer}""")
        text = self.check("--against", old, code=1).stdout
        self.assertEqual(self.read("my.yaml"), ours)
        self.assertIn("    +      0  (no more)", text)

    def test_a_run_that_ends_at_a_cap_as_expected_is_compared_whatever_the_other_program_calls_it(self):
        self.write("my.yaml", "memsim: 1\nlimits: {events: 1000}\nprocesses:\n  - name: p\n"
                   "    program: [{forever: [{sleep: 1us}]}]\nexpect: [{end: event_cap}]\n")
        for code in (0, 1, 3):
            self.check("--against", self.program(f'{MEMSIM} run "$@"; exit {code}'))
        self.check("--against", self.program("exit 3"), code=4)

    def test_records_of_another_format_are_told_plainly(self):
        self.write("my.yaml", SCENARIO)
        for edit, words in (('s/"steps":/"walk":/', 'expected the member "steps"'),
                            ('s/"kind":"object_created"/"kind":"object_born"/', "no record 'object_born'"),
                            ("$d", "expected run_ended"),
                            ('s/"first":[0-9]*/"first":99999999999999999/', "no machine has such frames")):
            error = self.check("--against", self.altered(edit), code=4).stderr
            self.assertIn("its records cannot be compared with those of this memsim", error)
            self.assertIn(words, error)
            self.assertIn("help: baselines outlive", error)

    def test_a_program_that_fails_is_the_hosts_failure_with_what_it_said(self):
        self.write("my.yaml", SCENARIO)
        for run, words in (("echo 'no such key' >&2; exit 2", "exit code 2"), ("kill -9 $$", "signal 9 ended it"),
                           ("exit 0", "it gave no fingerprint"),
                           ("echo 0123456789abcdef it; exit 0", "no such file")):
            error = self.check("--against", self.program(run), code=4).stderr
            self.assertIn(words, error)
        self.assertIn("it said: no such key", self.check("--against", self.program("echo 'no such key' >&2; exit 2"),
                                                         code=4).stderr)

    def test_what_is_no_memsim_is_refused_before_anything_runs(self):
        self.write("my.yaml", SCENARIO)
        for program, words in (("/bin/true", "it is no memsim program"), ("/bin/echo", "it is no memsim program"),
                               (self.path("nowhere"), "it cannot be started: No such file")):
            self.assertIn(words, self.check("--against", program, code=4).stderr)

    def test_nothing_stays_behind(self):
        self.write("my.yaml", SCENARIO)
        temporary = self.path("tmp")
        os.mkdir(temporary)
        environment = dict(os.environ, TMPDIR=temporary)
        for make, code in ((lambda: MEMSIM, 0), (lambda: self.altered('s/"size_bytes":12288/"size_bytes":1/'), 1),
                           (lambda: self.altered("$d"), 4), (lambda: self.program("exit 7"), 4)):
            self.check("--against", make(), code=code, env=environment)
            self.assertEqual(os.listdir(temporary), [])
        os.rmdir(temporary)
        self.assertIn("cannot make a temporary folder", self.check("--against", MEMSIM, code=4, env=environment).stderr)

    def test_the_number_of_jobs_changes_no_byte(self):
        for name in ("a.yaml", "b.yaml", "c.yaml"):
            self.write(name, SCENARIO)
        old = self.program(f"exec {MEMSIM} run --seed 3 \"$@\"")
        for form in ([], ["--json"], ["--annotations"], ["--junit", "/dev/stdout"]):
            one, four = (self.check("--against", old, "--jobs", jobs, *form, code=1) for jobs in ("1", "4"))
            self.assertEqual(one.stdout, four.stdout)
            self.assertIn("differs from " + old if form and form != ["--json"] else "differs", one.stdout)

    def test_it_goes_with_nothing_that_is_about_baselines(self):
        self.write("my.yaml", SCENARIO)
        for option in ("--update", "--review", "--unreferenced", "--require-baselines"):
            error = self.check("--against", MEMSIM, option, code=2).stderr
            self.assertIn("--against takes the place of baselines", error)
        self.check("--against", "", code=2)


class Check(Sandbox):
    def test_a_scenario_without_judges_is_not_judged(self):
        self.write("my.yaml", SCENARIO)
        result = self.check()
        self.assertIn("not judged  " + self.path("my.yaml"), result.stdout)
        self.assertEqual(self.names(), ["my.yaml"])

    def test_a_required_baseline_that_is_missing_fails_until_it_is_written(self):
        self.write("my.yaml", SCENARIO)
        self.assertIn("1 ran without a baseline; help: --update writes it\n", self.check().stdout)
        self.assertIn("no baseline " + self.path("my.yaml"), self.check("--require-baselines", code=1).stdout)
        self.check("--require-baselines", "--update")
        self.check("--require-baselines")

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
        for words in ("differs ", "Layers changed: events, allocator, replies; as before: free_map, samples",
                      "First difference: allocator decision", "First in replies: reply 0 of 1",
                      "Measures of the run: ", "worse "):
            self.assertIn(words, text)

    def test_the_highest_exit_code_wins_and_results_keep_their_order(self):
        self.three_scenarios()
        result = self.check(code=2)
        order = [result.stdout.index(word) for word in ("passed ", "differs ", "broken ")]
        self.assertEqual(order, sorted(order))
        self.assertIn("wrong.yaml:2:1: error", result.stderr)
        self.assertIn("3 scenarios: 1 passed, 1 differs, 1 broken", result.stdout)

    def test_quiet_prints_only_what_did_not_pass(self):
        self.three_scenarios()
        lines = self.check("--quiet", code=2).stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["differs", "broken"])

    def test_json_has_everything(self):
        self.three_scenarios()
        result = json.loads(self.check("--json", code=2).stdout)
        self.assertEqual((result["passed"], result["differ"], result["failed"], result["broken"]), (1, 1, 0, 1))
        good, worse, wrong = result["scenarios"]
        self.assertEqual([one["outcome"] for one in result["scenarios"]], ["passed", "differs", "broken"])
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
        shown = b""
        try:
            while piece := os.read(parent, 65536):
                shown += piece
        except OSError:  # how a terminal ends
            pass
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
        self.assertIn("3 scenarios: 0 passed, 1 updated, 2 differ", result.stdout)

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
        self.assertEqual(json.loads(self.compare(*arguments, "--json").stdout)[0], table)
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
                                ([*self.POLICIES, "--format", "csv", "--json"], "exclude each other"),
                                (["--policy", "buddy", "--policy", "tlfs:x=1"], "--policy tlfs:x=1: "),
                                (["--policy", "buddy", "--policy", "buddy:placement=lifo,placement=fifo"],
                                 "option 'placement' is given twice"),
                                (["--policy", "buddy", "--policy", "buddy:placement=fifo,range_order=4"],
                                 "does nothing with placement=fifo"),
                                ([*self.POLICIES, "--measure", "free_frames"], "did you mean '*/free_frames/*'?"),
                                ([*self.POLICIES, "--measure", "nothing"], "no run has a measure 'nothing'")):
            self.assertIn(word, self.compare(*arguments, code=2).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
