#include <memsim/view/measure/memory_over_time.hpp>

namespace memsim {

void MemoryOverTime::double_step() {
  step_ *= 2;
  std::size_t kept = 0;
  for (Least& least : steps_) {
    least.index /= 2;
    if (kept > 0 && steps_[kept - 1].index == least.index) {
      steps_[kept - 1].lower_to(least);
    } else {
      steps_[kept++] = least;
    }
  }
  steps_.resize(kept);
}

std::vector<MemoryOverTime::Column> MemoryOverTime::columns(SimTime end, std::size_t count) const {
  std::vector<Column> columns;
  if (steps_.empty() || count == 0) return columns;
  // The last span holds `end` itself.
  const std::uint64_t span = end.value() / count + 1;
  auto next = steps_.begin();
  Column held{next->free, next->largest_free_run};
  for (std::size_t i = 0; i < count; ++i) {
    Column least = held;
    bool is_first = true;
    for (; next != steps_.end() && next->index * step_ / span <= i; ++next) {
      held = {next->free, next->largest_free_run};
      // What a step keeps may have been there in its whole time, so it replaces what held before.
      least = is_first
                  ? held
                  : Column{std::min(least.free, held.free), std::min(least.largest_free_run, held.largest_free_run)};
      is_first = false;
    }
    columns.push_back(least);
  }
  return columns;
}

}  // namespace memsim
