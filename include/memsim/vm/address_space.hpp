// AddressSpace: the mappings of one process, by virtual address.
//
// A mapping is a range of whole pages onto an object or onto physical addresses. Mappings never overlap. Neighbours
// that continue each other in every respect are kept as one, so that locking and unlocking parts leaves no traces.
//
// The address space decides where mappings go and how they are cut; it holds no memory. Whoever changes it is told
// which pieces went or changed, and sees to the objects behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>

namespace memsim {

// A memory object's place in the table of objects; unlike ObjectId it is used again.
using ObjectSlot = Id<struct ObjectSlotTag, std::uint32_t>;
inline constexpr ObjectSlot kNoObject{0xffffffff};

// What mprotect() may make of a mapping.
enum class Writing : std::uint8_t {
  allowed,
  refused,   // it shows an object that may only be read
  on_a_copy  // likewise, but its process may have a private copy
};

struct Mapping {
  VirtAddr start;
  Bytes length;
  ObjectSlot object = kNoObject;  // kNoObject: `offset` is a physical address
  Bytes offset;                   // in the object, a multiple of the page size
  std::uint16_t protection = 0;   // PROT_*
  bool locked = false;            // mlock()ed by this process
  Writing writing = Writing::allowed;

  [[nodiscard]] VirtAddr end() const { return start + length; }
  bool operator==(const Mapping&) const = default;
};

class AddressSpace {
 public:
  // Where mappings may lie: [kLowest, kEnd). A choice of memsim: the modelled system randomises, memsim must not.
  static constexpr VirtAddr kLowest{0x1000'0000};
  static constexpr VirtAddr kEnd{0x8000'0000'0000};

  // The lowest address at which `length` bytes are free. Nothing when there is none. It goes on where the last search
  // for about as much ended, or at the lowest gap for so much that has come since: O(log mappings) and then amortised
  // O(1), but for gaps that are too small by less than half, which are looked at each time.
  [[nodiscard]] std::optional<VirtAddr> find_gap(Bytes length);
  [[nodiscard]] bool is_free(VirtAddr start, Bytes length) const;  // O(log mappings)
  [[nodiscard]] static bool is_inside(VirtAddr start, Bytes length);

  // Requires: not empty, inside, and free.
  void insert(const Mapping& mapping);
  // Unmaps the range; holes in it are fine. Appends what was unmapped, cut to the range, by ascending address.
  void remove(VirtAddr start, Bytes length, std::vector<Mapping>& removed);
  // Marks the range locked or not; appends the pieces whose state changed. Requires: covers(start, length).
  void set_locked(VirtAddr start, Bytes length, bool locked, std::vector<Mapping>& changed);

  // Gives the range another protection; appends the pieces whose protection changed, as they are now. Requires:
  // covers(start, length).
  void set_protection(VirtAddr start, Bytes length, std::uint16_t protection, std::vector<Mapping>& changed);

  // The mapping that holds the address, or null. O(log mappings).
  [[nodiscard]] const Mapping* find(VirtAddr address) const;
  // Whether every byte of the range is mapped. O(log mappings + mappings in the range).
  [[nodiscard]] bool covers(VirtAddr start, Bytes length) const;

  [[nodiscard]] std::span<const Mapping> mappings() const { return mappings_; }  // ascending

 private:
  // The index of the first mapping that ends behind `address`.
  [[nodiscard]] std::size_t first_ending_after(VirtAddr address) const;
  // Makes `address` the start of a mapping where it lies inside one.
  void split_at(VirtAddr address);
  // Joins the mappings at index-1 and index where they continue each other; true when it did.
  bool join(std::size_t index);

  // set_locked() and set_protection(): `change` says whether it changed the mapping.
  template <class Change>
  void change(VirtAddr start, Bytes length, Change&& change, std::vector<Mapping>& changed);

  // Makes searches find the gap before the mapping at `index`.
  void widen_search(std::size_t index);

  std::vector<Mapping> mappings_;  // ascending, disjoint, none empty
  // By class of size (powers of two): no gap of that class or a larger one starts below. Missing: kLowest.
  std::vector<VirtAddr> search_from_;
};

}  // namespace memsim
