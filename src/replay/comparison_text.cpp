#include <memsim/base/json.hpp>
#include <memsim/replay/comparison.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <memsim/base/memory_words.hpp>
#include <memsim/base/numbers.hpp>

namespace memsim {
namespace {

using Json = nlohmann::ordered_json;

// Millionths with `digits` decimals, rounded half up.
std::string decimal(std::uint64_t millionths, unsigned digits) {
  std::uint64_t unit = 1;
  for (unsigned i = digits; i < 6; ++i) unit *= 10;
  const std::uint64_t rounded = (millionths + unit / 2) / unit;
  const std::uint64_t whole = 1'000'000 / unit;
  return fmt::format("{}.{:0{}}", rounded / whole, rounded % whole, digits);
}
std::string percent(std::uint64_t millionths) { return decimal(millionths * 100, 3) + " %"; }

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

}  // namespace

std::string render_text(const ListComparison& comparison, const std::string& against) {
  std::string out = fmt::format("Free lists at the end beside {}{}\n", escaped_for_terminal(against),
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

namespace {

Json json_of(const PerOrder& blocks, unsigned top) {
  Json list = Json::array();
  for (unsigned order = 0; order <= top; ++order) list.push_back(blocks[order]);
  return list;
}

}  // namespace

std::string render_json(const ListComparison& comparison, const std::string& against) {
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
  const Json json = {{"against", against},
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
  return json_text(json, JsonLayout::indented);
}

}  // namespace memsim
