// The layouts of a store: which measures its runs have, in their order, each list once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <memsim/campaign/store/result_store.hpp>

namespace memsim {

// Used by many threads.
class MeasureLayouts {
 public:
  // That of these measures, whatever their values. O(measures).
  [[nodiscard]] std::shared_ptr<const MeasureLayout> of(std::span<const Measure> measures);

 private:
  std::mutex mutex_;
  // By a cheap hash: so runs with the layouts of others meet few that are not theirs.
  std::multimap<std::uint64_t, std::shared_ptr<const MeasureLayout>> layouts_;
};

}  // namespace memsim
