#include "sim/options/job_option.hpp"

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/parallel.hpp>
#include <memsim/campaign/run_plan.hpp>

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

void add_seeds_option(Command& command, std::string& text) {
  command.add_value("--seeds", text, kNumberType,
                    "Run each under so many seeds, the scenario's and those that follow it");
}

HostResult<std::uint64_t> seeds_of(const Command& command, const std::string& text) {
  if (!command.is_given("--seeds")) return std::uint64_t{0};
  const Parsed<std::uint64_t> seeds = parse_unsigned(text);
  if (!seeds) return host_failure(ExitCode::bad_input, fmt::format("--seeds: {}", seeds.error()));
  if (*seeds > 0 && *seeds <= RunPlan::kRunsMax) return *seeds;
  return host_failure(ExitCode::bad_input, fmt::format("--seeds: expected a number from 1 to {}", RunPlan::kRunsMax));
}

}  // namespace memsim
