#include "phys/split/split_buddy.hpp"

#include <algorithm>
#include <bit>

#include "phys/requests/option_values.hpp"

namespace memsim {
namespace {

using Node = SplitTree::Node;

constexpr std::uint64_t kNone = BitTree<TreeStart::empty>::kNone;

constexpr std::uint64_t bit_of(unsigned size_class) { return std::uint64_t{1} << size_class; }
constexpr unsigned highest(std::uint64_t classes) { return static_cast<unsigned>(std::bit_width(classes)) - 1; }
constexpr unsigned lowest(std::uint64_t classes) { return static_cast<unsigned>(std::countr_zero(classes)); }

bool covers(const FrameRequest& request, Extent extent) {
  return request.window_first <= extent.first && request.window_end >= extent.end();
}

}  // namespace

std::unique_ptr<FrameAllocator> make_split_buddy(Extent extent, const PolicyOptions& options,
                                                 SplitTree (*tree_of)(std::uint64_t largest)) {
  const FrameCount largest(number_of(kSplitBuddyOptions[0], options));
  return std::make_unique<SplitBuddy>(extent, tree_of(std::min(largest, extent.count).count()), block_tail_of(options),
                                      largest);
}

SplitBuddy::SplitBuddy(Extent extent, const SplitTree& tree, BlockTail tail, FrameCount largest_block)
    : tree_(tree),
      tail_(tail),
      largest_block_(largest_block),
      extent_(extent),
      free_(extent.count.count()),
      taken_(extent.count.count()) {
  for (unsigned i = 0; i < tree_.class_count; ++i) free_blocks_.emplace_back(free_);
  for (std::uint64_t at = 0; at < free_; at = tree_.end(roots_.back())) {
    roots_.push_back({at, tree_.class_within(free_ - at)});
    insert(roots_.back());
  }
}

std::unique_ptr<FrameAllocator> SplitBuddy::clone() const {
  return std::unique_ptr<FrameAllocator>(new SplitBuddy(*this));
}

void SplitBuddy::insert(Node node) {
  free_blocks_[node.size_class].insert(node.first);
  classes_with_free_blocks_ |= bit_of(node.size_class);
}

void SplitBuddy::erase(Node node) {
  free_blocks_[node.size_class].erase(node.first);
  if (free_blocks_[node.size_class].is_empty()) classes_with_free_blocks_ &= ~bit_of(node.size_class);
}

auto SplitBuddy::root_of(std::uint64_t index) const -> Node {
  const auto after = std::upper_bound(roots_.begin(), roots_.end(), index,
                                      [](std::uint64_t value, const Node& root) { return value < root.first; });
  return *(after - 1);
}

// --- Allocation ---

Errno SplitBuddy::do_allocate(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  if (const Errno error = validate(request); error != Errno::eok) return error;
  const std::uint64_t count = request.count.count();
  if (count > free_) return Errno::enomem;
  if (request.contiguity == Contiguity::contiguous || count == 1) {
    const std::optional<Place> place = find_contiguous(Constraints(request), count, work.steps);
    if (!place) return Errno::enomem;
    // Without constraints the place is the start of the fitting node.
    const std::uint64_t given =
        keeps_tail(tail_, request, extent_) ? tree_.size[fitting_node(place->block, count).size_class] : count;
    carve_free(place->block, {place->start, place->start + given}, work);
    out.push_back({frame(place->start), FrameCount(given)});
    return Errno::eok;
  }
  if (request.alignment.count() == 1 && request.boundary.is_zero() && covers(request, extent_)) {
    scatter_freely(count, out, work);
    return Errno::eok;
  }
  if (!can_scatter(request)) return Errno::enomem;
  scatter_constrained(request, out, work);
  return Errno::eok;
}

auto SplitBuddy::fitting_node(Node block, std::uint64_t count) const -> Node {
  while (block.size_class > 0) {
    if (tree_.size[tree_.upper_class[block.size_class]] >= count) {
      block = tree_.upper(block);
    } else if (tree_.size[block.size_class - 1] >= count) {
      block = tree_.lower(block);
    } else {
      break;
    }
  }
  return block;
}

template <class Visit>
bool SplitBuddy::any_free(unsigned size_class, const Constraints& want, Visit&& visit) const {
  const BitTree<TreeStart::empty>& blocks = free_blocks_[size_class];
  const std::uint64_t origin = extent_.first.value();
  const std::uint64_t end = std::min(want.window_end > origin ? want.window_end - origin : 0, extent_.count.count());
  std::uint64_t from = want.window_first > origin ? want.window_first - origin : 0;
  if (from >= end) return false;
  if (const std::uint64_t before = blocks.previous(from); before != kNone) from = before;
  for (std::uint64_t first = blocks.next(from); first < end; first = blocks.next(first + 1)) {
    if (visit(Node{first, size_class})) return true;
  }
  return false;
}

auto SplitBuddy::find_contiguous(const Constraints& want, std::uint64_t count, std::uint32_t& steps) const
    -> std::optional<Place> {
  if (count > tree_.size[tree_.class_count - 1]) return std::nullopt;
  std::optional<Place> place;
  for (std::uint64_t classes = classes_with_free_blocks_; classes != 0 && !place; classes &= classes - 1) {
    const unsigned size_class = lowest(classes);
    if (tree_.size[size_class] < count) continue;
    any_free(size_class, want, [&](Node block) {
      ++steps;
      const std::uint64_t plain = frame(fitting_node(block, count).first).value();
      auto start = want.lowest_start(plain, plain + count, count);
      if (!start) start = want.lowest_start(frame(block.first).value(), frame(tree_.end(block)).value(), count);
      if (start) place = Place{block, *start - extent_.first.value()};
      return start.has_value();
    });
  }
  return place;
}

// Requires: at least `count` frames are free.
void SplitBuddy::scatter_freely(std::uint64_t count, std::vector<Extent>& out, AllocatorWork& work) {
  while (count != 0) {
    const unsigned wanted = tree_.class_within(count);
    const std::uint64_t larger = classes_with_free_blocks_ >> wanted << wanted;
    const unsigned from = larger != 0 ? lowest(larger) : highest(classes_with_free_blocks_);
    const Node block{free_blocks_[from].next(0), from};
    const std::uint64_t size = std::min(tree_.size[wanted], tree_.size[from]);
    const Node node = fitting_node(block, size);
    carve_free(block, {node.first, node.first + size}, work);
    out.push_back({frame(node.first), FrameCount(size)});
    count -= size;
    ++work.steps;
  }
}

template <class Piece>
void SplitBuddy::for_each_piece(Node block, const Constraints& want, Piece&& piece) const {
  const std::uint64_t end = std::min(frame(tree_.end(block)).value(), want.window_end);
  for (std::uint64_t at = frame(block.first).value();;) {
    const std::optional<std::uint64_t> start = want.lowest_start(at, end, 1);
    if (!start) return;
    std::uint64_t length = end - *start;
    if (want.boundary != 0) length = std::min(length, want.boundary - (*start & (want.boundary - 1)));
    const std::uint64_t first = *start - extent_.first.value();
    if (!piece(Range{first, first + length})) return;
    at = *start + length;
  }
}

bool SplitBuddy::can_scatter(const FrameRequest& request) const {
  const Constraints want(request);
  std::uint64_t missing = request.count.count();
  for (std::uint64_t classes = classes_with_free_blocks_; classes != 0; classes &= ~bit_of(highest(classes))) {
    const bool enough = any_free(highest(classes), want, [&](Node block) {
      for_each_piece(block, want, [&](Range piece) {
        missing -= std::min(missing, piece.end - piece.first);
        return missing != 0;
      });
      return missing == 0;
    });
    if (enough) return true;
  }
  return false;
}

// Requires: can_scatter(request).
void SplitBuddy::scatter_constrained(const FrameRequest& request, std::vector<Extent>& out, AllocatorWork& work) {
  const Constraints want(request);
  std::uint64_t missing = request.count.count();
  std::vector<Range> pieces;  // all that will be taken, chosen before the first cut makes smaller blocks
  for (std::uint64_t classes = classes_with_free_blocks_; missing != 0; classes &= ~bit_of(highest(classes))) {
    any_free(highest(classes), want, [&](Node block) {
      ++work.steps;
      for_each_piece(block, want, [&](Range piece) {
        piece.end = std::min(piece.end, piece.first + missing);
        missing -= piece.end - piece.first;
        pieces.push_back(piece);
        return missing != 0;
      });
      return missing == 0;
    });
  }
  for (const Range& piece : pieces) {
    take(piece, work);
    out.push_back({frame(piece.first), FrameCount(piece.end - piece.first)});
  }
}

void SplitBuddy::take(Range free, AllocatorWork& work) {
  while (free.first < free.end) {
    Node block = root_of(free.first);
    while (!is_free(block)) {
      const Node upper = tree_.upper(block);
      block = free.first < upper.first ? tree_.lower(block) : upper;
    }
    const std::uint64_t end = std::min(free.end, tree_.end(block));
    carve_free(block, {free.first, end}, work);
    free.first = end;
  }
}

void SplitBuddy::carve_free(Node block, Range taken, AllocatorWork& work) {
  erase(block);
  carve(block, taken, work);
  taken_.insert_range(taken.first, taken.end);
  free_ -= taken.end - taken.first;
}

void SplitBuddy::carve(Node node, Range taken, AllocatorWork& work) {
  if (taken.holds(tree_, node)) return;
  ++work.splits;
  for (const Node child : {tree_.lower(node), tree_.upper(node)}) {
    if (taken.meets(tree_, child)) {
      carve(child, taken, work);
    } else {
      insert(child);
    }
  }
}

bool SplitBuddy::can_allocate(const FrameRequest& request) const {
  const std::uint64_t count = request.count.count();
  if (validate(request) != Errno::eok || count > free_) return false;
  if (request.contiguity == Contiguity::scattered && count > 1) return can_scatter(request);
  std::uint32_t steps = 0;
  return find_contiguous(Constraints(request), count, steps).has_value();
}

// --- Release ---

void SplitBuddy::do_release(Extent extent, CpuId, AllocatorWork& work) {
  MEMSIM_CHECK_THAT(extent.first >= extent_.first && !extent.count.is_zero() && extent.count <= extent_.count &&
                        extent.first - extent_.first <= extent_.count - extent.count,
                    "only frames of this allocator come back");
  const std::uint64_t first = (extent.first - extent_.first).count();
  const Range given{first, first + extent.count.count()};
  MEMSIM_CHECK_THAT(taken_.contains_range(given.first, given.end), "a frame that is released was allocated");
  taken_.erase_range(given.first, given.end);
  for (std::uint64_t at = given.first; at < given.end;) {
    const Node root = root_of(at);
    if (give(root, given, work)) insert(root);
    at = tree_.end(root);
  }
  free_ += extent.count.count();
}

// A node that holds an allocated frame is no free block and lies in none, so the descent meets free blocks only as
// children that it does not enter.
bool SplitBuddy::give(Node node, Range given, AllocatorWork& work) {
  ++work.steps;
  if (given.holds(tree_, node)) return true;
  const Node lower = tree_.lower(node);
  const Node upper = tree_.upper(node);
  const bool lower_given = given.meets(tree_, lower);
  const bool upper_given = given.meets(tree_, upper);
  const bool lower_free = lower_given ? give(lower, given, work) : is_free(lower);
  const bool upper_free = upper_given ? give(upper, given, work) : is_free(upper);
  if (lower_free && upper_free) {
    if (!lower_given) erase(lower);
    if (!upper_given) erase(upper);
    ++work.merges;
    return true;
  }
  if (lower_given && lower_free) insert(lower);
  if (upper_given && upper_free) insert(upper);
  return false;
}

// --- Observers ---

void SplitBuddy::for_each_free(const std::function<void(Extent)>& visit) const {
  for (std::uint64_t at = 0; at < extent_.count.count();) {
    Node next{kNone, 0};
    for (std::uint64_t classes = classes_with_free_blocks_; classes != 0; classes &= classes - 1) {
      const std::uint64_t first = free_blocks_[lowest(classes)].next(at);
      if (first < next.first) next = {first, lowest(classes)};
    }
    if (next.first == kNone) return;
    visit({frame(next.first), FrameCount(tree_.size[next.size_class])});
    at = tree_.end(next);
  }
}

std::size_t SplitBuddy::metadata_bytes() const {
  std::size_t bytes = sizeof(*this) + roots_.size() * sizeof(Node) + taken_.byte_size();
  for (const BitTree<TreeStart::empty>& blocks : free_blocks_) bytes += blocks.byte_size();
  return bytes;
}

void SplitBuddy::check_invariants() const {
  std::uint64_t total = 0;
  std::uint64_t expected = 0;  // the first index that may be free
  for_each_free([&](Extent extent) {
    const std::uint64_t first = (extent.first - extent_.first).count();
    const std::uint64_t end = first + extent.count.count();
    MEMSIM_CHECK_THAT(first >= expected, "free blocks do not overlap");
    MEMSIM_CHECK_THAT(first == expected || taken_.contains_range(expected, first), "what is not free is allocated");
    const std::uint64_t taken = taken_.next(first);
    MEMSIM_CHECK_THAT(taken >= end, "no frame of a free block is allocated");
    Node node = root_of(first);
    std::optional<Node> buddy;
    while (node.first != first || tree_.size[node.size_class] != extent.count.count()) {
      MEMSIM_CHECK_THAT(node.size_class > 0, "a free block is a node of its tree");
      const Node lower = tree_.lower(node);
      const Node upper = tree_.upper(node);
      buddy = first < upper.first ? upper : lower;
      node = first < upper.first ? lower : upper;
    }
    MEMSIM_CHECK_THAT(!buddy || !is_free(*buddy), "two free buddies are one block");
    total += extent.count.count();
    expected = end;
  });
  const std::uint64_t size = extent_.count.count();
  MEMSIM_CHECK_THAT(expected == size || taken_.contains_range(expected, size), "what is not free is allocated");
  MEMSIM_CHECK_THAT(total == free_, "the free frames add up");
}

}  // namespace memsim
