// The page of a sweep, as a file.
#pragma once

#include <string>

#include <memsim/base/host_error.hpp>
#include <memsim/campaign/sweep/sweep_report.hpp>

namespace memsim {

// Makes the file appear whole, or leaves what was there. Errors: as write_report() and ReportPages::check_program().
[[nodiscard]] HostResult<void> write_sweep_page(SweepResults& sweep, const SweepReportOptions& options,
                                                const std::string& path);
// Of the results in a database that memsim sweep or merge made.
[[nodiscard]] HostResult<void> write_sweep_page(const std::string& database, const std::string& path);

}  // namespace memsim
