"""What other tools open of a run: Perfetto traces and SQLite databases, tried on the program itself.

exports_test.py MEMSIM SOURCE_DIR [unittest options]
"""
import collections
import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from program import InAFolder, MEMSIM, SOURCE, memsim, read, scenario


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """The fields of a protocol buffer by number, as its wire format has them; needs no schema."""
    at, out = 0, collections.defaultdict(list)
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 1:
            value, at = int.from_bytes(data[at:at + 8], "little"), at + 8
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise AssertionError(f"wire type {key & 7}")
        out[key >> 3].append(value)
    return out


# Numbers of Perfetto's published schema.
PACKET, TIMESTAMP, TRACK_EVENT, TRACK_DESCRIPTOR = 1, 8, 11, 60
UUID, NAME, PROCESS, THREAD, COUNTER = 1, 2, 3, 4, 8
TYPE, TRACK, EVENT_NAME, COUNTER_VALUE, FLOW, END_OF_FLOW = 9, 11, 23, 30, 47, 48
BEGIN, END, INSTANT, COUNT = 1, 2, 3, 4


class PerfettoTest(InAFolder):
    def setUp(self):
        super().setUp()
        name = scenario("priority_inheritance")
        run = memsim("run", "--quiet", "--perfetto", self.path("t"), "--out", self.path("out"), "--records", name)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.packets = [fields(packet) for packet in fields(read_bytes(self.path("t")))[PACKET]]
        self.records = [json.loads(line) for line in read(self.path("out/records.jsonl")).splitlines()]
        self.tracks = {}
        for packet in self.packets:
            for descriptor in map(fields, packet[TRACK_DESCRIPTOR]):
                self.tracks[descriptor[UUID][0]] = descriptor

    def events(self, kind):
        for packet in self.packets:
            for event in map(fields, packet[TRACK_EVENT]):
                if event[TYPE] == [kind]:
                    yield packet[TIMESTAMP][0], event

    def of_kind(self, kind):
        return [record for record in self.records if record["kind"] == kind]

    def test_each_slice_ends_and_none_is_within_another(self):
        opened = {}
        for packet in self.packets:
            for event in map(fields, packet[TRACK_EVENT]):
                track = event[TRACK][0]
                self.assertIn(track, self.tracks)
                if event[TYPE] == [BEGIN]:
                    self.assertNotIn(track, opened)
                    opened[track] = packet[TIMESTAMP][0]
                elif event[TYPE] == [END]:
                    self.assertLessEqual(opened.pop(track), packet[TIMESTAMP][0])
        self.assertEqual(opened, {})

    def test_a_processor_runs_what_the_records_say(self):
        begun = [time for time, event in self.events(BEGIN)
                 if self.tracks[event[TRACK][0]][NAME] == [b"processor 0"]]
        running = [r["time_ns"] for r in self.of_kind("thread_state") if r["state"] == "RUNNING" and r["cpu"] == 0]
        self.assertGreater(len(running), 10)
        self.assertEqual(begun, running)

    def test_a_message_flows_from_its_sender_to_the_server_and_back(self):
        steps = collections.defaultdict(list)
        for moment, event in self.events(INSTANT):
            for flow in event[FLOW] + event[END_OF_FLOW]:
                steps[flow].append((moment, bool(event[END_OF_FLOW])))
        expected = collections.defaultdict(list)
        for record in self.records:
            if record["kind"] in ("message_sent", "message_received", "message_replied"):
                expected[record["message"]].append((record["time_ns"], record["kind"] == "message_replied"))
        self.assertGreater(len(expected), 3)
        self.assertEqual(steps, expected)

    def test_free_memory_is_a_counter(self):
        counters = {uuid: fields(t[COUNTER][0]) for uuid, t in self.tracks.items() if t[COUNTER]}
        free = [uuid for uuid in counters if self.tracks[uuid][NAME][0].endswith(b": free")]
        counted = [(moment, event[COUNTER_VALUE][0]) for moment, event in self.events(COUNT)
                   if event[TRACK] == free[:1]]
        with open(self.path("out/series.csv"), encoding="utf-8") as file:
            rows = [(int(row["time_ns"]), 4096 * int(row["free_frames"])) for row in csv.DictReader(file)]
        self.assertEqual(counted, rows)

    def test_notes_are_instants_and_threads_have_numbers_of_their_own(self):
        said = [event[EVENT_NAME][0].decode() for _, event in self.events(INSTANT)]
        for note in self.of_kind("note"):
            self.assertIn(note["text"], said)
        tids = [fields(track[THREAD][0])[2][0] for track in self.tracks.values() if track[THREAD]]
        self.assertEqual(len(tids), len(set(tids)))
        names = {fields(track[PROCESS][0])[6][0].decode() for track in self.tracks.values() if track[PROCESS]}
        self.assertEqual(names, {r["name"] for r in self.of_kind("process_started")})

    def test_the_published_numbers_decode_it_whole_and_each_track_hangs_on_another_or_on_none(self):
        folder = os.path.join(SOURCE, "src/view/files")
        text = subprocess.run(["protoc", f"--proto_path={folder}", "--decode=memsim.perfetto.Trace", "perfetto.proto"],
                              input=read_bytes(self.path("t")), capture_output=True, check=True).stdout.decode()
        self.assertEqual(text.count("\npacket {") + 1, len(self.packets))
        # What the schema does not know, protoc shows by its number.
        self.assertNotRegex(text, r"(?m)^ *\d+[:{ ]")
        uuids = re.findall(r"(?m)^    uuid: (\d+)", text)
        self.assertEqual(len(uuids), len(set(uuids)))
        self.assertLessEqual(set(re.findall(r"parent_uuid: (\d+)", text)), set(uuids))
        self.assertLessEqual(set(re.findall(r"track_uuid: (\d+)", text)), set(uuids))
        begun = set(re.findall(r"(?m)^    flow_ids: (\d+)", text))
        ended = set(re.findall(r"terminating_flow_ids: (\d+)", text))
        self.assertLessEqual(ended, begun)
        processes = set(re.findall(r"process \{\s+pid: (\d+)", text))
        self.assertLessEqual(set(re.findall(r"thread \{\s+pid: (\d+)", text)), processes)

    def test_interrupts_are_instants(self):
        run = memsim("run", "--quiet", "--perfetto", self.path("d"), scenario("driver"))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(read_bytes(self.path("d")).count(b"interrupt nic (taken)"), 100)

    def test_a_trace_that_cannot_be_written_is_told(self):
        run = memsim("run", "--perfetto", "/dev/null/no", scenario("deadlock"))
        self.assertEqual(run.returncode, 4)


