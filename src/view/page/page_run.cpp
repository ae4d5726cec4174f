// The head of a run's data: what data.js, run_view.js and map_view.js read by these names.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <memsim/base/json.hpp>
#include <memsim/base/numbers.hpp>
#include <memsim/view/labels.hpp>
#include <memsim/view/page.hpp>
#include <memsim/view/render.hpp>
#include <memsim/view/value_text.hpp>

#include "view/page/stories.hpp"
#include "view/page/verdicts.hpp"

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

// The tables of the run one after the other: their layout for the head, their bytes for the data.
class Tables {
 public:
  explicit Tables(std::string& data) : data_(data) {}

  void begin(std::string name, std::uint64_t rows) {
    layout_.push_back({{"name", std::move(name)}, {"rows", rows}, {"columns", Json::array()}});
  }
  void add(std::string_view name, const PackedColumn& column) {
    layout_.back()["columns"].push_back(
        Json::array({std::string(name), std::string(column.mode_name()), column.bytes().size()}));
    data_ += column.bytes();
  }
  [[nodiscard]] Json layout() const { return layout_; }

 private:
  std::string& data_;
  Json layout_ = Json::array();
};

// A page has room for so many pairs of processes, the busiest; whoever wants all of them has calls.csv.
constexpr std::size_t kEdges = 60;

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

class PageView::Head {
 public:
  Head(const PageView& page, const Summary& summary, std::string& data)
      : page_(page), summary_(summary), tables_(data) {}

  Json json(std::string_view label) {
    add_map();
    Json head = {{"label", label}, {"about", about(summary_)}, {"scenario", shown(summary_.scenario)}};
    head["title"] = shown(summary_.title);
    head["pageSize"] = summary_.page_size.count();
    head["end"] = {{"reason", std::string(name_of(summary_.stop_reason))}, {"time", summary_.last_time.value()}};
    head["regions"] = regions();
    add_object_samples();
    head["probes"] = probes();
    head["tables"] = tables_.layout();
    head["processes"] = processes();
    head["reservations"] = reservations();
    head["objectNames"] = object_names();
    head["calls"] = calls();
    head["edges"] = edges();
    head["edgeCount"] = edge_count_;
    const std::vector<FleetCost> dearest = dearest_calls();
    head["costs"] = costs(dearest);
    head["changesLost"] = page_.changes_.lost();
    head["mapStep"] = page_.changes_.step().count();
    head["failedCalls"] = failed_calls();
    head["failedCallCount"] = page_.failed_calls_.count;
    head["shortReplies"] = short_replies();
    head["shortReplyCount"] = page_.short_replies_.count;
    head["segmentsPerObject"] = segments_per_object();
    add_stories(head, summary_);
    head["verdicts"] = verdicts_of(summary_, facts(dearest));
    return head;
  }

 private:
  void add_map() {
    constexpr auto kPlain = PackedColumn::Mode::plain;
    PackedColumn time, object, pid, first;
    PackedColumn kind(kPlain), flags(kPlain), call(kPlain), count(kPlain);
    for (const MapChange& change : page_.changes_.changes()) {
      time.add(change.time.value()), kind.add(static_cast<std::uint64_t>(change.kind)), flags.add(change.flags);
      object.add(change.object), pid.add(change.pid.value()), call.add(static_cast<std::uint64_t>(change.call));
      first.add(change.extent.first.value()), count.add(change.extent.count.count());
    }
    tables_.begin("map", page_.changes_.changes().size());
    tables_.add("time", time), tables_.add("kind", kind), tables_.add("flags", flags), tables_.add("object", object);
    tables_.add("pid", pid), tables_.add("call", call), tables_.add("first", first), tables_.add("count", count);
  }

  Json regions() {
    Json list = Json::array();
    for (std::size_t i = 0; i < page_.regions_.size(); ++i) {
      const Region& region = page_.regions_[i];
      list.push_back({{"name", shown(region.name)},
                      {"first", region.first.value()},
                      {"frames", region.frames.count()},
                      {"general", region.general},
                      {"orders", region.orders}});
      tables_.begin(fmt::format("region_{}", i), region.samples);
      tables_.add("time", region.time), tables_.add("free", region.free), tables_.add("largest", region.largest);
      for (unsigned order = 0; order < region.orders && order < region.blocks.size(); ++order) {
        tables_.add(fmt::format("k{}", order), region.blocks[order]);
      }
    }
    return list;
  }

  void add_object_samples() {
    tables_.begin("objects", page_.object_samples_);
    tables_.add("time", page_.object_time_);
    constexpr std::array kNames = {"count", "min", "median", "p99", "max"};
    for (std::size_t i = 0; i < kNames.size(); ++i) tables_.add(kNames[i], page_.object_values_[i]);
  }

  Json probes() {
    Json list = Json::array();
    for (std::size_t i = 0; i < page_.probes_.size(); ++i) {
      const Probe& probe = page_.probes_[i];
      const std::string table = fmt::format("probe_{}", i);
      tables_.begin(table, probe.samples);
      tables_.add("time", probe.time), tables_.add("ok", probe.ok);
      list.push_back({{"name", shown(probe.name)}, {"table", table}});
    }
    return list;
  }

