#include <memsim/replay/replay_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include <memsim/base/fragmentation.hpp>
#include <memsim/base/memory_words.hpp>
#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(TraceLayer layer) { return layer == TraceLayer::page ? "page" : "zone"; }

// Millionths with `digits` decimals, rounded half up.
std::string decimal(std::uint64_t millionths, unsigned digits) {
  std::uint64_t unit = 1;
  for (unsigned i = digits; i < 6; ++i) unit *= 10;
  const std::uint64_t rounded = (millionths + unit / 2) / unit;
  const std::uint64_t whole = 1'000'000 / unit;
  return fmt::format("{}.{:0{}}", rounded / whole, rounded % whole, digits);
}
std::string percent(std::uint64_t millionths) { return decimal(millionths * 100, 3) + " %"; }

std::string head_text(const ReplayReport& report) {
  std::string out =
      fmt::format("{}: {} layer, policy {}, pages of {}\n", escaped_for_terminal(report.trace), name_of(report.layer),
                  escaped_for_terminal(report.policy), format_size_exact(report.page_size.bytes()));
  const std::string size = format_size_human(report.page_size.bytes_of(report.memory.count));
  if (report.start.empty()) {
    out += fmt::format("fresh memory: {}, {} frames\n", size, report.memory.count.count());
  } else {
    out += fmt::format("start {}, zone {}: {} from frame {:#x}\n", escaped_for_terminal(report.start),
                       escaped_for_terminal(report.zone), size, report.memory.first.value());
  }
  return out;
}

std::string counts_text(const ReplayReport& report) {
  const ReplayCounts& counts = report.counts;
  std::string out = fmt::format("\n{} events in {}: {} allocations, {} releases\n", counts.events,
                                format_duration_human(report.end - SimTime()), counts.allocations, counts.releases);
  const auto line = [&](std::uint64_t count, std::string_view what) {
    if (count != 0) out += fmt::format(" {:>10}  {}\n", count, what);
  };
  line(counts.refused, "allocations refused");
  line(counts.refused_frames, "frames refused");
  line(counts.passed_over_frames, "frames of these given back later, passed over");
  line(counts.replaced_frames, "frames taken again without a release in the trace, given back first");
  line(counts.unknown_frames, "frames given back that nobody held, passed over");
  line(counts.outside, "events outside the memory, passed over");
  if (!report.start.empty()) line(counts.same_place, "allocations at the place of the recording");
  return out;
}

std::string samples_text(const ReplayReport& report, std::size_t rows) {
  constexpr std::array<unsigned, 3> kOrders = {4, 9, 10};
  if (report.samples.empty()) return {};
  std::string out = fmt::format("\n{:>12}  {:>10} {:>9}  unusable index of order {}\n", "time", "free", "cached",
                                fmt::join(kOrders, "     "));
  const std::size_t step = std::max<std::size_t>(1, (report.samples.size() + rows - 1) / rows);
  for (std::size_t i = 0; i < report.samples.size(); ++i) {
    if (i % step != 0 && i + 1 != report.samples.size()) continue;
    const ReplaySample& sample = report.samples[i];
    const FrameCount listed = sample.free - sample.cached;
    out += fmt::format("{:>12}  {:>10} {:>9}                       ", format_duration_human(sample.time - SimTime()),
                       sample.free.count(), sample.cached.count());
    for (const unsigned order : kOrders) {
      const std::uint32_t permille = unusable_index_permille(listed, sample.free_blocks, Order(order));
      out += fmt::format("{}.{:03}  ", permille / 1000, permille % 1000);
    }
    while (out.back() == ' ') out.pop_back();
    out += '\n';
  }
  return out;
}

std::string parting_text(const ListComparison& comparison) {
  std::string out;
  for (const ListComparison::PerList& list : comparison.lists) {
    if (list.equal == list.recorded && list.recorded == list.replayed) continue;
    out += fmt::format(" {:>5}  {:<11}  {:>8}  {:>8}  {:>8}  {}\n", list.order, name_of(list.type), list.recorded,
                       list.replayed, list.equal, list.parts_at);
  }
  if (out.empty()) return "All lists are equal, position by position.\n";
  return fmt::format("Lists that differ, by position\n {:>5}  {:<11}  {:>8}  {:>8}  {:>8}  parts at\n", "order", "type",
                     "recorded", "replayed", "equal") +
         out;
}

