// `memsim cc`: the host's compiler for programs that run as simulated processes.
#include <memory>

#include "sim/host/console.hpp"
#include "sim/programs/commands.hpp"
#include "sim/programs/compiler.hpp"

namespace memsim {
namespace {

constexpr const char* kCcExamples =
    "  memsim cc -o walk walk.c                       # then memsim exec ./walk\n"
    "  memsim cc -O2 -g -Wall -c ring.c               # the options are the compiler's\n"
    "  CC=clang memsim cc -o walk walk.c\n";

ExitCode execute_cc(const std::vector<std::string>& arguments) {
  const HostResult<std::vector<std::string>> command = compiler_command(arguments);
  if (!command) return report(command.error());
  const HostResult<void> compiled = run_compiler(*command);
  return compiled ? ExitCode::ok : report(compiled.error());
}

}  // namespace

void add_cc(Command& program) {
  Command& sub = program.add_command("cc", "Compile a program that runs as a simulated process.", kCcExamples);
  const auto arguments = std::make_shared<std::vector<std::string>>();
  sub.add_rest("ARGUMENT", *arguments, kFileType, "Options and files of the compiler, $CC or $CXX, or else cc or c++");
  sub.set_action([arguments] { return execute_cc(*arguments); });
}

}  // namespace memsim
