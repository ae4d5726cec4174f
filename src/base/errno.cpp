#include <memsim/base/errno.hpp>

#include <array>
#include <utility>

namespace memsim {
namespace {

constexpr std::array kErrnoNames = std::to_array<std::pair<Errno, std::string_view>>({
    {Errno::eok, "EOK"},
    {Errno::eperm, "EPERM"},
    {Errno::enoent, "ENOENT"},
    {Errno::esrch, "ESRCH"},
    {Errno::eintr, "EINTR"},
    {Errno::eio, "EIO"},
    {Errno::enxio, "ENXIO"},
    {Errno::e2big, "E2BIG"},
    {Errno::enoexec, "ENOEXEC"},
    {Errno::ebadf, "EBADF"},
    {Errno::echild, "ECHILD"},
    {Errno::eagain, "EAGAIN"},
    {Errno::enomem, "ENOMEM"},
    {Errno::eacces, "EACCES"},
    {Errno::efault, "EFAULT"},
    {Errno::ebusy, "EBUSY"},
    {Errno::eexist, "EEXIST"},
    {Errno::exdev, "EXDEV"},
    {Errno::enodev, "ENODEV"},
    {Errno::enotdir, "ENOTDIR"},
    {Errno::eisdir, "EISDIR"},
    {Errno::einval, "EINVAL"},
    {Errno::enfile, "ENFILE"},
    {Errno::emfile, "EMFILE"},
    {Errno::enotty, "ENOTTY"},
    {Errno::etxtbsy, "ETXTBSY"},
    {Errno::efbig, "EFBIG"},
    {Errno::enospc, "ENOSPC"},
    {Errno::espipe, "ESPIPE"},
    {Errno::erofs, "EROFS"},
    {Errno::emlink, "EMLINK"},
    {Errno::epipe, "EPIPE"},
    {Errno::edom, "EDOM"},
    {Errno::erange, "ERANGE"},
    {Errno::enomsg, "ENOMSG"},
    {Errno::eidrm, "EIDRM"},
    {Errno::el2hlt, "EL2HLT"},
    {Errno::edeadlk, "EDEADLK"},
    {Errno::enolck, "ENOLCK"},
    {Errno::ecanceled, "ECANCELED"},
    {Errno::enotsup, "ENOTSUP"},
    {Errno::eownerdead, "EOWNERDEAD"},
    {Errno::enametoolong, "ENAMETOOLONG"},
    {Errno::eoverflow, "EOVERFLOW"},
    {Errno::enosys, "ENOSYS"},
    {Errno::eloop, "ELOOP"},
    {Errno::enotempty, "ENOTEMPTY"},
    {Errno::eopnotsupp, "EOPNOTSUPP"},
    {Errno::estale, "ESTALE"},
    {Errno::einprogress, "EINPROGRESS"},
    {Errno::ealready, "EALREADY"},
    {Errno::enotsock, "ENOTSOCK"},
    {Errno::emsgsize, "EMSGSIZE"},
    {Errno::eaddrinuse, "EADDRINUSE"},
    {Errno::enetdown, "ENETDOWN"},
    {Errno::econnreset, "ECONNRESET"},
    {Errno::enobufs, "ENOBUFS"},
    {Errno::enotconn, "ENOTCONN"},
    {Errno::eshutdown, "ESHUTDOWN"},
    {Errno::etimedout, "ETIMEDOUT"},
    {Errno::econnrefused, "ECONNREFUSED"},
    {Errno::ehostdown, "EHOSTDOWN"},
    {Errno::ehostunreach, "EHOSTUNREACH"},
    {Errno::enoremote, "ENOREMOTE"},
    {Errno::esrvrfault, "ESRVRFAULT"},
});

}  // namespace

std::string_view errno_name(Errno error) {
  for (const auto& [value, name] : kErrnoNames) {
    if (value == error) return name;
  }
  return "E?";
}

std::optional<Errno> errno_from_name(std::string_view name) {
  for (const auto& [value, known] : kErrnoNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace memsim
