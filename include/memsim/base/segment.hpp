// Segment: one record of a _MEM_OBJ_INFO reply, and nothing else.
#pragma once

#include <memsim/base/units.hpp>

namespace memsim {

// `length` bytes of a memory object from `offset` on lie at `paddr` and up, physically consecutive.
struct Segment {
  Bytes offset;
  PhysAddr paddr;
  Bytes length;

  [[nodiscard]] constexpr Bytes end() const { return offset + length; }
  constexpr bool operator==(const Segment&) const = default;
};

}  // namespace memsim
