#include "view/page/stories.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <memsim/base/host_error.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/value_text.hpp>

#include "view/picture/render_explanation.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

Json latencies_of(const Summary& summary) {
  Json list = Json::array();
  for (const MessageSummary& group : summary.messages) {
    if (group.latency.count() == 0) continue;
    Json points = Json::array();
    points.push_back({0, group.latency.minimum().count()});
    for (const std::uint32_t permille : {500U, 900U, 990U, 999U}) {
      points.push_back({permille / 1000.0, group.latency.quantile(permille).count()});
    }
    points.push_back({1, group.latency.maximum().count()});
    list.push_back({{"label", message_label(group)}, {"priority", group.priority}, {"points", std::move(points)}});
  }
  return list;
}

Json json_of(const FailureExplanation& failure, Bytes page_size) {
  Json owners = Json::array();
  for (const FramesInTheWay& owner : failure.owners.first) {
    owners.push_back({{"process", shown(owner.process)},
                      {"object", shown(owner.object_name)},
                      {"movable", owner.movable.count()},
                      {"pinned", owner.pinned.count()}});
  }
  Json regions = Json::array();
  for (const std::string& region : failure.regions) regions.push_back(shown(region));
  Json range;
  if (failure.range) {
    range = {{"first", failure.range->range.first.value()}, {"count", failure.range->range.count.count()}};
  }
  return {{"time", failure.time.value()},
          {"probe", shown(failure.probe)},
          {"process", shown(failure.process)},
          {"object", shown(failure.object_name)},
          {"frames", failure.shape.count.count()},
          {"error", std::string(errno_name(failure.error))},
          {"regions", std::move(regions)},
          {"range", std::move(range)},
          {"remedy", remedy_sentence(failure, page_size)},
          {"owners", std::move(owners)}};
}

// Requests that failed, and probes where they began to fail, by time.
void add_failures(Json& head, const Summary& summary) {
  std::vector<const FailureExplanation*> failures;
  std::uint64_t count = 0;
  for (const auto* list : {&summary.contiguous_failures, &summary.probe_failures}) {
    if (!*list) continue;
    count += (*list)->count;
    for (const FailureExplanation& failure : (*list)->first) failures.push_back(&failure);
  }
  std::stable_sort(failures.begin(), failures.end(), [](const auto* a, const auto* b) { return a->time < b->time; });
  head["failures"] = Json::array();
  for (const FailureExplanation* failure : failures) {
    head["failures"].push_back(json_of(*failure, summary.page_size));
  }
  head["failureCount"] = count;
}

Json deadlocks_of(const Summary& summary) {
  Json list = Json::array();
  for (const DeadlockSummary& deadlock : summary.deadlocks.first) {
    Json members = Json::array();
    for (const auto& [thread, process] : deadlock.members) {
      members.push_back(fmt::format("{} (pid {}, tid {})", shown(process), thread.pid.value(), thread.tid.value()));
    }
    list.push_back({{"time", deadlock.time.value()}, {"members", std::move(members)}});
  }
  return list;
}

Json notes_of(const Summary& summary) {
  Json list = Json::array();
  for (const NoteSummary& note : summary.notes.first) {
    list.push_back({{"time", note.time.value()}, {"process", shown(note.process)}, {"text", shown(note.text)}});
  }
  return list;
}

Json expectations_of(const Summary& summary) {
  Json list = Json::array();
  for (const ExpectationSummary& expectation : summary.expectations) {
    list.push_back(
        {{"text", shown(expectation.expected)}, {"passed", expectation.holds}, {"found", shown(expectation.found)}});
  }
  return list;
}

}  // namespace

std::string shown(std::string_view text) { return escaped_for_terminal(text); }

std::string fleet_or_process(std::string_view name) {
  const std::string_view fleet = fleet_of(name);
  return std::string(fleet.empty() ? name : fleet);
}

std::string about(const Summary& summary) {
  std::string options;
  for (const SettingSummary& option : summary.policy_options) {
    options += fmt::format("{}{}={}", options.empty() ? " with " : ", ", option.name, option.value);
  }
  std::string text =
      fmt::format("memsim {}, policy {}{}, seed {}, {}, fingerprint {}", summary.version, summary.policy, options,
                  summary.seed, counted(summary.cpus, "processor"), fingerprint_text(summary.fingerprint));
  for (const SettingSummary& setting : summary.overridden) {
    text += fmt::format("; {} = {}", setting.name, setting.value);
  }
  return shown(text);
}

void add_stories(nlohmann::ordered_json& head, const Summary& summary) {
  add_failures(head, summary);
  head["deadlocks"] = deadlocks_of(summary);
  head["notes"] = notes_of(summary);
  head["noteCount"] = summary.notes.count;
  head["expectations"] = expectations_of(summary);
  head["latencies"] = latencies_of(summary);
  head["segmentLengths"] = summary.objects ? Json(summary.objects->segments_by_log2) : Json::array();
}

}  // namespace memsim
