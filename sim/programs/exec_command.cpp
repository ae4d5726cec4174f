// `memsim exec`: one program of the host on a machine of its own.
#include <fmt/format.h>
#include <stdlib.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <memsim/base/json.hpp>
#include <memsim/base/numbers.hpp>

#include "sim/commands/run.hpp"
#include "sim/host/console.hpp"
#include "sim/options/load_options.hpp"
#include "sim/programs/commands.hpp"
#include "sim/programs/compiler.hpp"

namespace memsim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExecExamples =
    "  memsim exec ./walk --frames 3                  # built with memsim cc\n"
    "  memsim exec walk.c                             # compiled first\n"
    "  memsim exec --quiet ./walk                     # its output, and the fingerprint\n"
    "  memsim exec --set machine.cpus=2 ./walk        # on another machine\n";

struct ExecArguments {
  RunOptions run;
  LoadArguments load;
  std::string only;
  std::string per_1000_instructions;
  std::vector<std::string> words;  // the program, and what it is given
};

// A folder of the host's for a moment.
class Workshop {
 public:
  Workshop() {
    std::string name = (fs::temp_directory_path() / "memsim_exec_XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A name that a process may have.
std::string process_name(const fs::path& program) {
  std::string name = program.filename().string().substr(0, 64);
  for (char& c : name) {
    const bool is_allowed =
        ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_' || c == '.' || c == '-';
    if (!is_allowed) c = '_';
  }
  return name;
}

// A scenario of this one process, which lies beside its program.
HostResult<Scenario> scenario_of(const fs::path& program, const std::vector<std::string>& words, LoadOptions options) {
  const nlohmann::ordered_json scenario = {
      {"memsim", 1},
      {"processes",
       {{{"name", process_name(program)}, {"program", {{"run", program.filename().string()}, {"args", words}}}}}}};
  options.host_programs = HostPrograms::start;
  return parse_scenario(json_text(scenario), (program.parent_path() / "memsim exec").string(), options);
}

// Errors: bad_input.
HostResult<void> set_measured_time(const std::string& per_1000, Scenario& scenario) {
  if (per_1000.empty()) return {};
  const Parsed<SimDuration> time = parse_duration(per_1000);
  if (!time) return host_failure(ExitCode::bad_input, fmt::format("--per-1000-instructions: {}", time.error()));
  std::shared_ptr<const HostProgram>& program = scenario.world.processes.front().threads.front().host_program;
  HostProgram measured = *program;
  measured.per_1000_instructions = *time;
  program = std::make_shared<const HostProgram>(std::move(measured));
  return {};
}

ExitCode run_program(const fs::path& program, const ExecArguments& arguments) {
  const std::vector<std::string> given(arguments.words.begin() + 1, arguments.words.end());
  HostResult<Scenario> scenario = scenario_of(program, given, arguments.run.load);
  if (!scenario) return report(scenario.error());
  const HostResult<void> measured = set_measured_time(arguments.per_1000_instructions, *scenario);
  if (!measured) return report(measured.error());
  scenario->path = arguments.words.front();
  return run_scenario(arguments.words.front(), *scenario, arguments.run);
}

ExitCode execute_exec(const Command& command, ExecArguments& arguments) {
  HostResult<LoadOptions> load = load_options_of(command, arguments.load);
  if (!load) return report(load.error());
  arguments.run.load = std::move(*load);
  const HostResult<void> finished = finish_run_options(command, arguments.run, arguments.only);
  if (!finished) return report(finished.error());
  arguments.run.shows_output = true;
  const std::string& name = arguments.words.front();
  if (!is_source(name)) return run_program(name, arguments);
  const Workshop workshop;
  const fs::path program = workshop.path() / fs::path(name).stem();
  const HostResult<std::vector<std::string>> compiler = compiler_command({"-g", "-o", program.string(), name});
  if (!compiler) return report(compiler.error());
  const HostResult<void> compiled = run_compiler(*compiler);
  return compiled ? run_program(program, arguments) : report(compiled.error());
}

}  // namespace

void add_exec(Command& program) {
  Command& sub = program.add_command("exec", "Run a C program as a simulated process.", kExecExamples);
  const auto arguments = std::make_shared<ExecArguments>();
  add_run_options(sub, arguments->run, arguments->only);
  add_load_options(sub, arguments->load);
  sub.add_value("--per-1000-instructions", arguments->per_1000_instructions, kTimeType,
                "Charge processor time for what it computes, measured: not deterministic");
  sub.add_rest("PROGRAM", arguments->words, kFileType,
               "Built with memsim cc, or its one source; and the arguments that it is given");
  sub.set_action([&sub, arguments] { return execute_exec(sub, *arguments); });
}

}  // namespace memsim
