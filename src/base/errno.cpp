#include <memsim/base/errno.hpp>

#include <array>
#include <utility>

namespace memsim {
namespace {

constexpr std::array kNames = std::to_array<std::pair<Errno, std::string_view>>({
    {Errno::eok, "EOK"},
    {Errno::eperm, "EPERM"},
    {Errno::enoent, "ENOENT"},
    {Errno::esrch, "ESRCH"},
    {Errno::eintr, "EINTR"},
    {Errno::enxio, "ENXIO"},
    {Errno::e2big, "E2BIG"},
    {Errno::ebadf, "EBADF"},
    {Errno::eagain, "EAGAIN"},
    {Errno::enomem, "ENOMEM"},
    {Errno::eacces, "EACCES"},
    {Errno::efault, "EFAULT"},
    {Errno::ebusy, "EBUSY"},
    {Errno::eexist, "EEXIST"},
    {Errno::enodev, "ENODEV"},
    {Errno::eisdir, "EISDIR"},
    {Errno::einval, "EINVAL"},
    {Errno::enfile, "ENFILE"},
    {Errno::emfile, "EMFILE"},
    {Errno::enotty, "ENOTTY"},
    {Errno::enospc, "ENOSPC"},
    {Errno::edeadlk, "EDEADLK"},
    {Errno::ecanceled, "ECANCELED"},
    {Errno::enotsup, "ENOTSUP"},
    {Errno::enametoolong, "ENAMETOOLONG"},
    {Errno::eoverflow, "EOVERFLOW"},
    {Errno::enosys, "ENOSYS"},
    {Errno::eloop, "ELOOP"},
    {Errno::emsgsize, "EMSGSIZE"},
    {Errno::etimedout, "ETIMEDOUT"},
    {Errno::enoremote, "ENOREMOTE"},
    {Errno::esrvrfault, "ESRVRFAULT"},
});

}  // namespace

std::string_view errno_name(Errno error) {
  for (const auto& [value, name] : kNames) {
    if (value == error) return name;
  }
  return "E?";
}

std::optional<Errno> errno_from_name(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace memsim
