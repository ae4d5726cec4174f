"""What the program promises about its command line, streams and files, tried on the program itself.

command_line_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import tempfile
import unittest

MEMSIM, SOURCE = sys.argv[1:3]
SCENARIO = os.path.join(SOURCE, "scenarios", "mem_obj_info.yaml")
SHORT_REPLY = os.path.join(SOURCE, "scenarios", "mem_obj_info_short_reply.yaml")
DEADLOCK = os.path.join(SOURCE, "scenarios", "deadlock.yaml")
DEFRAGMENT = os.path.join(SOURCE, "scenarios", "defragment.yaml")


def is_sanitized():
    with open(MEMSIM, "rb") as file:
        return re.search(rb"AddressSanitizer|libasan|libubsan", file.read()) is not None


# A sanitizer needs memory, stack and descriptors of its own: with few of them it is what fails.
ON_A_SMALL_HOST = unittest.skipIf(is_sanitized(), "the sanitizers need more")


def memsim(*arguments, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    if "input" in options:
        del options["stdin"]
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([MEMSIM, *arguments], stderr=subprocess.PIPE, text=True, timeout=60, **options)


def on_a_terminal(*arguments, **environment):
    """What the program writes when standard output is a terminal."""
    leader, follower = pty.openpty()
    environment = {**os.environ, **environment}
    with subprocess.Popen([MEMSIM, *arguments], stdin=subprocess.DEVNULL, stdout=follower, stderr=subprocess.DEVNULL,
                          env=environment):
        os.close(follower)
        out = b""
        while True:
            try:
                out += os.read(leader, 65536)
            except OSError:  # the program has left
                break
    os.close(leader)
    return out.decode().replace("\r\n", "\n")


def walk_measures(value):
    """The measures anywhere in the JSON of a comparison."""
    if isinstance(value, dict):
        if "better" in value:
            yield {**value, "name": value.get("name") or value["measure"]}
        else:
            for inner in value.values():
                yield from walk_measures(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk_measures(inner)


class Sandbox(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="memsim_sim_")
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.out = os.path.join(self.root, "out")

    def write(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def assert_fails(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout or "", "")
        for word in words:
            self.assertIn(word, result.stderr)


class Usage(Sandbox):
    def test_help_starts_with_examples_and_goes_to_standard_output(self):
        for arguments in (["--help"], ["run", "--help"], ["-h"]):
            result = memsim(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertTrue(result.stdout.startswith("Examples:\n"), result.stdout[:80])
            self.assertEqual(result.stderr, "")

    def test_help_on_a_command_is_what_its_own_help_option_prints(self):
        self.assertEqual(memsim("help", "run").stdout, memsim("run", "--help").stdout)
        self.assertEqual(memsim("help").stdout, memsim("--help").stdout)
        self.assert_fails(memsim("help", "rum"), 2, "did you mean 'run'?")

    def test_help_fits_80_columns_and_a_terminal_of_another_width(self):
        for command in ("run", "check", "compare", "validate", "map", "graph"):
            texts = memsim("help", command).stdout.split("Usage:")[1]
            self.assertLessEqual(max(map(len, texts.splitlines())), 80, command)
        narrow = on_a_terminal("help", "run", COLUMNS="60").split("Usage:")[1]
        self.assertLessEqual(max(map(len, narrow.splitlines())), 60)

    def test_short_options_say_the_same_as_long_ones(self):
        short = memsim("run", "-q", "-p", "tlsf", "-s", "seed=3", "-u", "1ms", SCENARIO)
        long = memsim("run", "--quiet", "--policy", "tlsf", "--set=seed=3", "--until", "1ms", SCENARIO)
        self.assertEqual((short.returncode, short.stdout), (0, long.stdout))

    def test_colours_are_for_terminals_that_have_them_and_for_who_asks(self):
        for where, arguments, coloured in (({}, [], True), ({}, ["--color=never"], False),
                                           ({"NO_COLOR": "1"}, [], False), ({"TERM": "dumb"}, [], False),
                                           ({"NO_COLOR": "1"}, ["--color", "always"], True)):
            where = {"TERM": "xterm", "NO_COLOR": "", **where}
            shown = on_a_terminal("check", *arguments, SCENARIO, **where)
            self.assertEqual("\x1b[" in shown, coloured, (where, shown))
        self.assertIn("\x1b[32mpassed\x1b[0m", memsim("check", "--color", "always", SCENARIO).stdout)
        self.assertIn("\x1b[", memsim("run", "--color=always", "missing.yaml").stderr)
        self.assertNotIn("\x1b", memsim("check", SCENARIO).stdout)
        self.assert_fails(memsim("run", "--color", "often", SCENARIO), 2, "--color", "always")

    def test_version(self):
        self.assertRegex(memsim("--version").stdout, r"^memsim \d+\.\d+\.\d+\n$")
        self.assertEqual(memsim("-V").stdout, memsim("--version").stdout)

    def test_no_command_is_wrong_usage_that_lists_the_commands(self):
        self.assert_fails(memsim(), 2, "a command is missing", "validate")

    def test_a_misspelt_command_gets_the_nearest_one(self):
        self.assert_fails(memsim("rum", SCENARIO), 2, "unknown command 'rum'", "did you mean 'run'?")

    def test_a_scenario_without_a_command_gets_the_right_command_line(self):
        self.assert_fails(memsim("my.yaml"), 2, "memsim run my.yaml")

    def test_a_misspelt_option_gets_the_nearest_one(self):
        self.assert_fails(memsim("run", "--jsn", SCENARIO), 2, "unknown option --jsn", "did you mean --json?")

    def test_a_missing_file_argument_is_wrong_usage(self):
        self.assert_fails(memsim("run"), 2, "FILE")

    def test_a_flag_takes_no_value(self):
        self.assert_fails(memsim("run", "--json=3", SCENARIO), 2, "json")

    def test_control_characters_in_arguments_do_not_reach_the_terminal(self):
        result = memsim("run", "\x1b[2J.yaml")
        self.assertNotEqual(result.returncode, 0)
        self.assertNotIn("\x1b", result.stderr)

    def test_a_megabyte_of_argument_is_survived(self):
        self.assertIn(memsim("run", "x" * 100_000).returncode, (2, 4))
        self.assert_fails(memsim("x" * 100_000), 2, "unknown command")


class Numbers(Sandbox):
    def test_seeds_that_other_parsers_bend_into_shape_are_refused(self):
        for seed in ("-1", "18446744073709551616", "010", "", "nan", "1e3", " 1", "+1"):
            self.assert_fails(memsim("run", f"--seed={seed}", SCENARIO), 2, "--seed")

    def test_a_seed_given_twice_is_refused(self):
        self.assert_fails(memsim("run", "--seed", "1", "--seed", "2", SCENARIO), 2, "--seed")

    def test_the_largest_seed_is_taken_as_it_is(self):
        result = memsim("run", "--json", "--seed", "18446744073709551615", SCENARIO)
        self.assertEqual(json.loads(result.stdout)["seed"], 2**64 - 1)

    def test_until_needs_a_unit(self):
        self.assert_fails(memsim("run", "--until", "5", SCENARIO), 2, "--until", "unit")

    def test_until_ends_the_run(self):
        end = json.loads(memsim("run", "--json", "--until", "10us", SCENARIO).stdout)["end"]
        self.assertEqual((end["reason"], end["time_ns"]), ("reached_until", 10_000))


class Overrides(Sandbox):
    def test_set_changes_the_run(self):
        result = json.loads(memsim("run", "--json", "--set", "machine.cpus=2", SCENARIO).stdout)
        self.assertEqual(result["cpus"], 2)

    def test_an_unknown_path_gets_the_nearest_one(self):
        self.assert_fails(memsim("run", "--set", "machine.cpu=2", SCENARIO), 2, "machine.cpu", "did you mean 'cpus'?")

    def test_set_needs_an_equals_sign(self):
        self.assert_fails(memsim("run", "--set", "machine.cpus", SCENARIO), 2, "NAME=VALUE")

    def test_set_does_not_swallow_the_files_behind_it(self):
        result = memsim("run", "--quiet", "--set", "seed=3", SCENARIO, DEADLOCK)
        self.assertEqual(len(result.stdout.splitlines()), 2, result.stderr)

    def test_an_unknown_policy_gets_the_nearest_one(self):
        self.assert_fails(memsim("run", "--policy", "budy", SCENARIO), 2, "did you mean 'buddy'?")


class Results(Sandbox):
    def test_text_shows_the_segments_as_the_documented_example_prints_them(self):
        result = memsim("run", SCENARIO)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"(?m)^   offset=0 paddr=[0-9a-f]+ len=8000$")
        self.assertRegex(result.stdout, r"Fingerprint [0-9a-f]{16}\n$")
        self.assertEqual(result.stderr, "")

    def test_json_and_text_tell_the_same_fingerprint(self):
        fingerprint = json.loads(memsim("run", "--json", SCENARIO).stdout)["fingerprint"]
        self.assertIn(f"Fingerprint {fingerprint}", memsim("run", SCENARIO).stdout)
        self.assertTrue(memsim("run", "--quiet", SCENARIO).stdout.startswith(fingerprint + "  "))

    def test_a_long_run_shows_on_a_terminal_how_far_it_is(self):
        day = os.path.join(SOURCE, "scenarios", "camera_day.yaml")
        words = [MEMSIM, "run", "--quiet", "--until", "3h", day]
        for arguments, is_shown in ((words[:2] + words[3:], True), (words, False)):
            leader, follower = pty.openpty()
            with subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower,
                                  env={**os.environ, "TERM": "xterm"}) as process:
                os.close(follower)
                shown = b""
                while not (is_shown and b"left" in shown):
                    try:
                        shown += os.read(leader, 65536)
                    except OSError:  # the program has left
                        break
                process.kill()
            os.close(leader)
            told = rb"camera_day.yaml: \d+ %, .* simulated, \d+ events a second, about \d+ s left"
            progress = re.search(told, shown)
            self.assertEqual(bool(progress), is_shown, shown)

    def test_several_scenarios_make_one_json_array(self):
        result = memsim("run", "--json", SCENARIO, DEADLOCK)
        self.assertEqual([run["end"]["reason"] for run in json.loads(result.stdout)], ["finished", "deadlock"])

    def test_quiet_keeps_the_warnings(self):
        result = memsim("run", "--quiet", SHORT_REPLY)
        self.assertIn("192 bytes would have sufficed", result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 1)

    def test_explain_says_whose_frames_are_in_the_way_and_leaves_the_run_as_it_is(self):
        plain = json.loads(memsim("run", "--json", DEFRAGMENT).stdout)
        explained = json.loads(memsim("run", "--json", "--explain", DEFRAGMENT).stdout)
        failures = explained.pop("contiguous_failures")
        self.assertEqual(explained.pop("probe_failures")["count"], 1)
        self.assertEqual(explained, plain)
        self.assertEqual(failures["count"], 1)
        self.assertEqual(failures["first"][0]["remedy"], "move")
        self.assertEqual(failures["first"][0]["moving"], "refused")
        self.assertEqual(failures["first"][0]["owners"]["first"][0]["process"], "worker")
        text = memsim("run", "--explain", "--set", "machine.contiguous_failure=none", DEFRAGMENT).stdout
        self.assertEqual(len(re.findall(r"moving \d+ frames makes room at \[0x", text)), 2)
        self.assertEqual(text.count("none was moved: machine.contiguous_failure is none"), 2)
        self.assertIn("none was moved: the call had SHMCTL_NODEFRAG", memsim("run", "--explain", DEFRAGMENT).stdout)

    def test_explain_without_a_place_for_it_is_wrong_usage(self):
        self.assert_fails(memsim("run", "--quiet", "--explain", DEFRAGMENT), 2, "--explain")

    def test_a_failed_expectation_ends_with_1_and_has_its_place(self):
        with open(SCENARIO, encoding="utf-8") as file:
            text = file.read()
        path = self.write("wrong.yaml", text + "  - {segments_of_reply: last, equals: 2}\n")
        result = memsim("run", path)
        self.assertEqual(result.returncode, 1)
        line = len(text.splitlines()) + 1
        self.assertIn(f"wrong.yaml:{line}:5: expectation failed: segments of the last reply: 2; found 1 segment",
                      result.stderr)
        self.assertRegex(result.stdout, r"(?m)^Expectations: (\d+) of (?!\1)\d+ hold$")

    def test_expectations_that_hold_are_counted(self):
        result = memsim("run", SCENARIO)
        self.assertRegex(result.stdout, r"(?m)^Expectations: (\d+) of \1 hold$")
        expectations = json.loads(memsim("run", "--json", SCENARIO).stdout)["expectations"]
        self.assertTrue(expectations and all(expectation["holds"] for expectation in expectations))

    def test_a_file_given_twice_is_flagged_and_run_once(self):
        other_name = os.path.join(os.path.dirname(SCENARIO), ".", os.path.basename(SCENARIO))
        result = memsim("run", "--quiet", SCENARIO, other_name)
        self.assertIn("was given already", result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), 1)

    def test_all_scenarios_are_checked_before_the_first_runs(self):
        bad = self.write("bad.yaml", "memsim: 1\nnonsense: 1\n")
        self.assert_fails(memsim("run", SCENARIO, bad), 2, "bad.yaml:2")

    def test_standard_input_is_a_scenario(self):
        with open(SCENARIO, encoding="utf-8") as file:
            text = file.read()
        result = memsim("run", "--quiet", "-", input=text)
        self.assertEqual(result.stdout.split()[0], memsim("run", "--quiet", SCENARIO).stdout.split()[0])

    def test_a_mistake_on_standard_input_has_a_place(self):
        self.assertIn("<stdin>:2", memsim("run", "-", input="memsim: 1\nnonsense: 1\n").stderr)

    def test_reading_from_a_terminal_is_announced(self):
        parent, child = pty.openpty()
        process = subprocess.Popen([MEMSIM, "run", "-"], stdin=child, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(child)
        os.write(parent, b"\x04")
        _, errors = process.communicate(timeout=30)
        os.close(parent)
        self.assertIn(b"Ctrl-D", errors)
        self.assertEqual(process.returncode, 2)

    def test_the_environment_has_no_influence(self):
        plain = memsim("run", SHORT_REPLY, env={}).stdout
        other = memsim("run", SHORT_REPLY, env={"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo", "COLUMNS": "20"}).stdout
        self.assertEqual(plain, other)


class OtherCommands(Sandbox):
    def test_validate_accepts_every_shipped_scenario(self):
        folder = os.path.join(SOURCE, "scenarios")
        files = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".yaml")]
        result = memsim("validate", *files)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(result.stdout.splitlines()), len(files))

    def test_validate_tells_mistakes_as_json_too(self):
        bad = self.write("bad.yaml", "memsim: 1\nnonsense: 1\n")
        result = memsim("validate", "--json", bad)
        self.assertEqual(result.returncode, 2)
        first = json.loads(result.stdout)[0]
        self.assertFalse(first["valid"])
        self.assertIn(2, [diagnostic["line"] for diagnostic in first["diagnostics"]])

    def test_tables_are_json_on_request(self):
        self.assertEqual(json.loads(memsim("policies", "--json").stdout)[0]["name"], "buddy")
        self.assertIn("shm_ctl", [call["call"] for call in json.loads(memsim("calls", "--json").stdout)])
        self.assertIn("draft-07", json.loads(memsim("schema").stdout)["$schema"])

    def test_tables_name_the_policy_and_its_options(self):
        text = memsim("policies").stdout
        self.assertIn("buddy", text)
        self.assertIn("top_order", text)

    def test_graph_draws_the_circle_of_the_deadlock(self):
        text = memsim("graph", DEADLOCK).stdout
        self.assertTrue(text.startswith("digraph"))
        for name in ("audio", "video", "display"):
            self.assertIn(name, text)

    def test_graph_draws_who_sent_to_whom_in_every_shipped_scenario(self):
        for name in sorted(os.listdir(os.path.join(SOURCE, "scenarios"))):
            if name.endswith(".yaml"):
                dot = memsim("graph", "--until", "100ms", os.path.join(SOURCE, "scenarios", name)).stdout
                self.assertRegex(dot, r"p\d+ -> p\d+c\d+ \[label=\".*[0-9]+ messages?\"\]", name)

    def test_map_draws_memory_that_fills_and_empties(self):
        half_freed = os.path.join(SOURCE, "scenarios", "half_freed.yaml")
        rows = [line for line in memsim("map", half_freed).stdout.splitlines() if line.endswith("|")]
        pictures = [row.split("|")[1] for row in rows]
        self.assertEqual(pictures, [" " * 64, "▒" * 64, " " * 64])
        drawn = json.loads(memsim("map", "--json", half_freed).stdout)["regions"][0]["rows"]
        self.assertEqual(sum(drawn[0]["taken_frames"]), 0)
        self.assertEqual(sum(drawn[1]["taken_frames"]), 2048 + 2)  # the halves, and an object in two of the holes

    def test_man_page_and_completions_know_every_option_of_run(self):
        options = [word for word in memsim("run", "--help").stdout.split() if word.startswith("--")]
        self.assertIn("--records", options)
        for format_name in ("man", "bash", "zsh", "fish"):
            text = memsim("docs", format_name).stdout.replace("\\-", "-")
            for option in ("--json", "--out", "--set", "--records", "--until", "--policy"):
                self.assertIn(option if format_name != "fish" else f"-l {option[2:]}", text)

    def test_the_bash_completion_is_bash(self):
        subprocess.run(["bash", "-n"], input=memsim("docs", "bash").stdout, text=True, check=True)

    def completed(self, line):
        script = (memsim("docs", "bash").stdout +
                  "\ncompopt() { :; }\nCOMP_LINE=$1 COMP_POINT=${#1}; _memsim; printf '%s\\n' \"${COMPREPLY[@]}\"")
        result = subprocess.run(["bash", "-c", script, "bash", line], text=True, check=True, cwd=SOURCE,
                                stdout=subprocess.PIPE)
        return result.stdout.split()

    def test_the_bash_completion_answers_for_commands_options_and_their_values(self):
        self.assertEqual(self.completed("memsim val"), ["validate"])
        self.assertEqual(self.completed("memsim run --po"), ["--policy"])
        self.assertIn("buddy", self.completed("memsim run -p bud"))
        # The shell replaces what follows the last colon or equals sign.
        self.assertEqual(self.completed("memsim run -p buddy:placement=l"), ["lifo", "lowest"])
        self.assertEqual(self.completed("memsim run --policy=buddy:placement=l"), ["lifo", "lowest"])
        self.assertEqual(self.completed("memsim compare --format "), ["text", "markdown", "csv", "json"])
        self.assertEqual(self.completed("memsim run --cap de"), ["depth="])
        self.assertIn("objects/asked_bytes/*", self.completed("memsim compare --measure obj"))
        self.assertEqual(self.completed("memsim run scenarios/mem_obj_info.y"), ["scenarios/mem_obj_info.yaml"])
        self.assertEqual(self.completed("memsim run --seed "), [])


class Words(Sandbox):
    def test_measures_lists_every_measure_that_a_run_has_with_its_sense(self):
        families = json.loads(memsim("measures", "--json").stdout)
        parts = {"CALL": "[^/]+", "ERRNO": "[A-Z0-9]+", "TYPE": "[^/]+", "NAME": ".+", "OF": "(start|min|mean|max|end)",
                 "priority_P": r"priority_\d+", "orderK": r"order\d+", "/K/": r"/\d+/"}
        def expression(name):
            return re.compile(re.sub("|".join(parts), lambda part: parts[part[0]], name) + "$")
        known = [(expression(family["name"]), family) for family in families]
        for scenario in ("half_freed", "iommu_gather", "refused"):
            listed = memsim("compare", os.path.join(SOURCE, "scenarios", scenario + ".yaml"), "--until", "2s", "--json",
                            "--policy", "buddy", "--policy", "tlsf", "--measure", "*")
            measures = list(walk_measures(json.loads(listed.stdout)))
            self.assertGreater(len(measures), 50)
            for measure in measures:
                senses = {family["better"] for pattern, family in known if pattern.match(measure["name"])}
                self.assertEqual(senses, {measure["better"]}, measure["name"])

    def test_measures_takes_a_part_of_a_name_or_a_pattern(self):
        self.assertEqual([m["name"] for m in json.loads(memsim("measures", "--json", "first_fail").stdout)],
                         ["probe/NAME/first_failure_ns"])
        self.assertEqual(len(json.loads(memsim("measures", "--json", "latency_ns/*/p99").stdout)), 2)
        self.assert_fails(memsim("measures", "nothing_of_the_kind"), 2, "memsim measures lists all")

    def test_explain_knows_the_words_of_every_table(self):
        for word, says in (("unusable_index_permille", "lower is better"), ("free_frames", "higher is better"),
                           ("region/ram/free_blocks/order3/mean", "free_blocks"), ("failed_calls/mmap/ENOMEM", "lower"),
                           ("ENODEV", "errno"), ("enomem", "ENOMEM"), ("SHMCTL_PHYS", "shm_ctl"), ("mmap", "PROT_READ"),
                           ("segment_walk", "25 ns by default"), ("buddy", "placement"),
                           ("top_order", "option of buddy"),
                           ("segment_reply", "record"), ("page_size", "key of the machine"), ("repeat", "step"),
                           ("exponential", "distribution"), ("latency", "expectation"), ("deadlock", "in reports")):
            result = memsim("explain", word)
            self.assertEqual((result.returncode, result.stderr), (0, ""), word)
            self.assertIn(says, " ".join(result.stdout.split()), word)

    def test_explain_knows_every_column_call_flag_and_policy(self):
        words = {parameter["name"] for call in json.loads(memsim("calls", "--json").stdout)
                 for names in [call["parameters"]] for given in names for parameter in given["names"]}
        words |= {call["call"] for call in json.loads(memsim("calls", "--json").stdout)}
        words |= {policy["name"] for policy in json.loads(memsim("policies", "--json").stdout)}
        for word in sorted(words):
            self.assertEqual(memsim("explain", word).returncode, 0, word)

    def test_an_unknown_word_gets_the_nearest_one(self):
        self.assert_fails(memsim("explain", "ENOMEN"), 2, "did you mean 'ENOMEM'?")

    def test_calls_say_what_a_parameter_is_when_it_is_not_given(self):
        text = " ".join(memsim("calls").stdout.split())
        self.assertIn("reply_bytes bytes, 24B unless given", text)
        self.assertIn("prot flags, PROT_READ|PROT_WRITE unless given", text)
        self.assertIn("mode integer, 0o600 unless given", text)

    def test_new_writes_a_scenario_that_holds_and_the_schema_that_it_names(self):
        path = os.path.join(self.root, "my.yaml")
        self.assertEqual(memsim("new", path).returncode, 0)
        result = memsim("run", path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        with open(os.path.join(self.root, "memsim.schema.json"), encoding="utf-8") as file:
            self.assertEqual(file.read(), memsim("schema").stdout)
        self.assert_fails(memsim("new", path), 2, "is there already", "--force")
        self.assertEqual(memsim("new", "--force", path).returncode, 0)

    def test_the_schema_that_the_shipped_scenarios_name_lies_beside_them(self):
        with open(os.path.join(SOURCE, "scenarios", "memsim.schema.json"), encoding="utf-8") as file:
            self.assertEqual(file.read(), memsim("schema").stdout,
                             "to renew it: memsim schema > scenarios/memsim.schema.json")


class Streams(Sandbox):
    def test_a_full_standard_output_is_a_host_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = memsim("run", SCENARIO, stdout=full)
        self.assert_fails(result, 4, "standard output")

    def test_a_closed_standard_output_is_a_host_failure_and_writes_into_no_file(self):
        command = f'"{MEMSIM}" run --out "{self.out}" "{SCENARIO}" >&-'
        result = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 4)
        with open(os.path.join(self.out, "replies.jsonl"), encoding="utf-8") as file:
            for line in file:
                json.loads(line)

    def test_a_reader_who_leaves_ends_the_program_quietly(self):
        for action in (signal.SIG_DFL, signal.SIG_IGN):
            reader, writer = os.pipe()
            os.close(reader)
            result = memsim("run", SCENARIO, stdout=writer, restore_signals=False,
                            preexec_fn=lambda action=action: signal.signal(signal.SIGPIPE, action))
            os.close(writer)
            self.assertIn(result.returncode, (-signal.SIGPIPE, 4))
            self.assertEqual(result.stderr, "")

    @ON_A_SMALL_HOST
    def test_running_out_of_memory_ends_cleanly(self):
        text = "memsim: 1\nprocesses:\n  - name: p\n    count: 60000\n    program: [{sleep: 1s}]\n"
        path = self.write("many.yaml", text)
        codes = set()
        for mebibytes in (12, 16, 20, 24, 32, 48, 64):
            limit = mebibytes << 20
            result = memsim("run", "--quiet", path,
                            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            if "error while loading shared libraries" in result.stderr:
                continue
            codes.add(result.returncode)
        self.assertLessEqual(codes, {0, 3, 4})


@ON_A_SMALL_HOST
class SmallHosts(Sandbox):
    """Every shipped scenario, its first simulated minute."""

    def scenarios(self):
        folder = os.path.join(SOURCE, "scenarios")
        return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".yaml"))

    def limited(self, kind, limit, *arguments):
        return memsim(*arguments, preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)))

    def test_a_stack_of_64_kib_is_enough(self):
        stack = 64 << 10
        for command in (["validate", *self.scenarios()], ["schema"], ["policies"], ["--help"],
                        *(["run", "--quiet", "--until", "1h", path] for path in self.scenarios()),
                        *(["graph", path] for path in self.scenarios()), ["map", DEADLOCK]):
            result = self.limited(resource.RLIMIT_STACK, stack, *command)
            self.assertEqual(result.returncode, 0, f"{command}: {result.stderr}")

    def test_64_mib_of_memory_are_enough_or_the_program_says_so(self):
        memory = 64 << 20
        for path in self.scenarios():
            result = self.limited(resource.RLIMIT_AS, memory, "run", "--quiet", "--until", "1h", path)
            self.assertIn(result.returncode, (0, 3, 4), f"{path}: {result.stderr}")


class Files(Sandbox):
    def names(self, path=None):
        return sorted(os.listdir(path or self.out))

    def test_out_writes_the_files(self):
        self.assertEqual(memsim("run", "--out", self.out, SCENARIO).returncode, 0)
        self.assertEqual(self.names(), ["calls.csv", "replies.jsonl", "series.csv", "summary.json"])

    def test_summary_json_is_what_json_prints(self):
        result = memsim("run", "--json", "--out", self.out, SCENARIO)
        with open(os.path.join(self.out, "summary.json"), encoding="utf-8") as file:
            self.assertEqual(file.read(), result.stdout)

    def test_an_earlier_run_is_kept_unless_forced(self):
        memsim("run", "--out", self.out, SCENARIO)
        self.assert_fails(memsim("run", "--out", self.out, SCENARIO), 4, "exists", "--force")
        self.assertEqual(memsim("run", "--out", self.out, "--force", SCENARIO).returncode, 0)

    def test_several_scenarios_have_a_directory_each(self):
        memsim("run", "--out", self.out, SCENARIO, DEADLOCK)
        self.assertEqual(self.names(), ["deadlock", "mem_obj_info"])

    def test_two_scenarios_of_one_name_are_refused_before_anything_runs(self):
        with open(SCENARIO, encoding="utf-8") as file:
            copy = self.write("mem_obj_info.yaml", file.read())
        self.assert_fails(memsim("run", "--out", self.out, SCENARIO, copy), 2, "would both write")
        self.assertFalse(os.path.exists(self.out))

    def test_a_failed_write_leaves_nothing(self):
        limited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))}
        result = memsim("run", "--out", self.out, SCENARIO, **limited)
        self.assertEqual(result.returncode, 4)
        self.assertFalse(os.path.exists(self.out))

    def test_out_that_is_a_file_is_a_host_failure(self):
        self.write("out", "x")
        self.assert_fails(memsim("run", "--out", self.out, SCENARIO), 4, "output directory")

    def test_out_without_a_name_and_records_without_out_are_wrong_usage(self):
        self.assert_fails(memsim("run", "--out", "", SCENARIO), 2, "--out")
        self.assert_fails(memsim("run", "--records", SCENARIO), 2, "--out")

    @ON_A_SMALL_HOST
    def test_few_descriptors_are_a_host_failure(self):
        limited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5))}
        self.assert_fails(memsim("run", "--out", self.out, SCENARIO, **limited), 4)
        self.assertFalse(os.path.exists(self.out))

    def test_two_runs_write_the_same_bytes(self):
        other = os.path.join(self.root, "other")
        for directory in (self.out, other):
            memsim("run", "--records", "--out", directory, SHORT_REPLY)
        for name in self.names():
            with open(os.path.join(self.out, name), "rb") as one, open(os.path.join(other, name), "rb") as two:
                self.assertEqual(one.read(), two.read(), name)


class Judgement(Sandbox):
    LATE = ("memsim: 1\nuntil: 10ms\nprocesses:\n  - name: p\n    program: [{sleep: 4ms}, {note: late}, {sleep: 1s}]\n"
            "expect: [{note: late}, {end: reached_until}]\n")

    def test_a_run_that_until_cuts_short_is_not_judged_and_says_so(self):
        path = self.write("late.yaml", self.LATE)
        result = memsim("run", "--until", "3ms", path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("Expectations: 2, not judged: --until ended the run before its time\n", result.stdout)
        summary = json.loads(memsim("run", "--json", "--until", "3ms", path).stdout)
        self.assertEqual((summary["expectations"], summary["unjudged_expectations"]), ([], 2))

    def test_until_no_earlier_than_the_scenarios_own_end_is_judged(self):
        path = self.write("late.yaml", self.LATE)
        for until in ("10ms", "20ms"):
            self.assertIn("Expectations: 2 of 2 hold", memsim("run", "--until", until, path).stdout)
        early = self.write("early.yaml", self.LATE.replace("10ms", "3ms"))
        self.assertEqual(memsim("run", "--until", "3ms", early).returncode, 1)

    def test_a_cap_that_is_expected_is_no_failure(self):
        path = self.write("loop.yaml", "memsim: 1\nlimits: {events: 1000}\nprocesses:\n  - name: p\n"
                          "    program: [{forever: [{sleep: 1us}]}]\nexpect: [{end: event_cap}]\n")
        for command in ("run", "map", "graph", "check"):
            self.assertEqual(memsim(command, path).returncode, 0, command)
        other = self.write("other.yaml", "memsim: 1\nlimits: {events: 1000}\nprocesses:\n  - name: p\n"
                           "    program: [{forever: [{sleep: 1us}]}]\nexpect: [{end: instant_cap}]\n")
        for command in ("run", "map", "graph", "check"):
            result = memsim(command, other)
            self.assertEqual(result.returncode, 3, command)
            self.assertIn("raise limits.events", result.stdout + result.stderr, command)


class Caps(Sandbox):
    def test_a_run_that_a_cap_ends_names_the_option_that_would_let_it_go_on(self):
        path = self.write("loop.yaml", "memsim: 1\nlimits: {events: 1000}\nprocesses:\n"
                          "  - name: p\n    program:\n      - forever: [{sleep: 1us}]\n")
        result = memsim("run", "--quiet", path)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("raise limits.events to go on", result.stderr)
        self.assertEqual(memsim("run", "--quiet", "--set", "limits.events=2000", "--until", "1ms", path).returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
