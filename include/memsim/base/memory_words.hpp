// The words in which memory is asked for and held, the same on every floor: in requests, in objects and in records.
#pragma once

#include <cstdint>
#include <string_view>

namespace memsim {

enum class Contiguity : std::uint8_t {
  scattered,   // any extents that add up to the count
  contiguous,  // one extent or nothing
};

// Whether the frames may later be moved to make room (QNX: contiguous, mlock()ed and populated objects stay put).
enum class Mobility : std::uint8_t { unmovable, movable, reclaimable };
[[nodiscard]] std::string_view name_of(Mobility mobility);

// How a memory object got its memory.
enum class ObjectKind : std::uint8_t {
  none,        // it has none: never populated
  ram,         // SHMCTL_ANON
  lazy,        // SHMCTL_LAZY
  contiguous,  // SHMCTL_ANON|SHMCTL_PHYS
  physical,    // SHMCTL_PHYS: an overlay on addresses that the object does not own
  truncated,   // ftruncate()
  typed,       // from a typed-memory pool
  anonymous,   // private memory of mmap()
};
[[nodiscard]] std::string_view name_of(ObjectKind kind);

}  // namespace memsim
