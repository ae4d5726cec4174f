// The policy `tlsf`: two-level segregated fit (Masmano, Ripoll, Crespo and Real, "TLSF: a new dynamic memory allocator
// for real-time systems", ECRTS 2004). TlsfFit is its part of ExtentAllocator.
//
// Free extents stand in lists by length. The first level divides lengths by powers of two, the second each of these
// ranges into 2^s equal parts; lengths below 2^(s+1) frames have a list each. Bitmaps say which lists are not empty.
// A list is last in, first out. The extent that came or changed last, which is the head of its list, stands in none yet
// (latest_extent.hpp).
//
// Good fit: a request is rounded up to the shortest length of the next list, so that any extent found in that list or
// above is long enough, and the head of the first such list that is not empty serves, from its lower end. That is
// constant time, and where it finds nothing the request is refused, although extents of its own list may be long
// enough: the price of not looking (tests/model/naive_tlsf.hpp). What goes beyond the paper:
//   - With `fallback: own_list` these extents are looked through in list order before a request is refused, so that
//     whatever can be served is.
//   - With constraints, lists are looked through from the request's own upward, in list order, until an extent holds a
//     conforming run, of which the lowest place serves. O(extents).
//   - A scattered request is served as ExtentAllocator says; to use up first is the head of the highest list.
// Steps: the extents looked at.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include <memsim/phys/policy.hpp>
#include <memsim/phys/request.hpp>

#include "phys/fits/extent_allocator.hpp"
#include "phys/fits/latest_extent.hpp"
#include "phys/requests/extent_places.hpp"
#include "phys/structures/extent_map.hpp"

namespace memsim {

struct TlsfNode : ExtentNode {
  std::uint32_t next;      // in its list; the node itself at the end
  std::uint32_t previous;  // never read at the head
};

class TlsfFit : public ExtentsButLatest<TlsfFit, TlsfNode> {
 public:
  // log2 of the lists per power of two is at most this: one word says which of them are not empty.
  static constexpr unsigned kMaxSecondLevel = 6;

  enum class Fallback : bool { none, own_list };

  // Requires: second_level <= kMaxSecondLevel.
  TlsfFit(Extent region, unsigned second_level, Fallback fallback)
      : ExtentsButLatest(region.count.count()), second_level_(second_level), fallback_(fallback) {}

  // Lengths that have a list each need no rounding up, and the latest is the head of its list.
  [[nodiscard]] bool latest_serves(std::uint64_t count) const {
    return count == latest_length() && count >> second_level_ <= 1 &&
           ExtentMap<Node>::share_word(latest(), latest() + count);
  }
  [[nodiscard]] ExtentPlace find(std::uint64_t count, Mobility mobility, std::uint32_t& steps) const;
  [[nodiscard]] ExtentPlace find(const ExtentPlaces& places, std::uint64_t count, Mobility mobility,
                                 std::uint32_t& steps) const;
  [[nodiscard]] std::uint64_t largest(std::uint32_t& steps) const;
  [[nodiscard]] std::string_view refusing_option() const {
    return fallback_ == Fallback::none ? std::string_view("fallback") : std::string_view();
  }
  void handed_out(std::uint64_t, std::uint64_t) {}

  [[nodiscard]] std::size_t metadata_bytes() const { return extents_.metadata_bytes(); }
  void check_invariants(std::uint64_t count) const;

 private:
  friend ExtentsButLatest;
  using Node = TlsfNode;

  static constexpr unsigned kLevels = 34;  // lengths have at most 33 bits
  static constexpr unsigned kNoList = ~0U;

  // The list of extents of this length: the first level times 2^s plus the second. Ascends with the length.
  [[nodiscard]] unsigned list_of(std::uint64_t length) const {
    const unsigned shift = shift_of(length);
    return (shift << second_level_) + static_cast<unsigned>(length >> shift);
  }
  // log2 of how many lengths share the list of this one.
  [[nodiscard]] unsigned shift_of(std::uint64_t length) const {
    return static_cast<unsigned>(std::bit_width(length >> second_level_ | 1)) - 1;
  }
  // The first list from `list` on that an extent belongs to, or kNoList; of those that stand in one already.
  [[nodiscard]] unsigned first_list(unsigned list) const {
    const unsigned listed = first_listed(list);
    return latest() != kNone && latest_list() >= list ? std::min(latest_list(), listed) : listed;
  }
  [[nodiscard]] unsigned first_listed(unsigned list) const;
  // Calls visit(first) for the extents of the list, in list order, until one returns true; says whether one did.
  template <class Visit>
  bool any_in(unsigned list, Visit&& visit) const;

  // Requires: there is a latest extent.
  [[nodiscard]] unsigned latest_list() const { return list_of(latest_length()); }
  [[gnu::noinline]] void put_in(std::uint32_t first, std::uint64_t length);
  [[gnu::noinline]] void take_out(std::uint32_t first, std::uint64_t length);

  unsigned second_level_;
  Fallback fallback_;
  std::uint64_t first_level_bits_ = 0;                      // bit n: second_level_bits_[n] is not zero
  std::array<std::uint64_t, kLevels> second_level_bits_{};  // bit n: the list is not empty
  std::array<std::uint32_t, std::size_t{kLevels} << kMaxSecondLevel> heads_{};
};

[[nodiscard]] const Policy& tlsf_policy();

}  // namespace memsim
