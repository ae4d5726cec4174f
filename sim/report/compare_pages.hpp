// The page of a comparison: its table, survival over the seeds, and a run under each contestant with shared axes.
#pragma once

#include <span>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/compare.hpp>

namespace memsim {

// A page has room for the runs of so many scenarios and contestants.
inline constexpr std::size_t kComparedPagesMax = 24;

// Before compare(): asks for the measure that survival is made of. Errors: host_failed where this program has no page;
// bad_input where the file has no name, or there would be more than kComparedPagesMax runs.
[[nodiscard]] HostResult<void> prepare_pages(CompareOptions& options, const std::string& path);

// Runs the first seed of each scenario under each contestant once more, and writes the page. Errors: as run_scenario();
// host_failed where the page cannot be written.
[[nodiscard]] HostResult<void> write_pages(const CompareOptions& options, std::span<const Comparison> comparisons,
                                           const std::string& path);

}  // namespace memsim
