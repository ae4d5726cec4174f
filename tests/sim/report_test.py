"""What `memsim report` and --report promise, tried on the program itself.

report_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import base64
import json
import os
import re
import sys
import tempfile
import unittest

from program import InAFolder, memsim, read, scenario
from sweep_scenario import DESIGN, SCENARIO

DEFRAGMENT = scenario("defragment")
HALF_FREED = scenario("half_freed")
SHORT_REPLY = scenario("mem_obj_info_short_reply")


def has_page():
    with tempfile.TemporaryDirectory() as folder:
        run = memsim("report", SHORT_REPLY, "-o", os.path.join(folder, "page.html"))
    return run.returncode == 0


WITH_PAGE = unittest.skipUnless(has_page(), "built without the page")


def head_of(html):
    return json.loads(re.search(r'id="memsim-head">(.*?)</script>', html, re.S)[1])


class ReportTest(InAFolder):
    @unittest.skipIf(has_page(), "built with the page")
    def test_a_program_without_the_page_says_which_command_adds_it(self):
        run = memsim("report", DEFRAGMENT, "-o", self.path("page.html"))
        self.assertEqual(run.returncode, 4)
        self.assertIn("script/page", run.stderr)
        self.assertFalse(os.path.exists(self.path("page.html")))

    @WITH_PAGE
    def test_a_page_made_during_the_run_is_the_page_made_from_its_files(self):
        for scenario in (DEFRAGMENT, HALF_FREED, SHORT_REPLY):
            during, after, out = self.path("during.html"), self.path("after.html"), self.path("out")
            run = memsim("run", "--quiet", "--out", out, "--force", "--records", "--report", during, scenario)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(memsim("report", out, "-o", after).returncode, 0)
            self.assertEqual(read(during), read(after), scenario)
            self.assertEqual(memsim("report", scenario, "-o", after).returncode, 0)
            self.assertEqual(read(during), read(after), scenario)

    @WITH_PAGE
    def test_the_page_is_one_file_that_asks_the_network_for_nothing(self):
        memsim("report", DEFRAGMENT, "-o", self.path("page.html"))
        html = read(self.path("page.html"))
        self.assertLess(len(html), 2 * 2**20)
        self.assertIn("default-src 'none'", html)
        self.assertNotRegex(html, r'(?:src|href)="?(?:https?:)?//')

    @WITH_PAGE
    def test_the_data_have_all_changes_of_memory(self):
        memsim("run", "--quiet", "--out", self.path("out"), "--records", DEFRAGMENT)
        records = [json.loads(line) for line in read(self.path("out/records.jsonl")).splitlines()]
        extents = sum(len(r["extents"]) for r in records if r["kind"] in ("frames_allocated", "frames_released"))
        extents += sum(1 for r in records if r["kind"] == "frames_reserved")
        extents += sum(len(r["from"]) + len(r["to"]) for r in records if r["kind"] == "frames_moved")
        extents += sum(len(r["extents"]) for r in records if r["kind"] == "frames_pinned")
        memsim("report", self.path("out"), "-o", self.path("page.html"))
        html = read(self.path("page.html"))
        tables = head_of(html)["runs"][0]["tables"]
        self.assertEqual([t["rows"] for t in tables if t["name"] == "map"], [extents])
        data = base64.b64decode(re.search(r'id="memsim-data-0">(.*?)</script>', html, re.S)[1])
        # Each number ends with a byte below 128.
        self.assertEqual(sum(1 for byte in data if byte < 128), sum(t["rows"] * len(t["columns"]) for t in tables))

    @WITH_PAGE
    def test_several_runs_are_called_by_what_sets_them_apart(self):
        memsim("report", DEFRAGMENT, HALF_FREED, "-o", self.path("page.html"))
        labels = [run["label"] for run in head_of(read(self.path("page.html")))["runs"]]
        self.assertEqual([os.path.basename(label) for label in labels], ["defragment.yaml", "half_freed.yaml"])
        for policy in ("buddy", "tlsf"):
            memsim("run", "--quiet", "--out", self.path(policy), "--records", "--policy", policy, HALF_FREED)
        memsim("report", self.path("buddy"), self.path("tlsf"), "-o", self.path("page.html"))
        labels = [run["label"] for run in head_of(read(self.path("page.html")))["runs"]]
        self.assertEqual([re.split("[ ,]", label)[0] for label in labels], ["buddy", "tlsf"])

    @WITH_PAGE
    def test_folders_that_hold_no_run_are_told_and_no_page_is_made(self):
        page = self.path("page.html")
        empty = memsim("report", self.folder, "-o", page)
        self.assertEqual(empty.returncode, 4)
        self.assertIn("--out FOLDER --records", empty.stderr)
        memsim("run", "--quiet", "--out", self.path("out"), "--records", DEFRAGMENT)
        summary = read(self.path("out/summary.json"))
        other_name = summary.replace('"title"', '"titel"')
        other_run = summary.replace('"fingerprint": "', '"fingerprint": "0')
        for damage in ("", "[]", "{", other_name, other_run):
            with open(self.path("out/summary.json"), "w", encoding="utf-8") as file:
                file.write(damage)
            run = memsim("report", self.path("out"), "-o", page)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn("no summary as this memsim writes it", run.stderr)
        self.assertFalse(os.path.exists(page))

    @WITH_PAGE
    def test_what_is_no_file_is_not_waited_for(self):
        os.mkfifo(self.path("pipe"))
        run = memsim("report", self.path("pipe"), "-o", self.path("page.html"))
        self.assertIn(run.returncode, (2, 4))
        self.assertIn("pipe", run.stderr)

    @WITH_PAGE
    def test_a_page_that_cannot_be_written_is_told(self):
        run = memsim("run", "--report", self.path("no/such/page.html"), DEFRAGMENT)
        self.assertEqual(run.returncode, 4)
        self.assertIn("no/such/page.html", run.stderr)

    def test_the_file_of_a_page_needs_a_name(self):
        for arguments in (("run", "--report", "", DEFRAGMENT), ("report", "-o", "", DEFRAGMENT)):
            run = memsim(*arguments)
            self.assertEqual(run.returncode, 2)
            self.assertIn("the file's name is empty", run.stderr)


class SweepReportTest(InAFolder):
    def setUp(self):
        super().setUp()
        with open(self.path("my.yaml"), "w", encoding="utf-8") as file:
            file.write(SCENARIO)

    def sweep(self, *arguments, code=0):
        run = memsim("sweep", self.path("my.yaml"), *DESIGN, *arguments)
        self.assertEqual(run.returncode, code, run.stderr)
        return run

    @WITH_PAGE
    def test_the_page_of_a_sweep_is_the_page_of_its_database(self):
        during, after = self.path("during.html"), self.path("after.html")
        text = self.sweep("--set", "until=50s", "--db", self.path("my.db"), "--report", during).stdout
        self.assertEqual(memsim("report", self.path("my.db"), "-o", after).returncode, 0)
        self.assertEqual(read(during), read(after))
        page = head_of(read(during))["sweep"]
        curves = page["survival"][0]["curves"]
        self.assertEqual(len(curves), 6)
        self.assertEqual({curve["runs"] for curve in curves}, {20})
        self.assertEqual({curve["points"][-1][0] for curve in curves}, {50_000_000_000})
        shown = [curve["points"][-1][1] for curve in curves]
        self.assertTrue(any(0 < share < 1 for share in shown), shown)
        for table in page["tables"]:
            for note in table["notes"]:
                self.assertIn(note, text)
        self.assertIn("overridden: until=50s", page["about"])

    @WITH_PAGE
    def test_of_a_database_that_is_not_complete_the_page_tells_what_is_there(self):
        self.sweep("--shard", "1/7", "--db", self.path("part.db"))
        run = memsim("report", self.path("part.db"), "-o", self.path("part.html"))
        self.assertEqual(run.returncode, 0, run.stderr)
        about = head_of(read(self.path("part.html")))["sweep"]["about"]
        self.assertRegex(about[-1], r"[1-9] of 120 runs are told of")

    @WITH_PAGE
    def test_what_is_no_whole_page_is_refused(self):
        self.sweep("--db", self.path("my.db"))
        for arguments, says in ((["report", self.path("my.db"), DEFRAGMENT], "a page of their own"),
                                (["report", self.path("my.db"), "-o", ""], "-o"),
                                (["sweep", DEFRAGMENT, "--report", ""], "--report"),
                                (["sweep", DEFRAGMENT, "--report", self.path("x.html"), "--shard", "1/2", "--db",
                                  self.path("x.db")], "--shard")):
            run = memsim(*arguments)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn(says, run.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
