#include <memsim/view/database/stored_runs.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include <memsim/base/json.hpp>
#include <memsim/view/measure_family.hpp>
#include <memsim/view/record_reader.hpp>

#include "view/database/tables.hpp"

namespace memsim {
namespace {

Unexpected<HostError> unreadable(const std::string& path, std::string_view why) {
  return host_failure(ExitCode::bad_input, fmt::format("{}: {}", escaped_for_terminal(path), escaped_for_terminal(why)),
                      "'memsim run --db FILE' writes such a database; a report wants its '--records' too");
}

HostResult<void> check_kind(const std::string& path, SQLite::Database& file) {
  file.exec("PRAGMA trusted_schema=OFF");
  if (format_of_database(file, database::kRuns) == database::kRuns.format &&
      has_tables(file, {"runs", "expectations", "measures", "records"})) {
    return {};
  }
  return unreadable(path, "this is no database of runs of this memsim");
}

std::optional<std::uint64_t> content_of(const std::string& text) {
  std::uint64_t content = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), content, 16);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return content;
}

std::vector<SettingSummary> settings_of(const std::string& json) {
  std::vector<SettingSummary> settings;
  const auto object = parse_json(json);
  if (!object.is_object()) return settings;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) settings.push_back({name, value.get<std::string>()});
  }
  return settings;
}

MeasuredRun run_of(SQLite::Statement& row) {
  MeasuredRun run;
  run.scenario = row.getColumn(1).getString();
  run.title = row.getColumn(2).getString();
  run.made_by.version = row.getColumn(3).getString();
  run.made_by.content = content_of(row.getColumn(4).getString());
  run.made_by.seed = static_cast<std::uint64_t>(row.getColumn(5).getInt64());
  run.made_by.policy = row.getColumn(6).getString();
  run.made_by.policy_options = settings_of(row.getColumn(7).getString());
  run.made_by.overridden = settings_of(row.getColumn(8).getString());
  run.fingerprint = row.getColumn(9).getString();
  run.end_time = SimTime(static_cast<std::uint64_t>(row.getColumn(10).getInt64()));
  return run;
}

// What the records do not tell.
void complete(Summary& summary, SQLite::Database& file, std::int64_t run) {
  SQLite::Statement row(file, "SELECT scenario, title, cap, unjudged_expectations, content FROM runs WHERE run = ?");
  row.bind(1, run);
  if (row.executeStep()) {
    summary.scenario = row.getColumn(0).getString();
    summary.title = row.getColumn(1).getString();
    summary.cap_reached = row.getColumn(2).getString();
    summary.unjudged_expectations = static_cast<std::uint64_t>(row.getColumn(3).getInt64());
    summary.content = content_of(row.getColumn(4).getString());
  }
  SQLite::Statement judged(
      file, "SELECT line, column, holds, expected, found FROM expectations WHERE run = ? ORDER BY number");
  judged.bind(1, run);
  while (judged.executeStep()) {
    summary.expectations.push_back({.line = static_cast<std::uint32_t>(judged.getColumn(0).getInt64()),
                                    .column = static_cast<std::uint32_t>(judged.getColumn(1).getInt64()),
                                    .holds = judged.getColumn(2).getInt() != 0,
                                    .expected = judged.getColumn(3).getString(),
                                    .found = judged.getColumn(4).getString()});
  }
}

template <class Work>
auto guarded(const std::string& path, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return unreadable(path, exception.what());
  }
}

}  // namespace

bool is_database(const std::string& path) { return application_of_database(path).has_value(); }

HostResult<std::vector<std::int64_t>> runs_in_database(const std::string& path) {
  return guarded(path, [&]() -> HostResult<std::vector<std::int64_t>> {
    SQLite::Database file(path, SQLite::OPEN_READONLY);
    const HostResult<void> checked = check_kind(path, file);
    if (!checked) return Unexpected(checked.error());
    std::vector<std::int64_t> runs;
    SQLite::Statement rows(file, "SELECT run FROM runs ORDER BY run");
    while (rows.executeStep()) runs.push_back(rows.getColumn(0).getInt64());
    return runs;
  });
}

HostResult<std::vector<MeasuredRun>> read_measured_runs(const std::string& path) {
  return guarded(path, [&]() -> HostResult<std::vector<MeasuredRun>> {
    SQLite::Database file(path, SQLite::OPEN_READONLY);
    const HostResult<void> checked = check_kind(path, file);
    if (!checked) return Unexpected(checked.error());
    std::vector<MeasuredRun> runs;
    SQLite::Statement rows(file,
                           "SELECT run, scenario, title, version, content, seed, policy, policy_options, overridden,"
                           " fingerprint, end_time_ns FROM runs ORDER BY run");
    SQLite::Statement measures(file, "SELECT name, value, unit, better FROM measures WHERE run = ? ORDER BY number");
    while (rows.executeStep()) {
      MeasuredRun& run = runs.emplace_back(run_of(rows));
      measures.reset();
      measures.bind(1, rows.getColumn(0).getInt64());
      while (measures.executeStep()) {
        const auto unit = unit_named(measures.getColumn(2).getString());
        const auto better = better_named(measures.getColumn(3).getString());
        if (!unit || !better) return unreadable(path, "a measure has a unit or a direction that there is not");
        const bool is_never = measures.getColumn(1).isNull();
        run.measures.push_back({measures.getColumn(0).getString(),
                                is_never ? kNeverMeasured : measures.getColumn(1).getInt64(), *better, *unit});
      }
    }
    return runs;
  });
}

HostResult<Summary> read_database_run(const std::string& path, std::int64_t run, std::span<RecordSink* const> sinks) {
  return guarded(path, [&]() -> HostResult<Summary> {
    SQLite::Database file(path, SQLite::OPEN_READONLY);
    const HostResult<void> checked = check_kind(path, file);
    if (!checked) return Unexpected(checked.error());
    RecordStream stream;
    SummaryView view;
    stream.subscribe(view);
    for (RecordSink* sink : sinks) stream.subscribe(*sink);
    SQLite::Statement rows(file, "SELECT line FROM records WHERE run = ? ORDER BY sequence");
    rows.bind(1, run);
    std::string line;
    bool is_empty = true;
    const auto next = [&]() -> std::optional<std::string_view> {
      if (!rows.executeStep()) return std::nullopt;
      is_empty = false;
      if (static_cast<std::size_t>(rows.getColumn(0).getBytes()) > kRecordLineMax) {
        line = "too long";
        return line;
      }
      line = rows.getColumn(0).getString();
      return line;
    };
    const std::string name = fmt::format("{}, run {}", path, run);
    const HostResult<void> replayed = replay_record_lines(name, next, stream);
    if (is_empty) return unreadable(path, fmt::format("run {} was stored without its records", run));
    if (!replayed) return Unexpected(replayed.error());
    Summary summary = view.summary(stream);
    complete(summary, file, run);
    return summary;
  });
}

}  // namespace memsim
