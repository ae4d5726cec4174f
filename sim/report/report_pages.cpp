#include "sim/report/report_pages.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <memsim/base/check.hpp>
#include <memsim/host/files.hpp>

namespace memsim {
namespace {

// Something that may set a run apart from the others, or only from those of its group.
struct Mark {
  std::string group;
  std::string text;
  auto operator<=>(const Mark&) const = default;
};

// The most telling first. Options of a policy are compared with those of runs under the same policy.
std::vector<Mark> marks_of(const Summary& summary) {
  std::vector<Mark> marks{{"", summary.scenario}, {"", summary.policy}};
  for (const SettingSummary& option : summary.policy_options) {
    marks.push_back({summary.policy, fmt::format("{}={}", option.name, option.value)});
  }
  marks.push_back({"", fmt::format("seed {}", summary.seed)});
  for (const SettingSummary& setting : summary.overridden) {
    const std::string_view name = setting.name;
    if (name == "seed" || name == "policy" || name.starts_with("policy.")) continue;
    marks.push_back({"", fmt::format("{}={}", setting.name, setting.value)});
  }
  return marks;
}

// Each run's marks that not all runs have; a number where that leaves two alike.
std::vector<std::string> labels_of(const std::vector<std::vector<Mark>>& marks) {
  std::map<Mark, std::size_t> bearers;
  std::map<std::string, std::size_t> members;
  for (const std::vector<Mark>& of_run : marks) {
    std::set<std::string> groups;
    for (const Mark& mark : std::set(of_run.begin(), of_run.end())) {
      ++bearers[mark];
      groups.insert(mark.group);
    }
    for (const std::string& group : groups) ++members[group];
  }
  std::map<std::string, std::size_t> uses;
  std::vector<std::string> labels;
  for (const std::vector<Mark>& of_run : marks) {
    std::string label;
    for (const Mark& mark : of_run) {
      if (bearers[mark] < members[mark.group]) label += (label.empty() ? "" : ", ") + mark.text;
    }
    if (label.empty()) label = of_run.front().text;
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
  summary.probe_failures = run.explanation.probe_failures();
  runs_.push_back({std::move(run.page), std::move(summary)});
}

HostResult<void> ReportPages::write(const std::string& path, PageExtras extras) const {
  MEMSIM_CHECK(!runs_.empty());
  std::vector<std::vector<Mark>> marks;
  for (const Run& run : runs_) marks.push_back(marks_of(run.summary));
  const std::vector<std::string> labels = labels_of(marks);
  std::vector<PageRun> pages;
  for (std::size_t i = 0; i < runs_.size(); ++i) pages.push_back(runs_[i].page.run(runs_[i].summary, labels[i]));
  const HostResult<std::string> html = render_page(pages, extras);
  if (!html) return Unexpected(html.error());
  return host::replace_file(path, *html);
}

}  // namespace memsim
