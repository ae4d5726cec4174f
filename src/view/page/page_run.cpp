// The head of a run's data: what data.js, run_view.js and map_view.js read by these names.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <memsim/base/numbers.hpp>
#include <memsim/view/names.hpp>
#include <memsim/view/page.hpp>
#include <memsim/view/render.hpp>

#include "view/picture/render_explanation.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

// Names may hold any bytes: what is no UTF-8 or cannot be seen is written as an escape.
std::string shown(std::string_view text) { return escaped_for_terminal(text); }

// The tables of the run one after the other: their layout for the head, their bytes for the data.
class Tables {
 public:
  explicit Tables(std::string& data) : data_(data) {}

  void begin(std::string name, std::uint64_t rows) {
    layout_.push_back({{"name", std::move(name)}, {"rows", rows}, {"columns", Json::array()}});
  }
  void add(std::string_view name, const PackedColumn& column) {
    layout_.back()["columns"].push_back(Json::array({std::string(name), std::string(column.mode_name())}));
    data_ += column.bytes();
  }
  [[nodiscard]] Json layout() const { return layout_; }

 private:
  std::string& data_;
  Json layout_ = Json::array();
};

Json end_of(const Summary& summary) {
  return {{"reason", std::string(name_of(summary.stop_reason))}, {"time", summary.end_time.value()}};
}

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

Json failures_of(const Summary& summary) {
  Json list = Json::array();
  if (!summary.contiguous_failures) return list;
  for (const FailureExplanation& failure : summary.contiguous_failures->first) {
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
    list.push_back({{"time", failure.time.value()},
                    {"process", shown(failure.process)},
                    {"object", shown(failure.object_name)},
                    {"frames", failure.shape.count.count()},
                    {"error", std::string(errno_name(failure.error))},
                    {"regions", std::move(regions)},
                    {"range", std::move(range)},
                    {"remedy", remedy_sentence(failure, summary.page_size)},
                    {"owners", std::move(owners)}});
  }
  return list;
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

// Objects by how many segments they have: one by one up to eight, then by powers of two.
Json segment_bars(const std::map<std::uint64_t, std::uint64_t>& objects_by_segments) {
  std::map<std::uint64_t, std::uint64_t> bars;  // by the first number of segments of the bar
  for (const auto& [segments, objects] : objects_by_segments) {
    std::uint64_t first = segments;
    if (segments > 8) {
      for (first = 8; segments >= 2 * first;) first *= 2;
    }
    bars[first] += objects;
  }
  Json list = Json::array();
  for (const auto& [first, objects] : bars) {
    list.push_back({first < 8 ? std::to_string(first) : fmt::format("{}..{}", first, 2 * first - 1), objects});
  }
  return list;
}

}  // namespace

PageRun PageView::run(const Summary& summary, std::string label, std::string about) const {
  PageRun run{.label = shown(label), .head = {}, .data = {}};
  Tables tables(run.data);
  tables.begin("map", change_count_);
  tables.add("time", change_time_), tables.add("kind", change_kind_), tables.add("flags", change_flags_);
  tables.add("object", change_object_), tables.add("pid", change_pid_), tables.add("call", change_call_);
  tables.add("first", change_first_), tables.add("count", change_frames_);

  Json head = {{"label", run.label}, {"about", shown(about)}, {"scenario", shown(summary.scenario)}};
  head["title"] = shown(summary.title);
  head["pageSize"] = summary.page_size.count();
  head["end"] = end_of(summary);
  Json regions = Json::array();
  for (std::size_t i = 0; i < regions_.size(); ++i) {
    const Region& region = regions_[i];
    regions.push_back({{"name", shown(region.name)},
                       {"first", region.first.value()},
                       {"frames", region.frames.count()},
                       {"general", region.general},
                       {"orders", region.orders}});
    tables.begin(fmt::format("region_{}", i), region.samples);
    tables.add("time", region.time), tables.add("free", region.free), tables.add("largest", region.largest);
    for (unsigned order = 0; order < region.orders && order < region.blocks.size(); ++order) {
      tables.add(fmt::format("k{}", order), region.blocks[order]);
    }
  }
  head["regions"] = std::move(regions);
  tables.begin("objects", object_samples_);
  tables.add("time", object_time_);
  constexpr std::array kNames = {"count", "min", "median", "p99", "max"};
  for (std::size_t i = 0; i < kNames.size(); ++i) tables.add(kNames[i], object_values_[i]);
  Json probes = Json::array();
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    const std::string table = fmt::format("probe_{}", i);
    tables.begin(table, probes_[i].samples);
    tables.add("time", probes_[i].time), tables.add("ok", probes_[i].ok);
    probes.push_back({{"name", shown(probes_[i].name)}, {"table", table}});
  }
  head["probes"] = std::move(probes);
  head["tables"] = tables.layout();
  add_names(head);
  add_stories(head, summary);
  run.head = head.dump();
  return run;
}