class DatabaseTest(InAFolder):
    def setUp(self):
        super().setUp()
        # The last one is not what its scenario expects.
        for name, setting, code in (("mem_obj_info_short_reply", "policy=buddy", 0), ("half_freed", "policy=buddy", 0),
                                    ("half_freed", "policy=tlsf", 0),
                                    ("defragment", "machine.contiguous_failure=none", 1)):
            run = memsim("run", "--quiet", "--db", self.path("runs.db"), "--records", "--set", setting, scenario(name))
            self.assertEqual(run.returncode, code, run.stderr)
        self.db = sqlite3.connect(self.path("runs.db"))
        self.addCleanup(self.db.close)

    def one(self, sql, *values):
        return self.db.execute(sql, values).fetchone()[0]

    def test_the_rows_are_what_the_files_say(self):
        memsim("run", "--quiet", "--out", self.path("out"), "--records", scenario("half_freed"))
        with open(self.path("out/calls.csv"), encoding="utf-8") as file:
            calls = [(int(r["start_ns"]), int(r["reply_ns"]), r["call"], r["errno_name"]) for r in csv.DictReader(file)]
        self.assertEqual(self.db.execute("SELECT start_ns, reply_ns, call, errno FROM calls WHERE run = 2 "
                                         "ORDER BY rowid").fetchall(), calls)
        with open(self.path("out/series.csv"), encoding="utf-8") as file:
            series = [(int(r["time_ns"]), int(r["free_frames"]), int(r["probe_eight_kib"]))
                      for r in csv.DictReader(file)]
        self.assertEqual(self.db.execute("SELECT s.time_ns, free_frames, granted FROM samples s JOIN probes p "
                                         "ON p.run = s.run AND p.time_ns = s.time_ns WHERE s.run = 2 "
                                         "ORDER BY s.rowid").fetchall(), series)
        summary = json.loads(read(self.path("out/summary.json")))
        self.assertEqual(self.one("SELECT fingerprint FROM runs WHERE run = 2"), summary["fingerprint"])
        self.assertEqual(self.one("SELECT COUNT(*) FROM expectations WHERE run = 2 AND holds"),
                         len(summary["expectations"]))
        segments = [tuple(s.values()) for reply in summary["replies"]["first"] for s in reply["segments"]]
        self.assertEqual(self.db.execute("SELECT s.offset_bytes, paddr, s.length_bytes FROM segments s "
                                         "JOIN replies USING(reply) WHERE run = 2 ORDER BY reply, number").fetchall(),
                         segments)
        self.assertEqual(self.one("SELECT COUNT(*) FROM objects WHERE run = 2"),
                         read(self.path("out/records.jsonl")).count('"kind":"object_created"'))

    def test_every_ready_query_of_the_page_finds_something(self):
        page = read(os.path.join(SOURCE, "docs", "queries.md"))
        queries = re.findall(r"```sql\n(.*?)```", page, re.S)
        self.assertGreaterEqual(len(queries), 8)
        for query in queries:
            self.assertGreater(len(self.db.execute(query).fetchall()), 0, query)

    def test_every_table_and_column_is_told_of(self):
        page = read(os.path.join(SOURCE, "docs", "queries.md"))
        for (table,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            line = re.search(rf"^\| `{table}` \|.*$", page, re.M)
            self.assertTrue(line, table)
            for column in self.db.execute(f"PRAGMA table_info({table})").fetchall():
                self.assertIn(f"`{column[1]}`", line[0])

    def test_a_report_of_a_database_is_that_of_the_runs(self):
        run = memsim("report", self.path("runs.db"), "-o", self.path("stored.html"))
        if "script/page" in run.stderr:
            self.skipTest("built without the page")
        self.assertEqual(run.returncode, 0, run.stderr)
        again = memsim("run", "--quiet", "--db", self.path("one.db"), "--records", "--report", self.path("run.html"),
                       scenario("half_freed"))
        self.assertEqual(again.returncode, 0)
        memsim("report", self.path("one.db"), "-o", self.path("stored.html"))
        self.assertEqual(read(self.path("run.html")), read(self.path("stored.html")))

    def test_compare_of_a_database_is_compare_of_its_scenario(self):
        for seed in ("1", "2", "3"):
            for policy in ("buddy", "tlsf"):
                run = memsim("run", "--quiet", "--db", self.path("two.db"), "--policy", policy, "--seed", seed, "--set",
                             "machine.cpus=2", scenario("half_freed"))
                self.assertEqual(run.returncode, 0, run.stderr)
        stored = memsim("compare", "--json", self.path("two.db"))
        again = memsim("compare", "--json", "--policy", "buddy", "--policy", "tlsf", "--seed", "1", "--seeds", "3",
                       "--set", "machine.cpus=2", scenario("half_freed"))
        self.assertEqual((stored.returncode, again.returncode), (0, 0), stored.stderr + again.stderr)
        stored, again = json.loads(stored.stdout), json.loads(again.stdout)
        self.assertEqual(again[0]["overridden"].pop(), {"name": "seed", "value": "1"})  # there each run has its own
        self.assertEqual(stored, again)

    def test_what_cannot_be_compared_is_told(self):
        for arguments, word in ((["runs.db"], "all runs are under"),
                                (["runs.db", "--seeds", "3"], "--seeds has no effect"),
                                (["runs.db", "my.yaml"], "'my.yaml' is no database"),
                                (["runs.db", "--report", "x"], "memsim report")):
            run = memsim("compare", *arguments, cwd=self.folder)
            self.assertEqual(run.returncode, 2, (arguments, run.stdout))
            self.assertIn(word, run.stderr)
        self.db.executescript("DELETE FROM runs WHERE scenario NOT LIKE '%half%'; DELETE FROM measures WHERE run = 2;")
        run = memsim("compare", "runs.db", "-m", "nosuch", cwd=self.folder)
        self.assertIn("no run has a measure 'nosuch'", run.stderr)

    def test_the_measures_of_a_run_are_in_the_database(self):
        self.assertEqual(self.one("SELECT value FROM measures WHERE run = 2 AND name = 'allocations/failed'"), 2)
        self.assertIsNone(self.one("SELECT value FROM measures WHERE run = 1 AND name LIKE "
                                   "'%first_contiguous_failure_ns'"))

    def test_a_run_that_is_killed_leaves_nothing_and_harms_nothing(self):
        with subprocess.Popen([MEMSIM, "run", "--quiet", "--db", self.path("runs.db"), scenario("camera_day")],
                              stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            time.sleep(1.5)
            process.send_signal(signal.SIGKILL)
        self.assertEqual(self.one("SELECT COUNT(*) FROM runs"), 4)
        self.assertEqual(self.one("PRAGMA integrity_check"), "ok")
        self.assertEqual(self.one("SELECT COUNT(*) FROM calls WHERE run > 4"), 0)

    def test_programs_that_write_at_the_same_time_wait_for_each_other(self):
        commands = [[MEMSIM, "run", "--quiet", "--db", self.path("runs.db"), scenario(name)]
                    for name in ("half_freed", "defragment", "deadlock", "refused")]
        started = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                   for command in commands]
        for process in started:
            _, errors = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, errors)
        self.assertEqual(self.one("SELECT COUNT(*) FROM runs"), 8)
        self.assertEqual(self.one("SELECT COUNT(*) FROM pragma_foreign_key_check"), 0)

    def test_a_report_of_a_database_that_was_tampered_with_is_refused(self):
        for change in ("DELETE FROM records WHERE sequence = 20", "UPDATE records SET line = 'x' WHERE sequence = 9",
                       "DELETE FROM records", "UPDATE records SET line = zeroblob(70000000) WHERE sequence = 3",
                       "DROP TABLE records", "DROP TABLE records; CREATE VIEW records AS WITH RECURSIVE n(i) AS "
                       "(SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 AS run, i AS sequence, 'x' AS line FROM n"):
            with open(self.path("bad.db"), "wb") as file:
                file.write(read_bytes(self.path("runs.db")))
            bad = sqlite3.connect(self.path("bad.db"))
            bad.executescript(change)
            bad.close()
            run = memsim("report", self.path("bad.db"), "-o", self.path("bad.html"))
            if "script/page" in run.stderr:
                self.skipTest("built without the page")
            self.assertEqual(run.returncode, 2, (change, run.stderr))

    def test_a_run_goes_with_all_of_its_rows(self):
        self.db.execute("PRAGMA foreign_keys = ON")
        self.db.execute("DELETE FROM runs WHERE run = 2")
        for (table,) in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table != "segments":
                self.assertEqual(self.one(f"SELECT COUNT(*) FROM {table} WHERE run = 2"), 0, table)
        self.assertEqual(self.one("SELECT COUNT(*) FROM pragma_foreign_key_check"), 0)

    def test_files_of_another_kind_are_refused(self):
        other = sqlite3.connect(self.path("other.db"))
        other.execute("CREATE TABLE runs(x)")
        other.commit()
        other.close()
        with open(self.path("text"), "w", encoding="utf-8") as file:
            file.write("no database at all\n" * 100)
        for name in ("other.db", "text"):
            before = read_bytes(self.path(name))
            run = memsim("run", "--db", self.path(name), scenario("deadlock"))
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertEqual(read_bytes(self.path(name)), before)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
