// Errno: an error number of the *simulated* system. A value of the model, never a failure of the host.
//
// The numbers are QNX Neutrino's, which differ from Linux above about 40, so output prints the name with the number.
// <cerrno> is banned in the modelling layers: its names are macros with the host's numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <memsim/base/expected.hpp>

namespace memsim {

enum class Errno : std::uint16_t {
  eok = 0,
  eperm = 1,
  enoent = 2,
  esrch = 3,
  eintr = 4,
  enxio = 6,
  e2big = 7,
  ebadf = 9,
  eagain = 11,
  enomem = 12,
  eacces = 13,
  efault = 14,
  ebusy = 16,
  eexist = 17,
  enodev = 19,
  eisdir = 21,
  einval = 22,
  enfile = 23,
  emfile = 24,
  enotty = 25,
  enospc = 28,
  edeadlk = 45,
  ecanceled = 47,
  enotsup = 48,
  enametoolong = 78,
  eoverflow = 79,
  enosys = 89,
  eloop = 90,
  emsgsize = 240,
  etimedout = 260,
  enoremote = 300,
  esrvrfault = 312,
};

// "ENODEV" for Errno::enodev; "EOK" for no error. Never empty for a value of the enumeration.
[[nodiscard]] std::string_view errno_name(Errno error);
// The value whose name is `name`, or nothing.
[[nodiscard]] std::optional<Errno> errno_from_name(std::string_view name);

// The result of a simulated operation that the simulated system may refuse.
template <class T>
using SimResult = Expected<T, Errno>;

[[nodiscard]] inline Unexpected<Errno> refused(Errno error) { return Unexpected<Errno>(error); }

}  // namespace memsim
