// What becomes of one task among many when the host's memory is used up: an error of that task, which names it. The
// memory that the task had is free again by then, so that the others may go on and the message has a place.
#pragma once

#include <new>
#include <string>

#include <fmt/format.h>

#include <memsim/base/host_error.hpp>

namespace memsim {

// What `task` gives, a HostResult, or host_failed.
template <class Task>
[[nodiscard]] auto unless_memory_ends(const std::string& name, Task&& task) -> decltype(task()) {
  try {
    return task();
  } catch (const std::bad_alloc&) {
  }
  return host_failure(ExitCode::host_failed, fmt::format("{}: out of memory", escaped_for_terminal(name)));
}

}  // namespace memsim
