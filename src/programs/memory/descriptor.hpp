// Descriptors that programs of the host are started with.
#pragma once

#include <fcntl.h>

#include <memsim/host/descriptor.hpp>

namespace memsim::programs {

using host::Descriptor;

// A descriptor above those that a program begins with, in the place of the given one, so that moving it there
// overwrites none.
[[nodiscard]] inline Descriptor moved_up(int number) {
  const Descriptor given(number);
  return Descriptor(given.is_open() ? ::fcntl(number, F_DUPFD_CLOEXEC, 64) : -1);
}

}  // namespace memsim::programs
