// memsim-mpi: `memsim sweep` with the ranks of an MPI program at work. Rank 0 reads the command line, hands out the
// runs, keeps and tells the results; the others make runs. The bytes are those of `memsim sweep`.
//
// An own program, so that memsim itself needs no MPI.
#include <fmt/format.h>

#include <exception>

#include <memsim/base/check.hpp>
#include <memsim/campaign/run_session.hpp>
#include <memsim/host/standard_streams.hpp>

#include "sim/host/console.hpp"
#include "sim/many/commands.hpp"
#include "sim/mpi/mpi_crew.hpp"
#include "sim/options/command_line.hpp"

namespace memsim {
namespace {

constexpr const char* kExamples =
    "  mpirun -n 8 memsim-mpi sweep my.yaml --vary policy=buddy,tlsf --seeds 1000 --db results.db\n"
    "  srun -n 1000 memsim-mpi sweep my.yaml --seeds 1000000 --db results.db\n";

// For the message of a failed check.
void print_current_run() noexcept {
  char line[512];
  const std::string_view text = describe_current_run(line);
  if (!text.empty() && host::write_to(host::Stream::error, text) == 0) {
    static_cast<void>(host::write_to(host::Stream::error, "\n"));
  }
}

ExitCode run_program(int argc, char** argv) {
  MpiCrew crew(argc, argv);
  if (!crew.leads()) be_silent();  // rank 0 says the same, once
  Command program("memsim-mpi", "The sweeps of memsim, with the ranks of an MPI program at work.", kExamples);
  add_sweep_of(program, crew);
  const ExitCode code = run_command_line(program, argc, argv);
  return crew.leads() ? code : ExitCode::ok;
}

}  // namespace
}  // namespace memsim

int main(int argc, char** argv) {
  try {
    memsim::host::prepare_standard_streams();
    memsim::set_check_context(memsim::print_current_run);
    return static_cast<int>(memsim::run_program(argc, argv));
  } catch (const std::exception& error) {
    return static_cast<int>(memsim::report(
        memsim::host_failure(memsim::ExitCode::our_bug, fmt::format("unexpected: {}", error.what())).error()));
  }
}
