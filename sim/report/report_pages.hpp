// ReportPages: the runs of a report, gathered one after the other, and the file that they become.
//
//   ReportPages pages;
//   RunPage page;                        // the sinks of one run
//   for (RecordSink* sink : page.sinks()) session.subscribe(*sink);
//   ... run ...
//   pages.add(std::move(page), summary);
//   pages.write("report.html");
#pragma once

#include <array>
#include <string>
#include <vector>

#include <memsim/base/host_error.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/explanation.hpp>
#include <memsim/view/page.hpp>
#include <memsim/view/summary.hpp>

namespace memsim {

// What the page wants to hear of a run.
struct RunPage {
  PageView page;
  ExplainView explanation{{.failures = 200}};
  [[nodiscard]] std::array<RecordSink*, 2> sinks() { return {&page, &explanation}; }
};

class ReportPages {
 public:
  // Errors: host_failed where this program has no page, with the command that adds it. Ask before the first run.
  [[nodiscard]] static HostResult<void> check_program();

  // A run that is over. `summary` is that of the run, whatever it was gathered from.
  void add(RunPage run, Summary summary);

  [[nodiscard]] bool is_empty() const { return runs_.empty(); }

  // Makes the file appear whole, or leaves what was there. A run is called by what sets it apart from the others.
  // Requires: a run was added. Errors: host_failed.
  [[nodiscard]] HostResult<void> write(const std::string& path, PageExtras extras = {}) const;

 private:
  struct Run {
    PageView page;
    Summary summary;
  };
  std::vector<Run> runs_;
};

}  // namespace memsim
