// LockDepth: by how many mlock()ed mappings each page of an object is held.
//
// A step function over pages, kept as its steps. Locks of one process do not stack on a mapping, but several mappings
// (of one process or of several) may hold the same page; it stays put until all have let go.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/vm/page_map.hpp>

namespace memsim {

class LockDepth {
 public:
  // Adds one holder to each page of `range`; appends the ranges that had none before to `changed`. O(steps).
  void add(PageRange range, std::vector<PageRange>& changed);
  // Takes one holder from each; appends the ranges that have none any more. Requires: each page has a holder. O(steps).
  void remove(PageRange range, std::vector<PageRange>& changed);

  // Appends the parts of `range` that somebody holds. O(steps).
  void held(PageRange range, std::vector<PageRange>& out) const;
  [[nodiscard]] bool is_held(PageNumber page) const;
  [[nodiscard]] bool empty() const { return steps_.empty(); }

 private:
  struct Step {
    PageNumber from;
    std::uint64_t depth;  // up to the next step
  };
  // Makes a step begin at `page` and gives its index.
  std::size_t step_at(PageNumber page);
  // Drops steps that change nothing.
  void tidy();

  std::vector<Step> steps_;  // ascending; depth 0 before the first; neighbours differ; the last has depth 0
};

}  // namespace memsim
