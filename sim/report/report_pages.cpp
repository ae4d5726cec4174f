#include "sim/report/report_pages.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/campaign/text_file.hpp>

namespace memsim {
namespace {

std::string policy_of(const Summary& summary) {
  std::string text = summary.policy;
  const char* separator = " ";
  for (const SettingSummary& option : summary.policy_options) {
    text += fmt::format("{}{}={}", std::exchange(separator, ", "), option.name, option.value);
  }
  return text;
}

// What may set runs apart, the most telling first.
std::vector<std::string> marks_of(const Summary& summary) {
  std::vector<std::string> marks{summary.scenario, policy_of(summary), fmt::format("seed {}", summary.seed)};
  for (const SettingSummary& setting : summary.overridden) {
    marks.push_back(fmt::format("{} = {}", setting.name, setting.value));
  }
  return marks;
}

// Each run's marks that not all runs have; a number where that leaves two alike.
std::vector<std::string> labels_of(const std::vector<std::vector<std::string>>& marks) {
  std::map<std::string, std::size_t> bearers;
  for (const auto& of_run : marks) {
    for (const std::string& mark : std::set(of_run.begin(), of_run.end())) ++bearers[mark];
  }
  std::map<std::string, std::size_t> uses;
  std::vector<std::string> labels;
  for (const auto& of_run : marks) {
    std::string label;
    for (const std::string& mark : of_run) {
      if (bearers[mark] < marks.size()) label += (label.empty() ? "" : ", ") + mark;
    }
    if (label.empty()) label = of_run.front();
    if (const std::size_t use = ++uses[label]; use > 1) label += fmt::format(" ({})", use);
    labels.push_back(std::move(label));
  }
  return labels;
}

}  // namespace

HostResult<void> ReportPages::check_program() {
  if (has_page()) return {};
  return host_failure(ExitCode::host_failed, "this memsim was built without the page of reports",
                      "in memsim's source tree, script/page builds one with it");
}

void ReportPages::add(RunPage run, Summary summary) {
  summary.contiguous_failures = run.explanation.failures();
  runs_.push_back({std::move(run.page), std::move(summary)});
}

HostResult<void> ReportPages::write(const std::string& path, PageExtras extras) const {
  MEMSIM_CHECK(!runs_.empty());
  std::vector<std::vector<std::string>> marks;
  for (const Run& run : runs_) marks.push_back(marks_of(run.summary));
  const std::vector<std::string> labels = labels_of(marks);
  std::vector<PageRun> pages;
  for (std::size_t i = 0; i < runs_.size(); ++i) pages.push_back(runs_[i].page.run(runs_[i].summary, labels[i]));
  const HostResult<std::string> html = render_page(pages, extras);
  if (!html) return Unexpected(html.error());
  return replace_file(path, *html);
}

}  // namespace memsim
