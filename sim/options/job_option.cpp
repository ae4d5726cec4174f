#include "sim/options/job_option.hpp"

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/parallel.hpp>

namespace memsim {
namespace {

constexpr unsigned kJobsMax = 1024;

}  // namespace

void add_jobs_option(Command& command, std::string& text) {
  command.add_value("-j,--jobs", text, kNumberType, "Runs at a time; by default as many as there are processors");
}

HostResult<unsigned> jobs_of(const Command& command, const std::string& text) {
  if (!command.is_given("--jobs")) return default_jobs();
  const Parsed<std::uint64_t> jobs = parse_unsigned(text);
  if (!jobs) return host_failure(ExitCode::bad_input, fmt::format("--jobs: {}", jobs.error()));
  if (*jobs >= 1 && *jobs <= kJobsMax) return static_cast<unsigned>(*jobs);
  return host_failure(ExitCode::bad_input, fmt::format("--jobs: expected a number from 1 to {}", kJobsMax));
}

}  // namespace memsim