void PageView::add_names(nlohmann::ordered_json& head) const {
  Json processes = Json::array();
  for (const auto& [pid, name] : processes_) processes.push_back({{"pid", pid.value()}, {"name", shown(name)}});
  head["processes"] = std::move(processes);
  Json reservations = Json::array();
  for (const std::string& name : reservations_) reservations.push_back(shown(name));
  head["reservations"] = std::move(reservations);
  Json objects = Json::object();
  for (const auto& [id, name] : object_names_) {
    if (!name.empty()) objects[std::to_string(id)] = shown(name);
  }
  head["objectNames"] = std::move(objects);
  Json calls = Json::array();
  for (std::size_t i = 0; i < kCallCount; ++i) calls.push_back(std::string(call_name(static_cast<Call>(i))));
  head["calls"] = std::move(calls);
  Json edges = Json::array();
  for (const auto& [ends, traffic] : traffic_) {
    edges.push_back({{"from", shown(ends.first)},
                     {"to", shown(ends.second)},
                     {"messages", traffic.messages},
                     {"pulses", traffic.pulses}});
  }
  head["edges"] = std::move(edges);
}

void PageView::add_stories(nlohmann::ordered_json& head, const Summary& summary) const {
  head["changesLost"] = changes_lost_;
  head["failures"] = failures_of(summary);
  head["failureCount"] = summary.contiguous_failures ? summary.contiguous_failures->count : 0;
  Json failed = Json::array();
  for (const FailedCall& call : failed_calls_.first) {
    failed.push_back({{"time", call.time.value()},
                      {"process", shown(call.process)},
                      {"call", std::string(call_name(call.call))},
                      {"error", std::string(errno_name(call.error))},
                      {"object", shown(object_name(call.object))}});
  }
  head["failedCalls"] = std::move(failed);
  head["failedCallCount"] = failed_calls_.count;
  Json replies = Json::array();
  for (const ShortReply& reply : short_replies_.first) {
    replies.push_back({{"time", reply.time.value()},
                       {"process", shown(reply.process)},
                       {"object", shown(object_name(reply.object))},
                       {"capacity", reply.capacity},
                       {"inRange", reply.in_range}});
  }
  head["shortReplies"] = std::move(replies);
  head["shortReplyCount"] = short_replies_.count;
  head["deadlocks"] = deadlocks_of(summary);
  head["notes"] = notes_of(summary);
  head["noteCount"] = summary.notes.count;
  head["expectations"] = expectations_of(summary);
  head["latencies"] = latencies_of(summary);
  std::map<std::uint64_t, std::uint64_t> objects_by_segments;
  for (const auto& [id, object] : objects_) {
    if (object.segments > 0) ++objects_by_segments[object.segments];
  }
  head["segmentsPerObject"] = segment_bars(objects_by_segments);
  head["segmentLengths"] = summary.objects ? Json(summary.objects->segments_by_log2) : Json::array();
  head["verdicts"] = verdicts_of(summary);
}

}  // namespace memsim
