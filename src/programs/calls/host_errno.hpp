// Errno numbers of the host and of the modelled system, which differ: each program has those of its C library.
#pragma once

#include <memsim/base/errno.hpp>

namespace memsim::programs {

// Those that the host has no number for are its EIO.
[[nodiscard]] int host_errno_of(Errno error);
// EINVAL for numbers that the modelled system has no name for.
[[nodiscard]] Errno errno_of_host(std::int64_t number);

}  // namespace memsim::programs
