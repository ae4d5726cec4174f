#include "sim/report/stored_run.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include <memsim/base/json.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/host/files.hpp>
#include <memsim/view/value_text.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

// A summary's lists are bounded: a larger file is none of ours.
constexpr std::uint64_t kSummaryBytesMax = std::uint64_t{256} << 20;

Unexpected<HostError> unreadable(const std::string& path, const std::string& why) {
  return host_failure(ExitCode::host_failed, fmt::format("cannot read '{}': {}", escaped_for_terminal(path), why),
                      "a report is made from folders that 'memsim run --out FOLDER --records' wrote");
}

Unexpected<HostError> no_summary(const std::string& path) {
  return host_failure(ExitCode::bad_input,
                      fmt::format("'{}' is no summary as this memsim writes it", escaped_for_terminal(path)),
                      "run the scenario again, with --out FOLDER --records");
}

HostResult<Json> read_json(const std::string& path) {
  if (!host::is_there(path)) return unreadable(path, "it is not there");
  const HostResult<std::string> bytes = host::read_file(path, kSummaryBytesMax);
  if (!bytes && exit_code(bytes.error()) == ExitCode::cap_reached) return no_summary(path);
  if (!bytes) return unreadable(path, bytes.error().front().message);
  Json json = parse_json(*bytes);
  if (json.is_discarded() || !json.is_object()) return no_summary(path);
  return json;
}

// The members of a JSON object, each of the type that is asked for; the first fault is kept.
class Members {
 public:
  explicit Members(const Json& json) : json_(json) {}

  std::string text(const char* name) {
    const Json* value = member(name);
    return value && value->is_string() ? value->get<std::string>() : failed(std::string());
  }
  std::uint64_t number(const char* name) {
    const Json* value = member(name);
    return value && value->is_number_unsigned() ? value->get<std::uint64_t>() : failed(std::uint64_t{0});
  }
  bool truth(const char* name) {
    const Json* value = member(name);
    return value && value->is_boolean() ? value->get<bool>() : failed(false);
  }
  const Json* list(const char* name) {
    const Json* value = member(name);
    return value && value->is_array() ? value : failed<const Json*>(nullptr);
  }

  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  const Json* member(const char* name) const {
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }
  template <class T>
  T failed(T value) {
    has_failed_ = true;
    return value;
  }

  const Json& json_;
  bool has_failed_ = false;
};

// What the records do not tell. False where the summary has another form, or is of another run.
bool complete(Summary& summary, const Json& json) {
  Members members(json);
  summary.scenario = members.text("scenario");
  summary.title = members.text("title");
  summary.unjudged_expectations = members.number("unjudged_expectations");
  if (members.text("fingerprint") != fingerprint_text(summary.fingerprint)) return false;
  if (const auto end = json.find("end"); end != json.end() && end->is_object()) {
    summary.cap_reached = Members(*end).text("cap");
  }
  const Json* expectations = members.list("expectations");
  if (!expectations) return false;
  for (const Json& entry : *expectations) {
    Members of(entry);
    ExpectationSummary expectation;
    expectation.line = static_cast<std::uint32_t>(of.number("line"));
    expectation.column = static_cast<std::uint32_t>(of.number("column"));
    expectation.holds = of.truth("holds");
    expectation.expected = of.text("expected");
    expectation.found = of.text("found");
    if (of.has_failed()) return false;
    summary.expectations.push_back(std::move(expectation));
  }
  return !members.has_failed();
}

}  // namespace

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

HostResult<Summary> read_stored_run(const std::string& folder, std::span<RecordSink* const> sinks) {
  const std::string records = folder + "/records.jsonl";
  if (!host::is_there(records)) return unreadable(records, "it is not there");
  const HostResult<Json> json = read_json(folder + "/summary.json");
  if (!json) return Unexpected(json.error());
  HostResult<ScenarioRun> run = replay_run(records, sinks);
  if (!run) return Unexpected(std::move(run).error());
  if (!complete(run->summary, *json)) return no_summary(folder + "/summary.json");
  return std::move(run->summary);
}

}  // namespace memsim
