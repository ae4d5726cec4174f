// memsim: the program. Its rooms, each using those named before it: host (streams, progress), options (the command
// line), report (pages and stored runs), reference (what the program tells of itself), commands (what runs scenarios)
// pictures, watch (runs as they go) and many (what runs one scenario very often), programs. Exit codes: host_error.hpp.
#include <fmt/format.h>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include <memsim/base/check.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/host/standard_streams.hpp>

#include "sim/commands/commands.hpp"
#include "sim/host/console.hpp"
#include "sim/many/commands.hpp"
#include "sim/options/command_line.hpp"
#include "sim/pictures/commands.hpp"
#include "sim/programs/commands.hpp"
#include "sim/reference/commands.hpp"
#include "sim/watch/commands.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  memsim new my.yaml                             # a first scenario, to be changed\n"
    "  memsim run scenarios/mem_obj_info.yaml         # run a scenario and read the result\n"
    "  memsim run --json --seed 7 my.yaml             # the same as JSON, with another seed\n"
    "  memsim run --out results scenarios/*.yaml      # write series, calls and replies to files\n"
    "  memsim check scenarios                         # judge them by expectations and baselines\n"
    "  memsim compare my.yaml --policy A --policy B   # which policy serves it better?\n"
    "  memsim sweep my.yaml --seeds 100 --db my.db    # how likely is it refused, and what matters?\n"
    "  memsim validate my.yaml                        # only look for mistakes\n"
    "  memsim report my.yaml -o my.html               # a page that shows where memory went\n"
    "  memsim map my.yaml                             # how full was memory, address by time?\n"
    "  memsim graph my.yaml | dot -Tsvg > my.svg      # draw who sends to whom\n"
    "  memsim exec walk.c                             # run a C program as a simulated process\n"
    "  memsim help run                                # all options of a command\n";

ExitCode run_program(int argc, const char* const* argv) {
  Command program("memsim", "A deterministic simulator of a microkernel's memory manager.", kExamples);
  for (const auto add : {add_run,   add_report,   add_check,   add_compare,  add_sweep, add_merge, add_branch,
                         add_when,  add_shrink,   add_attack,  add_validate, add_map,   add_plot,  add_watch,
                         add_graph, add_replay,   add_import,  add_exec,     add_cc,    add_new,   add_policies,
                         add_calls, add_measures, add_explain, add_schema,   add_help,  add_docs}) {
    add(program);
  }
  return run_command_line(program, argc, argv);
}

}  // namespace
}  // namespace memsim

namespace {

using memsim::host::Stream;
using memsim::host::write_to;

// Without memory there is nothing to format with.
constexpr std::string_view kOutOfMemory = "memsim: error: out of memory\n";

int out_of_memory() noexcept {
  static_cast<void>(write_to(Stream::error, kOutOfMemory));
  return static_cast<int>(memsim::ExitCode::host_failed);
}

// For the message of a failed check.
void print_current_run() noexcept {
  char line[512];
  const std::string_view text = memsim::describe_current_run(line);
  if (!text.empty() && write_to(Stream::error, text) == 0) static_cast<void>(write_to(Stream::error, "\n"));
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
  static_cast<void>(write_to(Stream::error, kText));
  std::_Exit(static_cast<int>(memsim::ExitCode::our_bug));
}

// Before any other static object of the program is made: that may fail for want of memory too.
struct TerminatesCleanly {
  TerminatesCleanly() { std::set_terminate(end_cleanly); }
};
__attribute__((init_priority(101))) const TerminatesCleanly terminates_cleanly;

}  // namespace

int main(int argc, char** argv) {
  try {
    memsim::host::prepare_standard_streams();
    memsim::set_check_context(print_current_run);
    return static_cast<int>(memsim::run_program(argc, argv));
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& error) {
    return static_cast<int>(memsim::report(
        memsim::host_failure(memsim::ExitCode::our_bug, fmt::format("unexpected: {}", error.what())).error()));
  }
}
