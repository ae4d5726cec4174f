#include "phys/fits/best_fit_policy.hpp"

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {

// --- Bins ---

inline std::uint32_t BestFit::meld(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t root = a < b ? a : b;
  const std::uint32_t below = a < b ? b : a;
  Node& parent = extents_.node(root);
  Node& child = extents_.node(below);
  child.previous = root;
  child.sibling = below;
  if (parent.child != root) {
    child.sibling = parent.child;
    extents_.node(parent.child).previous = below;
  }
  parent.child = below;
  return root;
}

// In two passes: pairs are melded from the first child to the last, then the pairs' heaps from the last to the first.
// Without a stack: the first pass chains its results, last one first, through `previous`.
std::uint32_t BestFit::meld_children(std::uint32_t parent) {
  std::uint32_t melded = parent;  // the heap made last; the parent stands for none
  for (std::uint32_t at = extents_.node(parent).child;;) {
    const std::uint32_t second = extents_.node(at).sibling;
    const std::uint32_t next = second == at ? at : extents_.node(second).sibling;
    const bool is_last = second == at || next == second;
    const std::uint32_t pair = second == at ? at : meld(at, second);
    extents_.node(pair).previous = melded;
    melded = pair;
    if (is_last) break;
    at = next;
  }
  std::uint32_t root = melded;
  for (std::uint32_t before = extents_.node(root).previous; before != parent;) {
    const std::uint32_t next = extents_.node(before).previous;
    root = meld(root, before);
    before = next;
  }
  return root;
}

void BestFit::put_in(std::uint32_t first, std::uint64_t length) {
  Node& node = extents_.node(first);
  node.child = first;
  std::uint32_t root = first;
  if (lengths_.contains(length)) {
    root = meld(lowest_[length], first);
  } else {
    lengths_.insert(length);
  }
  lowest_.touch(length) = root;
}

// The links are read one by one: a whole node would be read wider than it was written, and that waits for its cache
// line.
void BestFit::take_out(std::uint32_t first, std::uint64_t length) {
  const std::uint32_t child = extents_.node(first).child;
  std::uint32_t& root = lowest_[length];
  if (root == first) {
    if (child == first) return lengths_.erase(length);
    root = meld_children(first);
    return;
  }
  const std::uint32_t sibling = extents_.node(first).sibling;
  const std::uint32_t previous = extents_.node(first).previous;
  Node& before = extents_.node(previous);
  (before.child == first ? before.child : before.sibling) = sibling == first ? previous : sibling;
  if (sibling != first) extents_.node(sibling).previous = previous;
  if (child != first) root = meld(root, meld_children(first));
}

// Down to the first child, else on to the next sibling, else up until there is one.
template <class Visit>
void BestFit::for_each_in_bin(std::uint64_t length, Visit&& visit) const {
  const std::uint32_t root = lowest_[length];
  for (std::uint32_t at = root;;) {
    visit(std::uint64_t{at});
    if (extents_.node(at).child != at) {
      at = extents_.node(at).child;
      continue;
    }
    while (at != root && extents_.node(at).sibling == at) {
      while (extents_.node(extents_.node(at).previous).child != at) at = extents_.node(at).previous;
      at = extents_.node(at).previous;
    }
    if (at == root) return;
    at = extents_.node(at).sibling;
  }
}

// --- Search ---

inline ExtentPlace BestFit::find(std::uint64_t count, Mobility, std::uint32_t& steps) const {
  const std::uint64_t length = next_length(count);
  if (length == kNone) return {};
  ++steps;
  const std::uint64_t first = lowest_of(length);
  return {first, first};
}

inline ExtentPlace BestFit::find(const ExtentPlaces& places, std::uint64_t count, Mobility,
                                 std::uint32_t& steps) const {
  return places.window_covers_region() ? find_in_bins(places, count, steps) : find_in_window(places, count, steps);
}

ExtentPlace BestFit::find_in_bins(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const {
  const std::uint64_t sure = places.sure_length(count);
  ExtentPlace place;
  const auto look_at = [&](std::uint64_t first) {
    ++steps;
    if (first > place.extent) return;  // an extent further down serves already
    const std::uint64_t start = places.lowest_start(first, extents_.last(first) + 1, count);
    if (start != ExtentPlaces::kNone) place = {first, start};
  };
  for (std::uint64_t length = next_length(count); length != kNone && place.is_none();
       length = next_length(length + 1)) {
    if (length >= sure) {
      look_at(lowest_of(length));
    } else {
      for_each_of(length, look_at);
    }
  }
  return place;
}

ExtentPlace BestFit::find_in_window(const ExtentPlaces& places, std::uint64_t count, std::uint32_t& steps) const {
  ExtentPlace place;
  std::uint64_t shortest = kNone;
  extents_.scan_from(extents_.at_or_after(places.first()), [&](std::uint64_t first, std::uint64_t last) {
    if (first >= places.end()) return true;
    ++steps;
    const std::uint64_t length = last - first + 1;
    if (length < count || length >= shortest) return false;
    const std::uint64_t start = places.lowest_start(first, last + 1, count);
    if (start == ExtentPlaces::kNone) return false;
    place = {first, start};
    shortest = length;
    return length == count;  // no shorter one can serve
  });
  return place;
}

inline std::uint64_t BestFit::largest(std::uint32_t& steps) const {
  ++steps;
  return lowest_of(lengths_.is_empty() ? latest_length() : std::max(latest_length(), lengths_.largest()));
}

void BestFit::check_invariants(std::uint64_t count) const {
  std::uint64_t binned = 0;
  for (std::uint64_t length = lengths_.next(1); length != kNone; length = lengths_.next(length + 1)) {
    for_each_in_bin(length, [&](std::uint64_t first) {
      MEMSIM_CHECK_THAT(extents_.is_free(first) && !extents_.is_free(first - 1), "what a bin holds is an extent");
      MEMSIM_CHECK_THAT(extents_.length(first) == length, "an extent stands in the bin of its length");
      MEMSIM_CHECK_THAT(lowest_[length] <= first, "the root is the lowest of its bin");
      MEMSIM_CHECK_THAT(++binned <= count, "each extent stands in one bin");
    });
  }
  if (latest() != kNone) {
    MEMSIM_CHECK_THAT(
        extents_.is_free(latest()) && !extents_.is_free(latest() - 1) && extents_.length(latest()) == latest_length(),
        "the latest is an extent");
    ++binned;
  }
  MEMSIM_CHECK_THAT(binned == count, "every extent stands in a bin or is the latest");
}

// --- The policy ---

namespace {

constexpr Policy kBestFitPolicy = {
    .name = "best_fit",
    .doc = "the shortest free extent that is long enough, of equally short ones the lowest",
    .options = {},
    .make = [](Extent extent, const PolicyOptions&, PageSize) -> std::unique_ptr<FrameAllocator> {
      return std::make_unique<ExtentAllocator<BestFit>>(extent);
    },
};

}  // namespace

const Policy& best_fit_policy() { return kBestFitPolicy; }

}  // namespace memsim
