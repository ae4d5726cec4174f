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
  eio = 5,
  enxio = 6,
  e2big = 7,
  enoexec = 8,
  ebadf = 9,
  echild = 10,
  eagain = 11,
  enomem = 12,
  eacces = 13,
  efault = 14,
  ebusy = 16,
  eexist = 17,
  exdev = 18,
  enodev = 19,
  enotdir = 20,
  eisdir = 21,
  einval = 22,
  enfile = 23,
  emfile = 24,
  enotty = 25,
  etxtbsy = 26,
  efbig = 27,
  enospc = 28,
  espipe = 29,
  erofs = 30,
  emlink = 31,
  epipe = 32,
  edom = 33,
  erange = 34,
  enomsg = 35,
  eidrm = 36,
  el2hlt = 44,
  edeadlk = 45,
  enolck = 46,
  ecanceled = 47,
  enotsup = 48,
  eownerdead = 58,
  enametoolong = 78,
  eoverflow = 79,
  enosys = 89,
  eloop = 90,
  enotempty = 93,
  eopnotsupp = 103,
  estale = 122,
  einprogress = 236,
  ealready = 237,
  enotsock = 238,
  emsgsize = 240,
  eaddrinuse = 248,
  enetdown = 250,
  econnreset = 254,
  enobufs = 255,
  enotconn = 257,
  eshutdown = 258,
  etimedout = 260,
  econnrefused = 261,
  ehostdown = 264,
  ehostunreach = 265,
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
