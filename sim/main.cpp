// memsim: the program. See command_line.cpp for what it can be asked, and host_error.hpp for its exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "command_line.hpp"
#include "console.hpp"

namespace {

// Without memory there is nothing to format with.
constexpr std::string_view kOutOfMemory = "memsim: error: out of memory\n";

int out_of_memory() noexcept {
  if (::write(STDERR_FILENO, kOutOfMemory.data(), kOutOfMemory.size()) < 0)
    return static_cast<int>(memsim::ExitCode::host_failed);
  return static_cast<int>(memsim::ExitCode::host_failed);
}

// Memory may also run out where nothing can be thrown.
[[noreturn]] void end_cleanly() noexcept {
  try {
    if (const std::exception_ptr current = std::current_exception()) std::rethrow_exception(current);
  } catch (const std::bad_alloc&) {
    std::_Exit(out_of_memory());
  } catch (...) {
  }
  constexpr std::string_view kText = "memsim: error: terminated without a known reason; this is a bug of memsim\n";
  if (::write(STDERR_FILENO, kText.data(), kText.size()) < 0) std::_Exit(static_cast<int>(memsim::ExitCode::our_bug));
  std::_Exit(static_cast<int>(memsim::ExitCode::our_bug));
}

}  // namespace

int main(int argc, char** argv) {
  std::set_terminate(end_cleanly);
  try {
    memsim::prepare_standard_streams();
    return static_cast<int>(memsim::CommandLine().run(argc, argv));
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& error) {
    return static_cast<int>(memsim::report(
        memsim::host_failure(memsim::ExitCode::our_bug, fmt::format("unexpected: {}", error.what())).error()));
  }
}
