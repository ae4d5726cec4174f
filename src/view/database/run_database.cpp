#include <memsim/view/database/run_database.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include <memsim/base/json.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/measure_family.hpp>
#include <memsim/view/value_text.hpp>

#include "view/database/insert.hpp"
#include "view/database/tables.hpp"
#include "view/text/record_line.hpp"

namespace memsim {
namespace {

using database::Insert;

std::string json_of(const std::vector<SettingSummary>& settings) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const SettingSummary& setting : settings) out[setting.name] = setting.value;
  return json_text(out, JsonLayout::line, JsonLetters::utf8);
}

// Makes the tables of a new file, and looks whether an old one has them.
HostResult<void> prepare(const std::string& path, SQLite::Database& file) {
  SQLite::Transaction all(file, SQLite::TransactionBehavior::IMMEDIATE);
  const bool is_empty = file.execAndGet("SELECT COUNT(*) FROM sqlite_master").getInt() == 0;
  if (is_empty && file.execAndGet("PRAGMA application_id").getInt() == 0) {
    make_tables(file, database::kRuns);
    all.commit();
    return {};
  }
  if (format_of_database(file, database::kRuns) == database::kRuns.format) return {};
  return host_failure(ExitCode::bad_input,
                      fmt::format("{} is no database of runs of this memsim", escaped_for_terminal(path)),
                      "give another file; memsim run --db makes it");
}

}  // namespace

// What of an object or a process is known only later.
struct RunDatabase::State {
  struct Process {
    ProcessId parent;
    std::string name;
    SimTime started;
    SimTime ended = never();
    std::string cause{};
  };
  struct Object {
    ProcessId pid;
    std::string name;
    bool of_mapping = false;
    SimTime created;
    SimTime destroyed = never();
    Bytes size{};
    FrameCount frames{};
    std::uint64_t segments = 0;
    std::uint64_t most_segments = 0;
  };

  State(std::string file_path, bool keep_records)
      : path(std::move(file_path)),
        all_records(keep_records),
        file(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kDatabaseBusyMilliseconds) {
    file.exec("PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON;");
  }

  // The run's transaction begins: whoever else writes waits.
  void begin() {
    transaction.emplace(file, SQLite::TransactionBehavior::IMMEDIATE);
    run = file.execAndGet("SELECT COALESCE(MAX(run), 0) + 1 FROM runs").getInt64();
    reply = file.execAndGet("SELECT COALESCE(MAX(reply), 0) FROM replies").getInt64();
    file.exec(fmt::format("INSERT INTO runs(run) VALUES({})", run));
    regions.emplace(file, "regions", 6);
    processes_table.emplace(file, "processes", 7);
    objects_table.emplace(file, "objects", 11);
    replies.emplace(file, "replies", 10);
    segments.emplace(file, "segments", 5);
    calls.emplace(file, "calls", 13);
    samples.emplace(file, "samples", 9);
    object_samples.emplace(file, "object_samples", 11);
    probes.emplace(file, "probes", 4);
    refusals.emplace(file, "refusals", 9);
    notes.emplace(file, "notes", 4);
    expectations.emplace(file, "expectations", 7);
    measures_table.emplace(file, "measures", 6);
    records.emplace(file, "records", 3);
  }

  void on(const RegionAdded& record) {
    (*regions)(run, record.region, record.name, record.base, record.frames, record.general);
  }
  void on(RunPoint at, const ProcessStarted& record) {
    processes[record.pid] = {.parent = record.parent, .name = std::string(record.name), .started = at.time};
  }
  void on(RunPoint at, const ProcessExited& record) {
    Process& process = processes[record.pid];
    process.ended = at.time;
    process.cause = name_of(record.cause);
  }
  void on(RunPoint at, const ObjectCreated& record) {
    objects[record.object] = {
        .pid = record.pid, .name = std::string(record.name), .of_mapping = record.of_mapping, .created = at.time};
  }
  void on(const ObjectPopulated& record) {
    Object& object = objects[record.object];
    object.size = record.size;
    object.frames = record.frames;
    object.segments = record.segment_count;
    object.most_segments = std::max(object.most_segments, record.segment_count);
  }
  void on(RunPoint at, const ObjectDestroyed& record) {
    const auto found = objects.find(record.object);
    if (found == objects.end()) return;
    found->second.destroyed = at.time;
    write(found->first, found->second);
    objects.erase(found);
  }
  void on(RunPoint at, const SegmentReply& record) {
    (*replies)(++reply, run, at.time, record.pid, record.object, record.offset, record.length, record.capacity,
               record.in_range, record.cut);
    std::int64_t number = 0;
    for (const Segment& segment : record.segments) {
      (*segments)(reply, number++, segment.offset, segment.paddr, segment.length);
    }
  }
  void on(RunPoint at, const MessageReplied& record) {
    (*calls)(run, record.sent, record.received, at.time, record.pid, record.tid, record.server, call_name(record.call),
             record.type, record.priority, record.status, errno_name(record.error), record.object);
  }
  void on(RunPoint at, const CallCompleted& record) {
    (*calls)(run, record.started, never(), at.time, record.pid, record.tid, 0, call_name(record.call), 0,
             record.priority, record.result, errno_name(record.error), 0);
  }
  void on(RunPoint at, const RegionSample& record) {
    std::size_t orders = record.free_blocks.size();
    while (orders > 0 && record.free_blocks[orders - 1] == 0) --orders;
    (*samples)(run, at.time, name_of(record.point), record.region, record.free, record.largest_free_run,
               record.free_run_count, record.large_pages_free,
               fmt::format("[{}]", fmt::join(record.free_blocks.first(orders), ",")));
  }
  void on(RunPoint at, const ObjectSample& record) {
    (*object_samples)(run, at.time, name_of(record.point), record.object_count, record.asked, record.given,
                      record.segment_count, record.segments_min, record.segments_median, record.segments_p99,
                      record.segments_max);
  }
  void on(RunPoint at, const ProbeResult& record) { (*probes)(run, at.time, record.probe, record.would_succeed); }
  void on(RunPoint at, const AllocationFailed& record) {
    (*refusals)(run, at.time, record.pid, record.object, record.frames, record.contiguous, errno_name(record.error),
                record.free, record.largest_free_run);
  }
  void on(RunPoint at, const Note& record) { (*notes)(run, at.time, record.pid, record.text); }

