#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include <memsim/programs/programs.hpp>

namespace memsim {

int count_instructions_of_host(pid_t process) {
  perf_event_attr what{};
  what.size = sizeof what;
  what.type = PERF_TYPE_HARDWARE;
  what.config = PERF_COUNT_HW_INSTRUCTIONS;
  what.exclude_kernel = 1;
  what.exclude_hv = 1;
  what.inherit = 1;  // its threads
  constexpr int kAnyProcessor = -1;
  constexpr int kNoGroup = -1;
  const long file = ::syscall(SYS_perf_event_open, &what, process, kAnyProcessor, kNoGroup, PERF_FLAG_FD_CLOEXEC);
  return file < 0 ? -errno : static_cast<int>(file);
}

}  // namespace memsim
