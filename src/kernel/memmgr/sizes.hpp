// Sizes of objects: arguments that may be one, and ordinary objects that grow and shrink.
#pragma once

#include <optional>

#include "kernel/objects/state.hpp"

namespace memsim::memmgr {

// A size or offset argument of the modelled system's off64_t: nothing when negative.
[[nodiscard]] inline std::optional<Bytes> offset_argument(Value value) {
  if (value < 0) return std::nullopt;
  return Bytes(static_cast<std::uint64_t>(value));
}

// Gives an ordinary (not populated) object a new logical size, allocating or releasing whole pages at once.
// Errors: ENOMEM, with the object unchanged.
[[nodiscard]] SimResult<void> resize_ordinary(Context& context, ObjectSlot slot, Bytes size);

}  // namespace memsim::memmgr
