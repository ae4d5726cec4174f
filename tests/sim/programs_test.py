"""What the program promises about programs of the host: memsim cc, memsim exec, --programs.

programs_test.py MEMSIM SOURCE_DIR PROGRAM_DIR [unittest options]
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

MEMSIM, SOURCE, PROGRAMS = sys.argv[1:4]
WALK = os.path.join(SOURCE, "scenarios", "programs", "walk.c")
ACTS = os.path.join(PROGRAMS, "acts")

SCENARIO = """memsim: 1
processes:
  - {name: talker, count: 2, program: {run: ./acts, args: [no_newline]}}
"""


def memsim(*arguments, **options):
    return subprocess.run([MEMSIM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False, **options)


class Programs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="memsim_programs_")
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def scenario(self, text=SCENARIO):
        shutil.copy(ACTS, self.folder)
        return self.write("my.yaml", text)

    def test_cc_builds_what_exec_runs(self):
        program = os.path.join(self.folder, "walk")
        built = memsim("cc", "-O2", "-Wall", "-Werror", "-o", program, WALK)
        self.assertEqual((built.returncode, built.stderr), (0, ""))
        ran = memsim("exec", "--quiet", program, "53248", "1")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("That is all of it.\n", ran.stdout)
        self.assertEqual(memsim("exec", "--quiet", WALK, "53248", "1").stdout.splitlines()[:-1],
                         ran.stdout.splitlines()[:-1])

    def test_cc_compiles_without_linking_and_links_apart(self):
        unit = os.path.join(self.folder, "walk.o")
        built = memsim("cc", "-c", "-o", unit, WALK)
        self.assertEqual((built.returncode, built.stderr), (0, ""))
        program = os.path.join(self.folder, "walk")
        self.assertEqual(memsim("cc", "-o", program, unit).returncode, 0)
        self.assertIn("That is all of it.", memsim("exec", "-q", program).stdout)

    def test_faults_of_a_source_are_the_compilers_to_tell(self):
        wrong = self.write("wrong.c", "int main(void) { return nothing; }\n")
        for command in (["cc", "-o", "/dev/null", wrong], ["exec", wrong]):
            failed = memsim(*command)
            self.assertEqual(failed.returncode, 2)
            self.assertIn("wrong.c:1", failed.stderr)
            self.assertNotIn("memsim: error", failed.stderr)

    def test_a_call_that_nobody_has_does_not_link(self):
        wrong = self.write("wrong.c", "#include <sys/neutrino.h>\nlong ChannelCreatePulsePool(void);\n"
                                      "int main(void) { return (int)ChannelCreatePulsePool(); }\n")
        self.assertIn("undefined reference", memsim("exec", wrong).stderr)

    def test_exec_needs_a_program_that_is_there(self):
        self.assertIn("PROGRAM is required", memsim("exec").stderr)
        missing = memsim("exec", "./none")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("there is no program", missing.stderr)

    def test_a_program_writes_to_the_streams_that_it_means_before_the_summary(self):
        ran = memsim("exec", ACTS, "no_newline")
        self.assertTrue(ran.stdout.startswith("no end\n"), ran.stdout)
        self.assertEqual(ran.stderr, "an error\n")
        self.assertIn("Fingerprint", ran.stdout)
        self.assertNotIn("Output of programs", ran.stdout)

    def test_what_follows_the_program_is_the_programs(self):
        source = self.write("say.c", "#include <stdio.h>\nint main(int c, char **v) {\n"
                                     "  for (int i = 1; i < c; ++i) puts(v[i]);\n  return 0;\n}\n")
        said = memsim("exec", "-q", source, "--quiet", "--set", "--x=", "-h", "--", "file").stdout.splitlines()
        self.assertEqual(said[:-1], ["--quiet", "--set", "--x=", "-h", "--", "file"])

    def test_a_scenarios_programs_start_only_when_told_to(self):
        scenario = self.scenario()
        for command in ("run", "check", "map", "graph"):
            refused = memsim(command, scenario)
            self.assertEqual(refused.returncode, 2, command)
            self.assertIn("give --programs", refused.stderr, command)
        self.assertEqual(memsim("validate", scenario).returncode, 0)
        told = memsim("run", "--programs", scenario)
        self.assertEqual(told.returncode, 0, told.stderr)
        for line in ("talker.0 | no end", "talker.0 error | an error", "talker.1 | no end"):
            self.assertIn(line, told.stdout)

    def test_what_programs_write_is_stored_with_the_run(self):
        out = os.path.join(self.folder, "out")
        self.assertEqual(memsim("run", "--programs", "--out", out, self.scenario()).returncode, 0)
        with open(os.path.join(out, "output.jsonl"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual({(line["process"], line["stream"], line["text"]) for line in lines},
                         {(f"talker.{i}", *said) for i in range(2)
                          for said in (("output", "no end"), ("error", "an error"))})
        without = os.path.join(self.folder, "without")
        memsim("run", "--out", without, os.path.join(SOURCE, "scenarios", "mem_obj_info.yaml"))
        self.assertFalse(os.path.exists(os.path.join(without, "output.jsonl")))

    def test_check_and_compare_run_programs_in_parallel(self):
        scenario = self.scenario("memsim: 1\nprocesses:\n"
                                 "  - {name: actor, count: 3, program: {run: ./acts, args: [contents]}}\n")
        for name in ("a.yaml", "b.yaml", "c.yaml"):
            shutil.copy(scenario, os.path.join(self.folder, name))
        self.assertEqual(memsim("check", "--programs", "--update", self.folder).returncode, 0)
        checked = memsim("check", "--programs", "--jobs", "4", self.folder)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        compared = memsim("compare", "--programs", "--policy", "buddy", "--policy", "tlsf", scenario)
        self.assertEqual(compared.returncode, 0, compared.stderr)

    def test_programs_die_with_a_memsim_that_is_killed(self):
        with subprocess.Popen([MEMSIM, "exec", "--quiet", ACTS, "loop"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as running:
            time.sleep(0.5)
            with open(f"/proc/{running.pid}/task/{running.pid}/children", encoding="ascii") as file:
                children = file.read().split()
            running.send_signal(signal.SIGKILL)
        self.assertEqual(len(children), 1)
        for _ in range(50):
            if not os.path.exists(f"/proc/{children[0]}"):
                return
            with open(f"/proc/{children[0]}/stat", encoding="ascii") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":  # of init
                    return
            time.sleep(0.1)
        self.fail("the program lives on")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
