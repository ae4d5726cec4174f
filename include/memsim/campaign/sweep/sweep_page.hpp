// A sweep as a page to look at: its survival curves, and its tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/statistics.hpp>
#include <memsim/campaign/sweep/sweep_report.hpp>
#include <memsim/view/page.hpp>

namespace memsim {

// Of `options` its format and table have no meaning here. Errors and memory: as write_report().
[[nodiscard]] HostResult<SweepPage> page_of(SweepResults& sweep, const SweepReportOptions& options);

// A curve of Kaplan and Meier for a page, from the beginning to `end`.
[[nodiscard]] SurvivalCurve page_curve(std::string name, std::uint64_t runs, std::uint64_t failed,
                                       std::span<const SurvivalPoint> points, SimTime end);

}  // namespace memsim
