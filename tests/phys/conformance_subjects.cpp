// The policies under test: one line tests a policy with one set of options.
#include <algorithm>

#include "phys/conformance.hpp"
#include "phys/worst_fit.hpp"

namespace memsim::conformance {
namespace {

// "buddy", {{"placement", "lifo"}} -> "buddy_placement_lifo"
std::string name_of(const std::string& policy, const PolicyOptions& options) {
  std::string name = policy;
  for (const auto& [option, value] : options) name += '_' + option + '_' + value;
  return name;
}

Subject subject(const char* policy, PolicyOptions options, Promise promise) {
  const auto create = [policy, options](Extent extent) { return find_policy(policy)->create(extent, options); };
  return {name_of(policy, options), create, std::move(promise), policy, std::move(options)};
}

// The same service as of a buddy, but what for_each_free() lists is not merged.
Promise served_by_blocks(unsigned top_order) {
  Promise promise = buddy_blocks(top_order);
  promise.free_extents = {};
  return promise;
}

}  // namespace

std::vector<Subject> subjects() {
  return {
      subject("buddy", {}, buddy_blocks(32)),
      subject("buddy", {{"placement", "lifo"}}, buddy_blocks(32)),
      subject("buddy", {{"placement", "lifo"}, {"top_order", "0"}}, buddy_blocks(0)),
      subject("buddy", {{"placement", "lifo"}, {"top_order", "3"}}, buddy_blocks(3)),
      subject("buddy", {{"placement", "fifo"}}, buddy_blocks(32)),
      subject("buddy", {{"placement", "fifo"}, {"top_order", "3"}}, buddy_blocks(3)),
      subject("buddy", {{"placement", "most_used"}}, buddy_blocks(32)),
      subject("buddy", {{"placement", "most_used"}, {"range_order", "2"}}, buddy_blocks(32)),
      subject("buddy", {{"placement", "most_used"}, {"top_order", "3"}}, buddy_blocks(3)),
      subject("buddy", {{"reserve", "5"}}, buddy_blocks(18, 5)),
      subject("buddy", {{"placement", "lowest"}, {"top_order", "0"}}, buddy_blocks(0)),
      subject("buddy", {{"placement", "lowest"}, {"top_order", "3"}}, buddy_blocks(3)),
      subject("buddy", {{"tail", "kept"}}, whole_buddy_blocks(32)),
      subject("buddy", {{"placement", "lifo"}, {"tail", "kept"}, {"top_order", "3"}}, whole_buddy_blocks(3)),
      subject("buddy", {{"placement", "most_used"}, {"range_order", "2"}, {"tail", "kept"}}, whole_buddy_blocks(32)),
      subject("fibonacci_buddy", {}, split_blocks(model::SplitPromise::Rule::fibonacci)),
      subject("fibonacci_buddy", {{"tail", "kept"}}, whole_split_blocks(model::SplitPromise::Rule::fibonacci)),
      subject("weighted_buddy", {}, split_blocks(model::SplitPromise::Rule::weighted)),
      subject("weighted_buddy", {{"tail", "kept"}}, whole_split_blocks(model::SplitPromise::Rule::weighted)),
      {"worst_fit", create_worst_fit, free_runs()},  // shown in docs/how-to.md
      subject("first_fit", {}, free_runs()),
      subject("next_fit", {}, free_runs()),
      subject("best_fit", {}, free_runs()),
      subject("tlsf", {}, good_fit(5)),
      subject("tlsf", {{"second_level", "0"}}, good_fit(0)),
      subject("tlsf", {{"second_level", "2"}}, good_fit(2)),
      subject("tlsf", {{"second_level", "2"}, {"fallback", "own_list"}}, free_runs()),
      subject("two_region", {}, free_runs()),
      subject("two_region", {{"share", "30"}, {"step", "4"}}, free_runs()),
      subject("two_region", {{"overflow", "movable"}}, kept_apart()),
      subject("two_region", {{"overflow", "none"}, {"share", "30"}, {"step", "4"}}, kept_apart()),
      subject("linux", {}, served_by_blocks(10)),
      subject("linux", {{"pcp", "off"}}, buddy_blocks(10)),
      subject("linux", {{"top_order", "3"}, {"pageblock_order", "1"}, {"scatter_order", "2"}}, served_by_blocks(3)),
      subject("linux", {{"top_order", "4"}, {"pageblock_order", "2"}, {"batch", "3"}, {"high_min", "8"}},
              served_by_blocks(4)),
      subject("linux", {{"scatter_order", "0"}}, served_by_blocks(10)),
      subject("linux", {{"cpus", "2"}, {"high_min", "4"}, {"high_max", "16"}}, served_by_blocks(10)),
      subject("llfree", {}, llfree_blocks(5)),
      subject("llfree", {{"tree_order", "0"}, {"scatter_order", "9"}}, llfree_blocks(0)),
      subject("llfree", {{"tree_order", "1"}, {"fallback", "lowest_run"}}, every_contiguous_placement()),
      subject("qnx", {}, every_contiguous_placement()),
      subject("qnx", {{"big_page_order", "0"}}, every_contiguous_placement()),
      subject("qnx", {{"big_page_order", "2"}, {"zone_order", "2"}}, every_contiguous_placement()),
  };
}

}  // namespace memsim::conformance
