#include "sim/report/sweep_page.hpp"

#include <utility>

#include <memsim/campaign/sweep/sweep_page.hpp>
#include <memsim/host/files.hpp>
#include <memsim/view/page.hpp>

namespace memsim {

HostResult<void> write_sweep_page(SweepResults& sweep, const SweepReportOptions& options, const std::string& path) {
  HostResult<SweepPage> page = page_of(sweep, options);
  if (!page) return Unexpected(std::move(page).error());
  PageExtras extras;
  extras.sweep = std::move(*page);
  const HostResult<std::string> html = render_page({}, extras);
  if (!html) return Unexpected(html.error());
  return host::replace_file(path, *html);
}

HostResult<void> write_sweep_page(const std::string& database, const std::string& path) {
  HostResult<SweepResults> results = SweepResults::open(database);
  if (!results) return Unexpected(std::move(results).error());
  return write_sweep_page(*results, {}, path);
}

}  // namespace memsim
