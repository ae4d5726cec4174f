#include <memsim/host/descriptor.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

namespace memsim::host {

int Descriptor::close() {
  const int number = std::exchange(number_, -1);
  return number < 0 || ::close(number) == 0 ? 0 : errno;
}

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

std::string reason_of(int error) { return std::generic_category().message(error); }

}  // namespace memsim::host
