#include "phys/fits/tlsf_policy.hpp"

#include <array>
#include <string_view>

#include <memsim/base/check.hpp>

#include "phys/requests/option_values.hpp"

namespace memsim {

// --- Lists ---

inline unsigned TlsfFit::first_listed(unsigned list) const {
  const unsigned level = list >> second_level_;
  if (level >= kLevels) return kNoList;
  const std::uint64_t here = second_level_bits_[level] >> (list & ((1U << second_level_) - 1));
  if (here != 0) return list + static_cast<unsigned>(std::countr_zero(here));
  const std::uint64_t above = first_level_bits_ >> level >> 1;
  if (above == 0) return kNoList;
  const unsigned found = level + 1 + static_cast<unsigned>(std::countr_zero(above));
  return (found << second_level_) + static_cast<unsigned>(std::countr_zero(second_level_bits_[found]));
}

void TlsfFit::put_in(std::uint32_t first, std::uint64_t length) {
  const unsigned list = list_of(length);
  const unsigned level = list >> second_level_;
  const std::uint64_t bit = std::uint64_t{1} << (list & ((1U << second_level_) - 1));
  std::uint32_t next = first;
  if ((second_level_bits_[level] & bit) != 0) {
    next = heads_[list];
    extents_.node(next).previous = first;
  } else {
    second_level_bits_[level] |= bit;
    first_level_bits_ |= std::uint64_t{1} << level;
  }
  extents_.node(first).next = next;
  heads_[list] = first;
}

void TlsfFit::take_out(std::uint32_t first, std::uint64_t length) {
  const unsigned list = list_of(length);
  const std::uint32_t next = extents_.node(first).next;
  if (heads_[list] != first) {
    const std::uint32_t previous = extents_.node(first).previous;
    extents_.node(previous).next = next == first ? previous : next;
    if (next != first) extents_.node(next).previous = previous;
    return;
  }
  heads_[list] = next;
  if (next != first) return;
  const unsigned level = list >> second_level_;
  second_level_bits_[level] ^= std::uint64_t{1} << (list & ((1U << second_level_) - 1));
  if (second_level_bits_[level] == 0) first_level_bits_ ^= std::uint64_t{1} << level;
}

template <class Visit>
bool TlsfFit::any_in(unsigned list, Visit&& visit) const {
  if (latest() != kNone && latest_list() == list && visit(latest())) return true;
  if (first_listed(list) != list) return false;
  for (std::uint32_t first = heads_[list];; first = extents_.node(first).next) {
    if (visit(std::uint64_t{first})) return true;
    if (extents_.node(first).next == first) return false;
  }
}

// --- Search ---

inline ExtentPlace TlsfFit::find(std::uint64_t count, Mobility, std::uint32_t& steps) const {
  const unsigned sufficient = list_of(count + (std::uint64_t{1} << shift_of(count)) - 1);
  const unsigned listed = first_listed(sufficient);
  if (latest() != kNone && sufficient <= latest_list() && latest_list() <= listed) {
    ++steps;
    return {latest(), latest()};
  }
  if (listed != kNoList) {
    ++steps;
    return {heads_[listed], heads_[listed]};
  }
  ExtentPlace place;
  if (fallback_ == Fallback::none) return place;
  any_in(list_of(count), [&](std::uint64_t first) {
    ++steps;
    if (extents_.length(first) < count) return false;
    place = {first, first};
    return true;
  });
  return place;
}

inline ExtentPlace TlsfFit::find(const ExtentPlaces& places, std::uint64_t count, Mobility,
                                 std::uint32_t& steps) const {
  ExtentPlace place;
  for (unsigned list = first_list(list_of(count)); list != kNoList && place.is_none(); list = first_list(list + 1)) {
    any_in(list, [&](std::uint64_t first) {
      ++steps;
      const std::uint64_t start = places.lowest_start(first, extents_.last(first) + 1, count);
      if (start == ExtentPlaces::kNone) return false;
      place = {first, start};
      return true;
    });
  }
  return place;
}

inline std::uint64_t TlsfFit::largest(std::uint32_t& steps) const {
  ++steps;
  if (first_level_bits_ == 0) return latest();
  const auto level = static_cast<unsigned>(std::bit_width(first_level_bits_)) - 1;
  const auto second = static_cast<unsigned>(std::bit_width(second_level_bits_[level])) - 1;
  const unsigned list = (level << second_level_) + second;
  return latest() != kNone && list <= latest_list() ? latest() : heads_[list];
}

void TlsfFit::check_invariants(std::uint64_t count) const {
  std::uint64_t listed = 0;
  for (unsigned list = first_list(0); list != kNoList; list = first_list(list + 1)) {
    std::uint64_t before = kNone;
    any_in(list, [&](std::uint64_t first) {
      MEMSIM_CHECK_THAT(extents_.is_free(first) && !extents_.is_free(first - 1), "what is listed is an extent");
      MEMSIM_CHECK_THAT(list_of(extents_.length(first)) == list, "an extent stands in the list of its length");
      MEMSIM_CHECK_THAT(before == kNone || extents_.node(first).previous == before, "links agree both ways");
      if (first != latest()) before = first;
      MEMSIM_CHECK_THAT(++listed <= count, "each extent is listed once");
      return false;
    });
  }
  MEMSIM_CHECK_THAT(listed == count, "every extent is listed");
}

// --- The policy ---

namespace {

constexpr std::array<std::string_view, 2> kFallbacks = {"none", "own_list"};

constexpr std::array<PolicyOption, 2> kOptions = {{
    {.name = "second_level",
     .type = PolicyOption::Type::integer,
     .default_value = "5",
     .minimum = 0,
     .maximum = TlsfFit::kMaxSecondLevel,
     .doc = "log2 of the lists into which each power of two of lengths is divided"},
    {.name = "fallback",
     .type = PolicyOption::Type::choice,
     .default_value = "none",
     .choices = kFallbacks,
     .doc =
         "where no list above a request's own has an extent: the request is refused, as published, or the extents of "
         "its own list are tried one by one"},
}};

std::unique_ptr<FrameAllocator> make(Extent extent, const PolicyOptions& options, PageSize) {
  const auto second_level = static_cast<unsigned>(number_of(kOptions[0], options));
  const auto fallback =
      text_of(kOptions[1], options) == "own_list" ? TlsfFit::Fallback::own_list : TlsfFit::Fallback::none;
  return std::make_unique<ExtentAllocator<TlsfFit>>(extent, second_level, fallback);
}

constexpr Policy kTlsfPolicy = {
    .name = "tlsf",
    .doc = "two-level segregated fit: lists of free extents by length, found in constant time",
    .options = kOptions,
    .make = make,
};

}  // namespace

const Policy& tlsf_policy() { return kTlsfPolicy; }

}  // namespace memsim
