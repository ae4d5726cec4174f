#include "sim/programs/compiler.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <memsim/runtime/calls.hpp>

namespace memsim {
namespace {

namespace fs = std::filesystem;

bool ends_with_one_of(const std::string& name, const std::vector<std::string_view>& ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return name.ends_with(end); });
}
bool is_cpp_source(const std::string& name) { return ends_with_one_of(name, {".cc", ".cpp", ".cxx", ".C"}); }

std::string from_environment(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

// Beside the folder that memsim lies in, built or installed.
HostResult<fs::path> runtime_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  fs::path folder = self.parent_path().parent_path() / "lib/memsim";
  if (!error && fs::exists(folder / "libmemsim_program.a", error)) return folder;
  return host_failure(ExitCode::host_failed,
                      fmt::format("the runtime library of simulated programs is not in {}", folder.string()),
                      "install memsim as a whole: script/setup install");
}

bool links(const std::vector<std::string>& arguments) {
  static constexpr std::array<std::string_view, 5> kOthers = {"-c", "-S", "-E", "-M", "-MM"};
  return std::none_of(arguments.begin(), arguments.end(), [](const std::string& argument) {
    return std::find(kOthers.begin(), kOthers.end(), argument) != kOthers.end();
  });
}

// Those that the C library has too are wrapped, and a few that it has under a second name.
void append_link_words(const fs::path& folder, std::vector<std::string>& words) {
  for (const link::ProgramCallEntry& entry : link::kProgramCalls) {
    if (entry.is_in_c_library) words.push_back(fmt::format("-Wl,--wrap={}", entry.symbol));
  }
  for (const std::string_view second : link::kSecondNames) words.push_back(fmt::format("-Wl,--wrap={}", second));
  words.insert(words.end(), {"-pie", "-Wl,-u,memsim_program_start", (folder / "libmemsim_program.a").string()});
}

}  // namespace

bool is_source(const std::string& name) { return name.ends_with(".c") || is_cpp_source(name); }

HostResult<std::vector<std::string>> compiler_command(const std::vector<std::string>& arguments) {
  const HostResult<fs::path> folder = runtime_folder();
  if (!folder) return Unexpected(folder.error());
  const bool is_cpp = std::any_of(arguments.begin(), arguments.end(), is_cpp_source);
  std::vector<std::string> words = {is_cpp ? from_environment("CXX", "c++") : from_environment("CC", "cc"), "-fPIE",
                                    "-D__MEMSIM__=1", "-isystem", (*folder / "include").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (links(arguments)) append_link_words(*folder, words);
  return words;
}

HostResult<void> run_compiler(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, pointers.front(), nullptr, nullptr, pointers.data(), environ);
  if (error != 0) {
    return host_failure(
        ExitCode::host_failed,
        fmt::format("cannot start the compiler {}: {}", command.front(), std::generic_category().message(error)),
        "install one, such as gcc, or name it in CC or CXX");
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return host_failure(ExitCode::bad_input, "");
}

}  // namespace memsim