  [[nodiscard]] Json processes() const {
    Json list = Json::array();
    for (const auto& [pid, name] : page_.processes_) list.push_back({{"pid", pid.value()}, {"name", shown(name)}});
    return list;
  }
  [[nodiscard]] Json reservations() const {
    Json list = Json::array();
    for (const std::string& name : page_.reservations_) list.push_back(shown(name));
    return list;
  }
  [[nodiscard]] Json object_names() const {
    Json names = Json::object();
    for (const auto& [object, name] : page_.object_names_) names[std::to_string(object.value())] = shown(name);
    return names;
  }
  [[nodiscard]] static Json calls() {
    Json list = Json::array();
    for (std::size_t i = 0; i < kCallCount; ++i) list.push_back(std::string(call_name(static_cast<Call>(i))));
    return list;
  }

  // Between fleets, the busiest.
  [[nodiscard]] Json edges() {
    std::map<std::pair<TalkSource, std::string>, Talk> by_fleet;
    for (const auto& [ends, talk] : page_.talk_.edges()) {
      TalkSource from = ends.first;
      if (from.kind != TalkSource::Kind::interrupt) {
        from.name = source_label(from, fleet_or_process(page_.names_.process(from.pid)));
        from.pid = {};
      }
      by_fleet[{from, fleet_or_process(page_.names_.process(ends.second))}].add(talk);
    }
    edge_count_ = by_fleet.size();
    std::vector<std::pair<std::pair<TalkSource, std::string>, Talk>> busiest(by_fleet.begin(), by_fleet.end());
    std::stable_sort(busiest.begin(), busiest.end(),
                     [](const auto& a, const auto& b) { return a.second.count() > b.second.count(); });
    busiest.resize(std::min(busiest.size(), kEdges));
    Json list = Json::array();
    for (const auto& [ends, talk] : busiest) {
      const TalkSource& from = ends.first;
      const bool is_interrupt = from.kind == TalkSource::Kind::interrupt;
      Json besides = Json::array();
      for (const std::string& what : beside_messages(talk)) besides.push_back(what);
      list.push_back({{"from", shown(is_interrupt ? source_label(from, {}) : from.name)},
                      {"isProcess", from.kind == TalkSource::Kind::process},
                      {"to", shown(ends.second)},
                      {"count", talk.count()},
                      {"messages", talk.messages},
                      {"besides", std::move(besides)}});
    }
    return list;
  }

  using FleetCost = std::pair<std::pair<std::string, Call>, Cost>;

  // By fleet and call, the dearest first.
  [[nodiscard]] std::vector<FleetCost> dearest_calls() const {
    std::map<std::pair<std::string, Call>, Cost> by_fleet;
    for (const auto& [who, cost] : page_.costs_) {
      const auto& [pid, call] = who;
      Cost& all = by_fleet[{fleet_or_process(page_.names_.process(pid)), call}];
      all.messages += cost.messages;
      all.waited = saturating_add(all.waited, cost.waited);
      all.worst = std::max(all.worst, cost.worst);
    }
    std::vector<FleetCost> dearest(by_fleet.begin(), by_fleet.end());
    std::stable_sort(dearest.begin(), dearest.end(),
                     [](const FleetCost& a, const FleetCost& b) { return a.second.waited > b.second.waited; });
    dearest.resize(std::min(dearest.size(), kEdges));
    return dearest;
  }

  [[nodiscard]] static Json costs(const std::vector<FleetCost>& dearest) {
    Json list = Json::array();
    for (const auto& [who, cost] : dearest) {
      list.push_back({{"process", shown(who.first)},
                      {"call", std::string(call_name(who.second))},
                      {"messages", cost.messages},
                      {"waited", cost.waited.count()},
                      {"worst", cost.worst.count()}});
    }
    return list;
  }

  [[nodiscard]] PageFacts facts(const std::vector<FleetCost>& dearest) const {
    PageFacts facts;
    for (const Region& region : page_.regions_) facts.scattered_since.push_back(region.scattered_since);
    if (dearest.empty()) return facts;
    const auto& [who, cost] = dearest.front();
    facts.cost = fmt::format("{} paid most: it waited {} for {} of {}, the longest {}.", who.first,
                             format_duration_human(cost.waited), counted(cost.messages, "message"),
                             call_name(who.second), format_duration_human(cost.worst));
    return facts;
  }

  [[nodiscard]] Json failed_calls() const {
    Json list = Json::array();
    for (const FailedCall& call : page_.failed_calls_.first) {
      list.push_back({{"time", call.time.value()},
                      {"process", shown(call.process)},
                      {"call", std::string(call_name(call.call))},
                      {"error", std::string(errno_name(call.error))},
                      {"object", shown(page_.object_name(call.object))}});
    }
    return list;
  }
  [[nodiscard]] Json short_replies() const {
    Json list = Json::array();
    for (const ShortReply& reply : page_.short_replies_.first) {
      list.push_back({{"time", reply.time.value()},
                      {"process", shown(reply.process)},
                      {"object", shown(page_.object_name(reply.object))},
                      {"capacity", reply.capacity},
                      {"inRange", reply.in_range}});
    }
    return list;
  }
  [[nodiscard]] Json segments_per_object() const {
    std::map<std::uint64_t, std::uint64_t> objects_by_segments;
    for (const auto& [id, object] : page_.objects_) {
      if (object.segments > 0) ++objects_by_segments[object.segments];
    }
    return segment_bars(objects_by_segments);
  }

  const PageView& page_;
  const Summary& summary_;
  Tables tables_;
  std::size_t edge_count_ = 0;
};

PageRun PageView::run(const Summary& summary, std::string_view label) const {
  PageRun run{.label = shown(label), .head = {}, .data = {}};
  run.head = json_text(Head(*this, summary, run.data).json(run.label), JsonLayout::line, JsonLetters::utf8);
  return run;
}

}  // namespace memsim
