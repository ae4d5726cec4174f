// An mmap() call, decoded, and what it comes to show.
#pragma once

#include "kernel/memmgr/placement.hpp"
#include "kernel/objects/objects.hpp"
#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

struct MapOrder {
  std::uint64_t address = 0;     // wanted
  Bytes length{};                // in whole pages
  std::uint64_t protection = 0;  // PROT_*
  std::uint64_t flags = 0;       // MAP_*
  Value fd = kNoFd;
  Bytes offset{};   // of the first page
  Bytes skipped{};  // from there to the byte asked for
  Bytes asked{};    // as the caller said it
  PlacementArguments place{};

  [[nodiscard]] bool has(std::uint64_t flag) const { return (flags & flag) != 0; }
};

// What a mapping shows: an object from an offset on, or physical memory from an address on.
struct Shown {
  ObjectSlot object = kNoObject;
  Bytes offset{};
  Writing writing = Writing::allowed;
};

// A private copy of the object from `offset` on, page by page as touched. Errors: ENFILE.
[[nodiscard]] SimResult<Shown> show_copy(Context& context, ObjectSlot origin, Bytes offset, Bytes asked);

// Memory of the mapping's own. Errors: ENOMEM, ENFILE.
[[nodiscard]] SimResult<Shown> make_private_memory(Context& context, const MapOrder& order, ObjectKind kind,
                                                   const FrameDemand& demand);

// Memory through a typed-memory descriptor. Errors: EACCES, EINVAL, ENXIO, ENOMEM, ENFILE.
[[nodiscard]] SimResult<Shown> show_typed_memory(Context& context, const MapOrder& order,
                                                 const OpenDescription& description);

}  // namespace memsim::memmgr
