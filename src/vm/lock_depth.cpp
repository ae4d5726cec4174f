#include <memsim/vm/lock_depth.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {

std::size_t LockDepth::step_at(PageNumber page) {
  const auto above = std::upper_bound(steps_.begin(), steps_.end(), page,
                                      [](PageNumber wanted, const Step& step) { return wanted < step.from; });
  const auto index = static_cast<std::size_t>(above - steps_.begin());
  if (index > 0 && steps_[index - 1].from == page) return index - 1;
  steps_.insert(above, Step{page, index > 0 ? steps_[index - 1].depth : 0});
  return index;
}

void LockDepth::tidy() {
  std::uint64_t depth = 0;
  std::erase_if(steps_, [&depth](const Step& step) {
    const bool changes_nothing = step.depth == depth;
    depth = step.depth;
    return changes_nothing;
  });
}

void LockDepth::add(PageRange range, std::vector<PageRange>& changed) {
  if (range.count.is_zero()) return;
  const std::size_t first = step_at(range.first);
  const std::size_t last = step_at(range.end());
  for (std::size_t i = first; i < last; ++i) {
    if (steps_[i].depth++ == 0) changed.push_back({steps_[i].from, steps_[i + 1].from - steps_[i].from});
  }
  tidy();
}

void LockDepth::remove(PageRange range, std::vector<PageRange>& changed) {
  if (range.count.is_zero()) return;
  const std::size_t first = step_at(range.first);
  const std::size_t last = step_at(range.end());
  for (std::size_t i = first; i < last; ++i) {
    MEMSIM_CHECK_THAT(steps_[i].depth > 0, "what is unlocked was locked");
    if (--steps_[i].depth == 0) changed.push_back({steps_[i].from, steps_[i + 1].from - steps_[i].from});
  }
  tidy();
}

void LockDepth::held(PageRange range, std::vector<PageRange>& out) const {
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    const PageNumber first = std::max(range.first, steps_[i].from);
    const PageNumber end = std::min(range.end(), steps_[i + 1].from);
    if (steps_[i].depth > 0 && first < end) out.push_back({first, end - first});
  }
}

bool LockDepth::is_held(PageNumber page) const {
  std::vector<PageRange> found;
  held({page, FrameCount(1)}, found);
  return !found.empty();
}

}  // namespace memsim