std::string comparison_text(const ListComparison& comparison, const std::string& against) {
  std::string out = fmt::format("\nFree lists at the end beside {}{}\n", escaped_for_terminal(against),
                                comparison.is_merged ? ", lists per processor merged in" : "");
  out += fmt::format(" {:>5}  {:>9}  {:>9}  unusable recorded  replayed\n", "order", "recorded", "replayed");
  for (unsigned order = 0; order <= comparison.top_order; ++order) {
    out += fmt::format(" {:>5}  {:>9}  {:>9}            {}    {}\n", order, comparison.recorded[order],
                       comparison.replayed[order], decimal(comparison.recorded_unusable_millionths[order], 4),
                       decimal(comparison.replayed_unusable_millionths[order], 4));
  }
  out += fmt::format("Free frames: {} recorded, {} replayed\n", comparison.recorded_free, comparison.replayed_free);
  out += fmt::format(
      "Largest error of the unusable index: {}{}\n", decimal(comparison.unusable_error_millionths, 5),
      comparison.unusable_error_millionths == 0 ? "" : fmt::format(" at order {}", comparison.unusable_error_order));
  out += fmt::format("Free frames in another order: {}\n", percent(comparison.other_order_millionths));
  if (comparison.is_merged) return out;
  out += fmt::format("Equal positions of the lists: {} of {}\n", comparison.equal_positions, comparison.positions);
  return out + parting_text(comparison);
}

Json json_of(const ReplayCounts& counts) {
  return {{"events", counts.events},
          {"allocations", counts.allocations},
          {"releases", counts.releases},
          {"same_place", counts.same_place},
          {"refused", counts.refused},
          {"refused_frames", counts.refused_frames},
          {"passed_over_frames", counts.passed_over_frames},
          {"replaced_frames", counts.replaced_frames},
          {"unknown_frames", counts.unknown_frames},
          {"outside", counts.outside}};
}

Json json_of(const PerOrder& blocks, unsigned top) {
  Json list = Json::array();
  for (unsigned order = 0; order <= top; ++order) list.push_back(blocks[order]);
  return list;
}

Json json_of(const ListComparison& comparison, const std::string& against) {
  Json lists = Json::array();
  for (const ListComparison::PerList& list : comparison.lists) {
    lists.push_back({{"order", list.order},
                     {"type", name_of(list.type)},
                     {"recorded", list.recorded},
                     {"replayed", list.replayed},
                     {"equal", list.equal},
                     {"parts_at", list.parts_at}});
  }
  Json unusable = Json::array();
  for (unsigned order = 0; order <= comparison.top_order; ++order) {
    unusable.push_back({{"recorded_millionths", comparison.recorded_unusable_millionths[order]},
                        {"replayed_millionths", comparison.replayed_unusable_millionths[order]}});
  }
  return {{"against", against},
          {"merged", comparison.is_merged},
          {"recorded_blocks", json_of(comparison.recorded, comparison.top_order)},
          {"replayed_blocks", json_of(comparison.replayed, comparison.top_order)},
          {"unusable_index", unusable},
          {"unusable_error_millionths", comparison.unusable_error_millionths},
          {"unusable_error_order", comparison.unusable_error_order},
          {"other_order_millionths", comparison.other_order_millionths},
          {"recorded_free_frames", comparison.recorded_free},
          {"replayed_free_frames", comparison.replayed_free},
          {"positions", comparison.positions},
          {"equal_positions", comparison.equal_positions},
          {"lists", lists}};
}

}  // namespace

std::string render_text(const ReplayReport& report, std::size_t rows) {
  std::string out = head_text(report) + counts_text(report) + samples_text(report, rows);
  if (report.comparison) out += comparison_text(*report.comparison, report.against);
  return out + fmt::format("\nFingerprint {:016x}\n", report.fingerprint);
}

std::string render_json(const ReplayReport& report) {
  constexpr unsigned kTop = 10;
  Json samples = Json::array();
  for (const ReplaySample& sample : report.samples) {
    samples.push_back({{"time_ns", sample.time.value()},
                       {"free_frames", sample.free.count()},
                       {"cached_frames", sample.cached.count()},
                       {"free_blocks", json_of(sample.free_blocks, kTop)}});
  }
  Json json = {{"trace", report.trace},
               {"start", report.start},
               {"policy", report.policy},
               {"layer", name_of(report.layer)},
               {"zone", report.zone},
               {"first_frame", report.memory.first.value()},
               {"frames", report.memory.count.count()},
               {"page_bytes", report.page_size.bytes().count()},
               {"end_ns", report.end.value()},
               {"fingerprint", fmt::format("{:016x}", report.fingerprint)},
               {"counts", json_of(report.counts)},
               {"samples", samples}};
  if (report.comparison) json["comparison"] = json_of(*report.comparison, report.against);
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace memsim
