#include <memsim/base/check.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include <memsim/base/host_error.hpp>

namespace memsim {
namespace {
std::atomic<CheckContext> g_context{nullptr};
}  // namespace

void set_check_context(CheckContext context) noexcept { g_context.store(context); }

void check_failed(const char* expression, const char* file, int line, const char* why) noexcept {
  std::fprintf(stderr, "memsim: internal error: %s:%d: %s does not hold", file, line, expression);
  if (*why != '\0') std::fprintf(stderr, " (%s)", why);
  std::fputs("\nThis is a bug in memsim. Please report it with the scenario.\n", stderr);
  // Taken away first: a check that fails while the context is printed must not come back here for ever.
  if (const CheckContext context = g_context.exchange(nullptr)) context();
  std::fflush(stderr);
  std::_Exit(static_cast<int>(ExitCode::our_bug));
}

}  // namespace memsim
