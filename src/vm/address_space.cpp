#include <memsim/vm/address_space.hpp>

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// `mapping` without its first `skipped` bytes.
Mapping tail_of(Mapping mapping, Bytes skipped) {
  mapping.start += skipped;
  mapping.length -= skipped;
  mapping.offset += skipped;
  return mapping;
}

// Lengths of one class differ by less than a factor of two. Pages have 4 KiB at least: all that is shorter is class 0.
std::size_t size_class(Bytes length) {
  constexpr std::size_t kSmallestBits = 13;
  const auto bits = static_cast<std::size_t>(std::bit_width(length.count()));
  return std::max(bits, kSmallestBits) - kSmallestBits;
}

bool continues(const Mapping& low, const Mapping& high) {
  return low.end() == high.start && low.object == high.object && low.offset + low.length == high.offset &&
         low.protection == high.protection && low.locked == high.locked && low.writing == high.writing;
}

}  // namespace

std::size_t AddressSpace::first_ending_after(VirtAddr address) const {
  const auto found = std::upper_bound(mappings_.begin(), mappings_.end(), address,
                                      [](VirtAddr wanted, const Mapping& mapping) { return wanted < mapping.end(); });
  return static_cast<std::size_t>(found - mappings_.begin());
}

bool AddressSpace::is_inside(VirtAddr start, Bytes length) {
  return kLowest <= start && start <= kEnd && length <= kEnd - start;
}

std::optional<VirtAddr> AddressSpace::find_gap(Bytes length) {
  const std::size_t wanted = size_class(length);
  if (wanted >= search_from_.size()) search_from_.resize(wanted + 1, kLowest);
  VirtAddr candidate = search_from_[wanted];
  std::optional<VirtAddr> first_of_class;  // the first gap of the class, though it may be too small
  for (std::size_t i = first_ending_after(candidate); i < mappings_.size(); ++i) {
    const VirtAddr end = mappings_[i].start;
    if (candidate < end) {
      if (length <= end - candidate) break;
      if (!first_of_class && size_class(end - candidate) >= wanted) first_of_class = candidate;
    }
    candidate = mappings_[i].end();
  }
  search_from_[wanted] = first_of_class.value_or(candidate);
  if (!is_inside(candidate, length)) return std::nullopt;
  return candidate;
}

bool AddressSpace::is_free(VirtAddr start, Bytes length) const {
  const std::size_t next = first_ending_after(start);
  return next == mappings_.size() || start + length <= mappings_[next].start;
}

void AddressSpace::insert(const Mapping& mapping) {
  MEMSIM_CHECK_THAT(!mapping.length.is_zero() && is_inside(mapping.start, mapping.length), "a mapping has its place");
  MEMSIM_CHECK_THAT(is_free(mapping.start, mapping.length), "mappings do not overlap");
  std::size_t index = first_ending_after(mapping.start);
  mappings_.insert(std::next(mappings_.begin(), static_cast<std::ptrdiff_t>(index)), mapping);
  if (index + 1 < mappings_.size()) join(index + 1);
  if (index > 0) join(index);
}

bool AddressSpace::join(std::size_t index) {
  Mapping& low = mappings_[index - 1];
  const Mapping& high = mappings_[index];
  if (!continues(low, high)) return false;
  low.length += high.length;
  mappings_.erase(std::next(mappings_.begin(), static_cast<std::ptrdiff_t>(index)));
  return true;
}

void AddressSpace::split_at(VirtAddr address) {
  const std::size_t index = first_ending_after(address);
  if (index == mappings_.size() || address <= mappings_[index].start) return;
  const Bytes kept = address - mappings_[index].start;
  const Mapping rest = tail_of(mappings_[index], kept);
  mappings_[index].length = kept;
  mappings_.insert(std::next(mappings_.begin(), static_cast<std::ptrdiff_t>(index + 1)), rest);
}

void AddressSpace::remove(VirtAddr start, Bytes length, std::vector<Mapping>& removed) {
  if (length.is_zero()) return;
  split_at(start);
  split_at(start + length);
  const std::size_t first = first_ending_after(start);
  std::size_t last = first;
  while (last < mappings_.size() && mappings_[last].start < start + length) removed.push_back(mappings_[last++]);
  const auto begin = mappings_.begin();
  mappings_.erase(std::next(begin, static_cast<std::ptrdiff_t>(first)),
                  std::next(begin, static_cast<std::ptrdiff_t>(last)));
  widen_search(first);
}

void AddressSpace::widen_search(std::size_t index) {
  const VirtAddr start = index > 0 ? mappings_[index - 1].end() : kLowest;
  const VirtAddr end = index < mappings_.size() ? mappings_[index].start : kEnd;
  if (end <= start) return;
  const std::size_t classes = std::min(size_class(end - start) + 1, search_from_.size());
  for (std::size_t i = 0; i < classes; ++i) search_from_[i] = std::min(search_from_[i], start);
}

template <class Change>
void AddressSpace::change(VirtAddr start, Bytes length, Change&& change, std::vector<Mapping>& changed) {
  if (length.is_zero()) return;
  MEMSIM_CHECK_THAT(covers(start, length), "only what is mapped is changed");
  split_at(start);
  split_at(start + length);
  const std::size_t first = first_ending_after(start);
  std::size_t last = first;
  for (; last < mappings_.size() && mappings_[last].start < start + length; ++last) {
    if (change(mappings_[last])) changed.push_back(mappings_[last]);
  }
  for (std::size_t i = std::min(last, mappings_.size() - 1); i > 0 && i + 1 > first; --i) join(i);
}

void AddressSpace::set_locked(VirtAddr start, Bytes length, bool locked, std::vector<Mapping>& changed) {
  change(
      start, length, [locked](Mapping& mapping) { return std::exchange(mapping.locked, locked) != locked; }, changed);
}

void AddressSpace::set_protection(VirtAddr start, Bytes length, std::uint16_t protection,
                                  std::vector<Mapping>& changed) {
  change(
      start, length,
      [protection](Mapping& mapping) { return std::exchange(mapping.protection, protection) != protection; }, changed);
}

const Mapping* AddressSpace::find(VirtAddr address) const {
  const std::size_t index = first_ending_after(address);
  return index < mappings_.size() && mappings_[index].start <= address ? &mappings_[index] : nullptr;
}

bool AddressSpace::covers(VirtAddr start, Bytes length) const {
  VirtAddr next = start;
  for (std::size_t i = first_ending_after(start); next < start + length; ++i) {
    if (i == mappings_.size() || mappings_[i].start > next) return false;
    next = mappings_[i].end();
  }
  return true;
}

}  // namespace memsim
