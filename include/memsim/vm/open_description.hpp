// OpenDescription: what shm_open() or posix_typed_mem_open() opened, shared by the descriptors that dup() made of it.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/phys/region_lists.hpp>
#include <memsim/vm/address_space.hpp>
#include <memsim/vm/descriptor_table.hpp>

namespace memsim {

// The access mode bits of oflag, with the modelled system's numbers.
enum class AccessMode : std::uint8_t { read_only = 0, write_only = 1, read_write = 2 };
[[nodiscard]] constexpr bool can_read(AccessMode mode) { return mode != AccessMode::write_only; }
[[nodiscard]] constexpr bool can_write(AccessMode mode) { return mode != AccessMode::read_only; }

// How mmap() of a typed-memory descriptor finds its memory (the tflag of posix_typed_mem_open()).
enum class TypedAccess : std::uint8_t {
  direct = 0,           // the offset is the physical address; the area is busy while mapped
  allocate = 1,         // POSIX_TYPED_MEM_ALLOCATE
  allocate_contig = 2,  // POSIX_TYPED_MEM_ALLOCATE_CONTIG
  map_allocatable = 4,  // POSIX_TYPED_MEM_MAP_ALLOCATABLE: the offset is the physical address; nothing is taken
};

struct OpenDescription {
  enum class Kind : std::uint8_t { free, object, typed };
  Kind kind = Kind::free;
  AccessMode access = AccessMode::read_write;
  TypedAccess typed = TypedAccess::direct;
  bool revoked = false;           // its creator took the object away: it can only be closed
  std::uint32_t descriptors = 0;  // that refer to it
  ObjectSlot object = kNoObject;
  Bytes position{};       // of lseek(): where shm_ctl() begins to extend
  RegionLists regions{};  // of the typed-memory pool, in order of preference
};

// All open descriptions of the machine; slots are used again, the most recently freed first.
class DescriptionTable {
 public:
  [[nodiscard]] DescriptionSlot insert(OpenDescription description);
  // Requires: taken, and nothing refers to it any more.
  void remove(DescriptionSlot slot);
  // Requires: taken. References stay good until the next insert().
  [[nodiscard]] OpenDescription& at(DescriptionSlot slot);
  [[nodiscard]] const OpenDescription& at(DescriptionSlot slot) const;
  [[nodiscard]] std::size_t count() const { return entries_.size() - free_.size(); }

 private:
  std::vector<OpenDescription> entries_;
  std::vector<DescriptionSlot> free_;
};

}  // namespace memsim
