#include <memsim/campaign/other_program.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <memsim/host/process.hpp>

namespace memsim {
namespace {

Unexpected<HostError> failure(const std::string& program, const std::string& what, std::string help = {}) {
  return host_failure(ExitCode::host_failed, fmt::format("{}: {}", escaped_for_terminal(program), what),
                      std::move(help));
}

std::string first_line(const std::string& text) {
  constexpr std::size_t kShown = 300;
  return escaped_for_terminal(text.substr(0, std::min(text.find('\n'), kShown)));
}

std::string how_it_ended(const host::ProcessEnd& ended) {
  if (ended.signal != 0) return fmt::format("signal {} ended it", ended.signal);
  return fmt::format("it ended with exit code {}", ended.exit_code);
}

// Whether there can be a run to look at: that an expectation failed, or that a cap ended the run, is no matter here.
bool has_run(const host::ProcessEnd& ended) {
  constexpr std::array kCodes = {ExitCode::ok, ExitCode::expectation_failed, ExitCode::cap_reached};
  return ended.signal == 0 && std::any_of(kCodes.begin(), kCodes.end(),
                                          [&](ExitCode code) { return ended.exit_code == static_cast<int>(code); });
}

// What a run of the scenario may take: much more than it took here, for the other program may be an old, a slow or an
// instrumented build; but not for ever.
host::ProcessLimits limits_of(const RunCost& cost) {
  constexpr int kSlower = 50;
  constexpr std::uint64_t kRecordBytes = 4096;
  host::ProcessLimits limits;
  limits.time = std::chrono::seconds(30) + kSlower * cost.time;
  limits.file_bytes = (std::uint64_t{256} << 20) + std::min(cost.records, std::uint64_t{1} << 40) * kRecordBytes;
  return limits;
}

}  // namespace

HostResult<OtherProgram> OtherProgram::create(const std::string& program, std::vector<std::string> arguments) {
  constexpr std::string_view kName = "memsim ";
  constexpr std::size_t kVersionMax = 40;
  const HostResult<host::TemporaryFolder> folder = host::TemporaryFolder::create();
  if (!folder) return Unexpected(folder.error());
  const HostResult<host::ProcessEnd> ended = host::run_process({program, "--version"}, *folder, {});
  if (!ended) return Unexpected(ended.error());
  OtherProgram other(program, std::move(arguments));
  const std::string said = ended->output.substr(0, ended->output.find('\n'));
  const bool is_memsim = ended->exit_code == 0 && ended->signal == 0 && said.starts_with(kName) &&
                         said.size() <= kName.size() + kVersionMax;
  if (!is_memsim) {
    return failure(program, "it is no memsim program", "memsim --version says 'memsim' and a version");
  }
  other.version_ = escaped_for_terminal(said.substr(kName.size()));
  return other;
}

HostResult<std::string> OtherProgram::run(const std::string& scenario, const RunCost& cost,
                                          std::span<const std::string> more) const {
  const HostResult<host::TemporaryFolder> folder = host::TemporaryFolder::create();
  if (!folder) return Unexpected(folder.error());
  std::vector<std::string> words = {name_, "run", "--quiet"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", scenario});
  HostResult<host::ProcessEnd> ended = host::run_process(std::move(words), *folder, limits_of(cost));
  if (!ended) return Unexpected(std::move(ended).error());
  if (has_run(*ended)) return std::move(ended->output);
  return failure(name_, fmt::format("it does not run {}: {}", escaped_for_terminal(scenario), how_it_ended(*ended)),
                 ended->errors.empty() ? "" : fmt::format("it said: {}", first_line(ended->errors)));
}

HostResult<std::uint64_t> OtherProgram::fingerprint_of(const std::string& scenario, const RunCost& cost) const {
  constexpr std::size_t kDigits = 16;
  const HostResult<std::string> output = run(scenario, cost, {});
  if (!output) return Unexpected(output.error());
  std::uint64_t value = 0;
  const char* const end = output->data() + std::min(output->size(), kDigits);
  const auto result = std::from_chars(output->data(), end, value, 16);
  if (output->size() > kDigits && result.ec == std::errc() && result.ptr == end) return value;
  return failure(name_, fmt::format("it gave no fingerprint for {}", escaped_for_terminal(scenario)));
}

HostResult<std::string> OtherProgram::record_run(const std::string& scenario, const RunCost& cost,
                                                 const host::TemporaryFolder& folder) const {
  const std::string out = folder.path() + "/run";
  const std::array<std::string, 3> more = {"--records", "--out", out};
  const HostResult<std::string> output = run(scenario, cost, more);
  if (!output) return Unexpected(output.error());
  return out + "/records.jsonl";
}

}  // namespace memsim
