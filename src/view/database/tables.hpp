// The tables of a database of runs. docs/output.md tells of each column.
#pragma once

#include <memsim/view/database/database_file.hpp>

namespace memsim::database {

inline constexpr DatabaseKind kRuns = {.application = 0x6d73726e, .format = 2, .tables = R"sql(
CREATE TABLE runs(run INTEGER PRIMARY KEY, scenario TEXT, title TEXT, version TEXT, content TEXT, seed INTEGER,
  policy TEXT, policy_options TEXT, overridden TEXT, page_size_bytes INTEGER, cpus INTEGER, fingerprint TEXT,
  ended TEXT, end_time_ns INTEGER, records INTEGER, cap TEXT, unjudged_expectations INTEGER);
CREATE TABLE regions(run INTEGER REFERENCES runs ON DELETE CASCADE, region INTEGER, name TEXT, base INTEGER,
  frames INTEGER, general INTEGER, PRIMARY KEY(run, region)) WITHOUT ROWID;
CREATE TABLE processes(run INTEGER REFERENCES runs ON DELETE CASCADE, pid INTEGER, parent INTEGER, name TEXT,
  started_ns INTEGER, ended_ns INTEGER, cause TEXT, PRIMARY KEY(run, pid)) WITHOUT ROWID;
CREATE TABLE objects(run INTEGER REFERENCES runs ON DELETE CASCADE, object INTEGER, pid INTEGER, name TEXT,
  of_mapping INTEGER, created_ns INTEGER, destroyed_ns INTEGER, size_bytes INTEGER, frames INTEGER,
  segment_count INTEGER, most_segments INTEGER, PRIMARY KEY(run, object)) WITHOUT ROWID;
CREATE TABLE replies(reply INTEGER PRIMARY KEY, run INTEGER REFERENCES runs ON DELETE CASCADE, time_ns INTEGER,
  pid INTEGER, object INTEGER, offset_bytes INTEGER, length_bytes INTEGER, capacity INTEGER, in_range INTEGER,
  cut INTEGER);
CREATE INDEX replies_of_object ON replies(run, object, time_ns);
CREATE TABLE segments(reply INTEGER REFERENCES replies ON DELETE CASCADE, number INTEGER, offset_bytes INTEGER,
  paddr INTEGER, length_bytes INTEGER, PRIMARY KEY(reply, number)) WITHOUT ROWID;
CREATE TABLE calls(run INTEGER REFERENCES runs ON DELETE CASCADE, start_ns INTEGER, service_ns INTEGER,
  reply_ns INTEGER, pid INTEGER, tid INTEGER, server INTEGER, call TEXT, type INTEGER, priority INTEGER,
  status INTEGER, errno TEXT, object INTEGER);
CREATE INDEX calls_by_time ON calls(run, reply_ns);
CREATE INDEX calls_by_name ON calls(run, call, errno);
CREATE TABLE samples(run INTEGER REFERENCES runs ON DELETE CASCADE, time_ns INTEGER, point TEXT, region INTEGER,
  free_frames INTEGER, largest_free_run_frames INTEGER, free_run_count INTEGER, large_pages_free INTEGER,
  free_blocks TEXT);
CREATE INDEX samples_by_time ON samples(run, region, time_ns);
CREATE TABLE object_samples(run INTEGER REFERENCES runs ON DELETE CASCADE, time_ns INTEGER, point TEXT,
  object_count INTEGER, asked_bytes INTEGER, given_bytes INTEGER, segment_count INTEGER, segments_min INTEGER,
  segments_median INTEGER, segments_p99 INTEGER, segments_max INTEGER);
CREATE INDEX object_samples_by_time ON object_samples(run, time_ns);
CREATE TABLE probes(run INTEGER REFERENCES runs ON DELETE CASCADE, time_ns INTEGER, probe TEXT, granted INTEGER);
CREATE INDEX probes_by_name ON probes(run, probe, time_ns);
CREATE TABLE refusals(run INTEGER REFERENCES runs ON DELETE CASCADE, time_ns INTEGER, pid INTEGER, object INTEGER,
  frames INTEGER, contiguous INTEGER, errno TEXT, free_frames INTEGER, largest_free_run_frames INTEGER);
CREATE INDEX refusals_by_time ON refusals(run, time_ns);
CREATE TABLE notes(run INTEGER REFERENCES runs ON DELETE CASCADE, time_ns INTEGER, pid INTEGER, text TEXT);
CREATE INDEX notes_by_time ON notes(run, time_ns);
CREATE TABLE expectations(run INTEGER REFERENCES runs ON DELETE CASCADE, number INTEGER, line INTEGER, column INTEGER,
  holds INTEGER, expected TEXT, found TEXT, PRIMARY KEY(run, number)) WITHOUT ROWID;
CREATE TABLE measures(run INTEGER REFERENCES runs ON DELETE CASCADE, number INTEGER, name TEXT, value INTEGER,
  unit TEXT, better TEXT, PRIMARY KEY(run, number)) WITHOUT ROWID;
CREATE INDEX measures_by_name ON measures(name, run);
CREATE TABLE records(run INTEGER REFERENCES runs ON DELETE CASCADE, sequence INTEGER, line TEXT,
  PRIMARY KEY(run, sequence)) WITHOUT ROWID;
)sql"};

}  // namespace memsim::database
