#include "phys/structures/extent_index.hpp"

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {

ExtentIndex::ExtentIndex(Extent region) : extents_(region.count.count()), firsts_((region.count.count() + 63) / 64) {
  std::uint64_t total = 0;
  for (std::uint64_t nodes = firsts_.size();; nodes = (nodes + kFan - 1) / kFan) {
    total += nodes;
    level_begin_[++level_count_] = total;
    if (nodes == 1) break;
  }
  nodes_ = ZeroArray<Node>(total);
}

ExtentIndex::ExtentIndex(const ExtentIndex& other)
    : extents_(other.extents_),
      firsts_(other.firsts_.size()),
      nodes_(other.nodes_.size()),
      level_begin_(other.level_begin_),
      level_count_(other.level_count_) {
  extents_.scan_from(extents_.next(0), [&](std::uint64_t first, std::uint64_t last) {
    firsts_[first >> 6] |= std::uint64_t{1} << (first & 63);
    changed(first >> 6, 1, std::max(node(0, first >> 6).longest, static_cast<std::uint32_t>(last - first)));
    return false;
  });
}

// --- Changes ---

std::uint32_t ExtentIndex::longest_in(std::uint64_t word) const {
  std::uint64_t longest = 0;
  for (std::uint64_t firsts = firsts_[word]; firsts != 0; firsts &= firsts - 1) {
    const std::uint64_t first = word * 64 + static_cast<unsigned>(std::countr_zero(firsts));
    longest = std::max(longest, extents_.last(first) - first);
  }
  return static_cast<std::uint32_t>(longest);
}

std::uint32_t ExtentIndex::longest_child(unsigned level, std::uint64_t at) const {
  const std::uint64_t end = std::min((at + 1) << kFanShift, nodes_at(level - 1));
  std::uint32_t longest = 0;
  for (std::uint64_t child = at << kFanShift; child < end; ++child) {
    longest = std::max(longest, node(level - 1, child).longest);
  }
  return longest;
}

void ExtentIndex::changed(std::uint64_t word, int count_change, std::uint32_t longest) {
  std::uint64_t at = word;
  for (unsigned level = 0;; ++level) {
    Node& here = node(level, at);
    const std::uint32_t was_longest = here.longest;
    here.count += static_cast<std::uint32_t>(count_change);
    here.longest = longest;
    if (level + 1 == level_count_ || (count_change == 0 && longest == was_longest)) return;
    at >>= kFanShift;
    const std::uint32_t longest_above = node(level + 1, at).longest;
    if (longest < longest_above) {
      longest = was_longest < longest_above ? longest_above : longest_child(level + 1, at);
    }
  }
}

void ExtentIndex::changed_length(std::uint64_t word, std::uint32_t length) {
  const std::uint32_t longest = node(0, word).longest;
  changed(word, 0, length >= longest ? length : longest_in(word));
}

void ExtentIndex::add(std::uint64_t first, std::uint64_t last) {
  extents_.add(first, last);
  const std::uint64_t word = first >> 6;
  firsts_[word] |= std::uint64_t{1} << (first & 63);
  changed(word, 1, std::max(node(0, word).longest, static_cast<std::uint32_t>(last - first)));
}

void ExtentIndex::remove(std::uint64_t first) {
  const std::uint64_t word = first >> 6;
  firsts_[word] ^= std::uint64_t{1} << (first & 63);
  changed(word, -1, longest_in(word));
  extents_.remove(first);
}

void ExtentIndex::move_first(std::uint64_t first, std::uint64_t new_first) {
  const std::uint64_t last = extents_.last(first);
  if (first >> 6 != new_first >> 6) {
    remove(first);
    return add(new_first, last);
  }
  const std::uint64_t word = first >> 6;
  extents_.move_first(first, new_first);
  firsts_[word] ^= std::uint64_t{1} << (first & 63) | std::uint64_t{1} << (new_first & 63);
  changed_length(word, static_cast<std::uint32_t>(last - new_first));
}

void ExtentIndex::move_last(std::uint64_t first, std::uint64_t new_last) {
  extents_.move_last(first, new_last);
  changed_length(first >> 6, static_cast<std::uint32_t>(new_last - first));
}

// --- Search ---

std::uint64_t ExtentIndex::first_in(std::uint64_t word, std::uint64_t firsts, std::uint64_t least) const {
  for (; firsts != 0; firsts &= firsts - 1) {
    const std::uint64_t first = word * 64 + static_cast<unsigned>(std::countr_zero(firsts));
    if (extents_.last(first) - first >= least) return first;
  }
  return kNone;
}

std::uint64_t ExtentIndex::last_in(std::uint64_t word, std::uint64_t firsts, std::uint64_t least) const {
  while (firsts != 0) {
    const std::uint64_t highest = std::bit_floor(firsts);
    const std::uint64_t first = word * 64 + static_cast<unsigned>(std::countr_zero(highest));
    if (extents_.last(first) - first >= least) return first;
    firsts ^= highest;
  }
  return kNone;
}

// Up from the word, looking at the siblings to the right, to the first node that has such an extent; then down to it.
std::uint64_t ExtentIndex::next(std::uint64_t from, std::uint64_t length) const {
  if (from >= extents_.size()) return kNone;
  const std::uint64_t least = length - 1;
  std::uint64_t at = from >> 6;
  const std::uint64_t here = first_in(at, firsts_[at] & (~std::uint64_t{0} << (from & 63)), least);
  if (here != kNone) return here;
  unsigned level = 0;
  for (++at;; ++at) {
    while ((at & (kFan - 1)) == 0 && level + 1 < level_count_) {
      at >>= kFanShift;
      ++level;
    }
    if (at >= nodes_at(level)) return kNone;
    if (has(level, at, least)) break;
  }
  while (level != 0) {
    at <<= kFanShift;
    --level;
    while (!has(level, at, least)) ++at;
  }
  return first_in(at, firsts_[at], least);
}

// The mirror image of next(). `end` is one above the next node to look at.
std::uint64_t ExtentIndex::previous(std::uint64_t from, std::uint64_t length) const {
  from = std::min(from, extents_.size() - 1);
  const std::uint64_t least = length - 1;
  std::uint64_t end = from >> 6;
  const std::uint64_t here = last_in(end, firsts_[end] & (~std::uint64_t{0} >> (63 - (from & 63))), least);
  if (here != kNone) return here;
  unsigned level = 0;
  for (;; --end) {
    while ((end & (kFan - 1)) == 0 && end != 0 && level + 1 < level_count_) {
      end >>= kFanShift;
      ++level;
    }
    if (end == 0) return kNone;
    if (has(level, end - 1, least)) break;
  }
  std::uint64_t at = end - 1;
  while (level != 0) {
    --level;
    at = std::min((at << kFanShift) + kFan, nodes_at(level)) - 1;
    while (!has(level, at, least)) --at;
  }
  return last_in(at, firsts_[at], least);
}

std::uint64_t ExtentIndex::rank(std::uint64_t at) const {
  if (at >= extents_.size()) return count();
  std::uint64_t word = at >> 6;
  std::uint64_t below = static_cast<unsigned>(std::popcount(firsts_[word] & ((std::uint64_t{1} << (at & 63)) - 1)));
  for (unsigned level = 0; level + 1 < level_count_; ++level) {
    for (std::uint64_t sibling = word & ~(kFan - 1); sibling < word; ++sibling) below += node(level, sibling).count;
    word >>= kFanShift;
  }
  return below;
}

std::uint64_t ExtentIndex::largest(std::uint32_t& steps) const {
  steps += static_cast<std::uint32_t>(count());
  return next(0, std::uint64_t{node(level_count_ - 1, 0).longest} + 1);
}

// --- Observers ---

std::size_t ExtentIndex::metadata_bytes() const {
  const std::uint64_t words = extents_.frames_in_use() / 64;
  return extents_.metadata_bytes() + words * sizeof(std::uint64_t) + words * sizeof(Node) * kFan / (kFan - 1);
}

void ExtentIndex::check_invariants(std::uint64_t count) const {
  MEMSIM_CHECK_THAT(this->count() == count, "the extents are counted");
  std::uint64_t listed = 0;
  extents_.scan_from(extents_.next(0), [&](std::uint64_t first, std::uint64_t last) {
    MEMSIM_CHECK_THAT((firsts_[first >> 6] >> (first & 63) & 1) != 0, "the index knows where extents begin");
    MEMSIM_CHECK_THAT(rank(first) == listed, "the index counts the extents below");
    MEMSIM_CHECK_THAT(next(first, last - first + 1) == first, "the index finds an extent by its length, upward");
    MEMSIM_CHECK_THAT(previous(first, last - first + 1) == first, "the index finds an extent by its length, downward");
    for (unsigned level = 0; level < level_count_; ++level) {
      const std::uint64_t at = first >> 6 >> (level * kFanShift);
      const std::uint32_t longest = level == 0 ? longest_in(at) : longest_child(level, at);
      MEMSIM_CHECK_THAT(node(level, at).longest == longest, "a node knows its longest extent");
    }
    ++listed;
    return false;
  });
}

}  // namespace memsim