  void write(ObjectId id, const Object& object) {
    (*objects_table)(run, id, object.pid, object.name, object.of_mapping, object.created, object.destroyed, object.size,
                     object.frames, object.segments, object.most_segments);
  }

  void write_record(const RecordView& record) {
    line.clear();
    record.visit([&](const auto& typed) { append_record_line(line, record.point(), typed); });
    line.pop_back();  // the newline
    (*records)(run, record.sequence(), line);
  }

  void finish(const Summary& summary, std::span<const Measure> measures) {
    for (const auto& [pid, process] : processes) {
      (*processes_table)(run, pid, process.parent, process.name, process.started, process.ended, process.cause);
    }
    for (const auto& [id, object] : objects) write(id, object);
    std::int64_t number = 0;
    for (const ExpectationSummary& e : summary.expectations) {
      (*expectations)(run, number++, e.line, e.column, e.holds, e.expected, e.found);
    }
    number = 0;
    for (const Measure& m : measures) {
      (*measures_table)(run, number++, m.name, database::Known{m.value, m.value != kNeverMeasured}, name_of(m.unit),
                        name_of(m.better));
    }
    SQLite::Statement row(
        file,
        "UPDATE runs SET (scenario, title, version, content, seed, policy, policy_options, overridden,"
        " page_size_bytes, cpus, fingerprint, ended, end_time_ns, records, cap,"
        " unjudged_expectations) = (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) WHERE run = ?");
    int i = 0;
    for (const std::string& text : {summary.scenario, summary.title, summary.version}) row.bind(++i, text);
    row.bind(++i, summary.content ? fingerprint_text(*summary.content) : std::string());
    row.bind(++i, static_cast<std::int64_t>(summary.seed));
    for (const std::string& text : {summary.policy, json_of(summary.policy_options), json_of(summary.overridden)}) {
      row.bind(++i, text);
    }
    row.bind(++i, static_cast<std::int64_t>(summary.page_size.count()));
    row.bind(++i, static_cast<std::int64_t>(summary.cpus));
    row.bind(++i, fingerprint_text(summary.fingerprint));
    row.bind(++i, std::string(name_of(summary.stop_reason)));
    row.bind(++i, static_cast<std::int64_t>(summary.end_time.value()));
    row.bind(++i, static_cast<std::int64_t>(summary.records));
    row.bind(++i, summary.cap_reached);
    row.bind(++i, static_cast<std::int64_t>(summary.unjudged_expectations));
    row.bind(++i, run);
    row.exec();
  }

  std::string path;
  bool all_records;
  SQLite::Database file;
  std::optional<SQLite::Transaction> transaction;
  std::int64_t run = 0;
  std::int64_t reply = 0;
  std::optional<Insert> regions, processes_table, objects_table, replies, segments, calls, samples, object_samples;
  std::optional<Insert> probes, refusals, notes, expectations, measures_table, records;
  std::map<ProcessId, Process> processes;
  std::map<ObjectId, Object> objects;  // live
  std::string line;
  std::optional<HostError> error;  // the first
};

RunDatabase::RunDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunDatabase::RunDatabase(RunDatabase&&) noexcept = default;
RunDatabase::~RunDatabase() = default;

HostResult<RunDatabase> RunDatabase::open(const std::string& path, bool all_records) {
  if (path.empty()) return host_failure(ExitCode::bad_input, "the database's name is empty");
  try {
    auto state = std::make_unique<State>(path, all_records);
    const HostResult<void> prepared = prepare(path, state->file);
    if (!prepared) return Unexpected(prepared.error());
    state->begin();
    return RunDatabase(std::move(state));
  } catch (const SQLite::Exception& exception) {
    return database_failure(path, exception);
  }
}

std::span<const RecordKind> RunDatabase::wanted() const {
  return state_->all_records ? all_record_kinds() : kinds_handled_by<State>();
}

void RunDatabase::on_record(const RecordView& record) {
  if (state_->error) return;
  try {
    tell(*state_, record);
    if (state_->all_records) state_->write_record(record);
  } catch (const SQLite::Exception& exception) {
    state_->error = database_failure(state_->path, exception).error();
  }
}

HostResult<void> RunDatabase::commit(const Summary& summary, std::span<const Measure> measures) {
  if (state_->error) return Unexpected(*state_->error);
  try {
    state_->finish(summary, measures);
    state_->transaction->commit();
    return {};
  } catch (const SQLite::Exception& exception) {
    return database_failure(state_->path, exception);
  }
}

}  // namespace memsim
