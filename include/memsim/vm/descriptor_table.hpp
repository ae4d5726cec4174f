// DescriptorTable: the descriptors of one process, which are its connections too: both share one space of numbers.
//
// A descriptor for memory refers to an open file description (vm/open_description.hpp), which dup() shares. A
// connection is opaque here: the kernel enters and removes it. New descriptors take the lowest free number. Numbers
// from 0x40000000 up are side channels: connections only, and the lowest free one of those. The first of them,
// MEMMGR_COID, is always taken. Memory grows with the descriptors that are open, whatever their numbers.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>

namespace memsim {

using DescriptionSlot = Id<struct DescriptionSlotTag, std::uint32_t>;

// Where a connection leads.
struct ConnectionTarget {
  ProcessId server;
  ChannelId chid;
  bool operator==(const ConnectionTarget&) const = default;
};

struct Descriptor {
  enum class Kind : std::uint8_t { none, memory, connection };
  Kind kind = Kind::none;
  DescriptionSlot description;  // memory
  ConnectionTarget target;      // connection
};

class DescriptorTable {
 public:
  static constexpr std::size_t kCapacity = 65'536;  // of each of the two ranges

  // Errors: EMFILE when all numbers of the range are taken.
  [[nodiscard]] SimResult<ConnectionId> add_memory(DescriptionSlot description);
  // At the lowest free number from `lowest` on; `lowest` in the side channels means the lowest free one of those.
  // Errors: EINVAL for a negative `lowest` or one past the capacity, EMFILE.
  [[nodiscard]] SimResult<ConnectionId> add_connection(ConnectionTarget target, ConnectionId lowest);
  // Requires: the number is taken by a descriptor of that kind, and is not MEMMGR_COID.
  void remove_memory(ConnectionId number) { remove(number, Descriptor::Kind::memory); }
  void remove_connection(ConnectionId number) { remove(number, Descriptor::Kind::connection); }

  // Null where nothing is open. MEMMGR_COID is found as a connection. O(1), among strays O(log n).
  [[nodiscard]] const Descriptor* find(ConnectionId number) const;
  // The connection that was added under this number, or null. MEMMGR_COID was not added. O(1).
  [[nodiscard]] const ConnectionTarget* connection(ConnectionId number) const;
  [[nodiscard]] std::size_t count() const { return std::size_t{low_.taken} + side_.taken; }
  [[nodiscard]] bool is_full() const { return low_.taken == kCapacity; }  // no memory descriptor fits

  // In ascending order of number; MEMMGR_COID, which every process has, is not among them.
  template <class Visitor>  // visit(ConnectionId, const Descriptor&)
  void for_each(Visitor&& visit) const {
    visit_range(low_, 0, visit);
    visit_range(side_, kSideChannel.value() + 1, visit);
  }
  template <class Visitor>  // visit(ConnectionId, const ConnectionTarget&)
  void for_each_connection(Visitor&& visit) const {
    for_each([&visit](ConnectionId number, const Descriptor& descriptor) {
      if (descriptor.kind == Descriptor::Kind::connection) visit(number, descriptor.target);
    });
  }

 private:
  struct Range {
    std::vector<Descriptor> entries;             // by number; holes have Kind::none; the last is taken
    std::map<std::uint32_t, Descriptor> strays;  // by number: those far behind the entries when they were opened
    std::uint32_t taken = 0;
    std::uint32_t lowest_hole = 0;  // no hole lies before this one
  };
  void remove(ConnectionId number, Descriptor::Kind kind);
  [[nodiscard]] static SimResult<std::size_t> insert(Range& range, const Descriptor& descriptor, std::size_t lowest);

  // Null where nothing is open.
  [[nodiscard]] static const Descriptor* find(const Range& range, std::size_t index);

  template <class Visitor>
  static void visit_range(const Range& range, std::int32_t first, Visitor&& visit) {
    auto stray = range.strays.begin();
    const auto visit_strays_before = [&](std::size_t index) {
      for (; stray != range.strays.end() && stray->first < index; ++stray) {
        visit(ConnectionId(first + static_cast<std::int32_t>(stray->first)), stray->second);
      }
    };
    for (std::size_t i = 0; i < range.entries.size(); ++i) {
      visit_strays_before(i);
      if (range.entries[i].kind == Descriptor::Kind::none) continue;
      visit(ConnectionId(first + static_cast<std::int32_t>(i)), range.entries[i]);
    }
    visit_strays_before(kCapacity);
  }

  Range low_;
  Range side_;  // number 0x40000001 is entry 0
};

}  // namespace memsim
