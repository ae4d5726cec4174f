#include <memsim/vm/page_map.hpp>

#include <algorithm>
#include <iterator>

#include <memsim/base/check.hpp>

namespace memsim {

void PageMap::insert(PageNumber first, Extent frames) {
  MEMSIM_CHECK_THAT(!frames.count.is_zero(), "a run is not empty");
  auto next = runs_.lower_bound(first);
  MEMSIM_CHECK_THAT(next == runs_.end() || first + frames.count <= next->first, "the pages had no frames");
  frames_ += frames.count;
  if (next != runs_.end() && next->first == first + frames.count && next->second.first == frames.end()) {
    frames.count += next->second.count;
    next = runs_.erase(next);
  }
  if (next != runs_.begin()) {
    auto& [page, run] = *std::prev(next);
    MEMSIM_CHECK_THAT(page + run.count <= first, "the pages had no frames");
    if (page + run.count == first && run.end() == frames.first) {
      run.count += frames.count;
      return;
    }
  }
  runs_.emplace_hint(next, first, frames);
}

void PageMap::remove(PageRange range, std::vector<Extent>& removed) {
  if (range.count.is_zero()) return;
  split_at(range.first);
  split_at(range.end());
  auto run = runs_.lower_bound(range.first);
  while (run != runs_.end() && run->first < range.end()) {
    removed.push_back(run->second);
    frames_ -= run->second.count;
    run = runs_.erase(run);
  }
}

std::optional<PageMap::Place> PageMap::find(PageNumber page) const {
  const auto run = run_at_or_after(page);
  if (run == runs_.end() || run->first > page) return std::nullopt;
  const FrameCount passed = page - run->first;
  return Place{run->second.first + passed, run->second.count - passed};
}

PageNumber PageMap::first_hole(PageRange range) const {
  PageNumber page = range.first;
  for (auto run = run_at_or_after(page); page < range.end(); ++run) {
    if (run == runs_.end() || run->first > page) return page;
    page = run->first + run->second.count;
  }
  return range.end();
}

void PageMap::collect(PageRange range, std::vector<Extent>& out) const {
  for (auto run = run_at_or_after(range.first); run != runs_.end() && run->first < range.end(); ++run) {
    const PageNumber first = std::max(range.first, run->first);
    const PageNumber end = std::min(range.end(), run->first + run->second.count);
    out.push_back({run->second.first + (first - run->first), end - first});
  }
}

FrameCount PageMap::resident(PageRange range) const {
  FrameCount count;
  for (auto run = run_at_or_after(range.first); run != runs_.end() && run->first < range.end(); ++run) {
    count += std::min(range.end(), run->first + run->second.count) - std::max(range.first, run->first);
  }
  return count;
}

PageMap::Runs::const_iterator PageMap::run_at_or_after(PageNumber page) const {
  auto run = runs_.upper_bound(page);
  if (run != runs_.begin()) {
    const auto before = std::prev(run);
    if (page < before->first + before->second.count) return before;
  }
  return run;
}

void PageMap::split_at(PageNumber page) {
  auto run = runs_.lower_bound(page);
  if (run == runs_.begin()) return;
  --run;
  if (run->first + run->second.count <= page) return;
  const FrameCount kept = page - run->first;
  const Extent rest{run->second.first + kept, run->second.count - kept};
  run->second.count = kept;
  runs_.emplace(page, rest);
}

}  // namespace memsim
