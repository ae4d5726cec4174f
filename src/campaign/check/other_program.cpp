#include <memsim/campaign/other_program.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace memsim {
namespace {

// More of what a program says is not read.
constexpr std::size_t kSaidMax = 4096;

std::string reason_of(int error) { return std::generic_category().message(error); }

Unexpected<HostError> failure(const std::string& program, const std::string& what, std::string help = {}) {
  return host_failure(ExitCode::host_failed, fmt::format("{}: {}", escaped_for_terminal(program), what),
                      std::move(help));
}

// How a process ended, and the first bytes of what it said.
struct Ended {
  int status = 0;  // as waitpid() gives it
  std::string output;
  std::string errors;
};

std::string beginning_of(const std::string& path) {
  std::array<char, kSaidMax> bytes{};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
  ::close(descriptor);
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

// The words of a command line as posix_spawn() wants them.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the program without a shell, its output going to files in `folder`, and waits for its end.
HostResult<Ended> run_process(std::vector<std::string> words, const TemporaryFolder& folder) {
  const std::string output = folder.path() + "/output";
  const std::string errors = folder.path() + "/errors";
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  constexpr int kWriting = O_WRONLY | O_CREAT | O_TRUNC;
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), kWriting, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), kWriting, 0600);
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, words.front().c_str(), &actions, nullptr, pointers_to(words).data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failure(words.front(), fmt::format("it cannot be started: {}", reason_of(error)));
  Ended ended;
  pid_t waited = 0;
  do {
    waited = ::waitpid(pid, &ended.status, 0);
  } while (waited < 0 && errno == EINTR);
  if (waited < 0) return failure(words.front(), fmt::format("it cannot be waited for: {}", reason_of(errno)));
  ended.output = beginning_of(output);
  ended.errors = beginning_of(errors);
  return ended;
}

std::string first_line(const std::string& text) {
  constexpr std::size_t kShown = 300;
  return escaped_for_terminal(text.substr(0, std::min(text.find('\n'), kShown)));
}

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return fmt::format("it ended with exit code {}", WEXITSTATUS(status));
  return fmt::format("signal {} ended it", WTERMSIG(status));
}

// Whether there can be a run to look at: that an expectation failed, or that a cap ended the run, is no matter here.
bool has_run(int status) {
  constexpr std::array kCodes = {ExitCode::ok, ExitCode::expectation_failed, ExitCode::cap_reached};
  return WIFEXITED(status) && std::any_of(kCodes.begin(), kCodes.end(),
                                          [&](ExitCode code) { return WEXITSTATUS(status) == static_cast<int>(code); });
}

}  // namespace

HostResult<TemporaryFolder> TemporaryFolder::create() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string pattern = (parent / "memsim_check_XXXXXX").string();
  if (!error && ::mkdtemp(pattern.data()) != nullptr) return TemporaryFolder(std::move(pattern));
  const std::string reason = error ? error.message() : reason_of(errno);
  return host_failure(ExitCode::host_failed, fmt::format("cannot make a temporary folder: {}", reason));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code nobody_to_tell;
  if (!path_.empty()) std::filesystem::remove_all(path_, nobody_to_tell);
}

HostResult<OtherProgram> OtherProgram::create(const std::string& program, std::vector<std::string> arguments) {
  constexpr std::string_view kName = "memsim ";
  constexpr std::size_t kVersionMax = 40;
  const HostResult<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder) return Unexpected(folder.error());
  const HostResult<Ended> ended = run_process({program, "--version"}, *folder);
  if (!ended) return Unexpected(ended.error());
  OtherProgram other(program, std::move(arguments));
  const std::string said = ended->output.substr(0, ended->output.find('\n'));
  const bool is_memsim = ended->status == 0 && said.starts_with(kName) && said.size() <= kName.size() + kVersionMax;
  if (!is_memsim) {
    return failure(program, "it is no memsim program", "memsim --version says 'memsim' and a version");
  }
  other.version_ = escaped_for_terminal(said.substr(kName.size()));
  return other;
}

HostResult<std::string> OtherProgram::run(const std::string& scenario, std::span<const std::string> more) const {
  const HostResult<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder) return Unexpected(folder.error());
  std::vector<std::string> words = {name_, "run", "--quiet"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), {"--", scenario});
  HostResult<Ended> ended = run_process(std::move(words), *folder);
  if (!ended) return Unexpected(std::move(ended).error());
  if (has_run(ended->status)) return std::move(ended->output);
  return failure(name_,
                 fmt::format("it does not run {}: {}", escaped_for_terminal(scenario), how_it_ended(ended->status)),
                 ended->errors.empty() ? "" : fmt::format("it said: {}", first_line(ended->errors)));
}

HostResult<std::uint64_t> OtherProgram::fingerprint_of(const std::string& scenario) const {
  constexpr std::size_t kDigits = 16;
  const HostResult<std::string> output = run(scenario, {});
  if (!output) return Unexpected(output.error());
  std::uint64_t value = 0;
  const char* const end = output->data() + std::min(output->size(), kDigits);
  const auto result = std::from_chars(output->data(), end, value, 16);
  if (output->size() > kDigits && result.ec == std::errc() && result.ptr == end) return value;
  return failure(name_, fmt::format("it gave no fingerprint for {}", escaped_for_terminal(scenario)));
}

HostResult<std::string> OtherProgram::record_run(const std::string& scenario, const TemporaryFolder& folder) const {
  const std::string out = folder.path() + "/run";
  const std::array<std::string, 3> more = {"--records", "--out", out};
  const HostResult<std::string> output = run(scenario, more);
  if (!output) return Unexpected(output.error());
  return out + "/records.jsonl";
}

}  // namespace memsim
