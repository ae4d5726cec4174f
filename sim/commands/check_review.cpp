#include "sim/commands/check_review.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include <memsim/campaign/check_report.hpp>

#include "sim/host/console.hpp"

namespace memsim {
namespace {

enum class Verdict : std::uint8_t { accept, reject, skip, quit };

constexpr std::string_view kPrompt = "Take this as the baseline? [a]ccept, [r]eject, [s]kip, [q]uit: ";
constexpr std::size_t kLineMax = 256;

// A line without its end, or nothing at the end of the input. What a line has beyond kLineMax is dropped.
HostResult<std::optional<std::string>> read_line() {
  std::string line;
  bool has_read = false;
  while (true) {
    char c = 0;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);  // byte by byte: what follows is for the next question
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return host_failure(ExitCode::host_failed,
                          fmt::format("cannot read standard input: {}", std::generic_category().message(errno)));
    }
    if (count == 0 || c == '\n') {
      if (count == 0 && !has_read) return std::optional<std::string>();
      return std::optional(line);
    }
    has_read = true;
    if (line.size() < kLineMax) line += c;
  }
}

std::optional<Verdict> answer_of(std::string_view line) {
  for (const auto& [word, answer] : {std::pair("accept", Verdict::accept), std::pair("reject", Verdict::reject),
                                     std::pair("skip", Verdict::skip), std::pair("quit", Verdict::quit)}) {
    if (line == word || line == std::string_view(word, 1)) return answer;
  }
  return std::nullopt;
}

HostResult<Verdict> ask() {
  while (true) {
    const HostResult<void> printed = print(kPrompt);
    if (!printed) return Unexpected(printed.error());
    const HostResult<std::optional<std::string>> line = read_line();
    if (!line) return Unexpected(line.error());
    // A terminal shows what is typed; anybody else's answer is shown here.
    const bool is_shown = ::isatty(STDIN_FILENO) == 1 && line->has_value();
    const HostResult<void> echoed = print(is_shown ? "" : escaped_for_terminal(line->value_or("quit")) + "\n");
    if (!echoed) return Unexpected(echoed.error());
    if (!line->has_value()) return Verdict::quit;
    if (const std::optional<Verdict> answer = answer_of(**line)) return *answer;
  }
}

HostResult<void> show(const CheckResult& result, std::size_t number, std::size_t count) {
  std::string text = fmt::format("{} of {}: {}\n", number, count, escaped_for_terminal(result.scenario));
  if (!result.has_baseline) {
    text += fmt::format("  a new baseline: {} records, {} measures\n", result.run->record_count,
                        result.run->measures.size());
  }
  if (!result.errors.empty()) text += render(result.errors, Colour::off);
  return print(text + render_difference_text(result));
}

}  // namespace

HostResult<void> review(std::span<CheckResult> results) {
  const auto is_pending = [](const CheckResult& result) { return result.is_pending(); };
  const auto count = static_cast<std::size_t>(std::count_if(results.begin(), results.end(), is_pending));
  std::size_t accepted = 0;
  std::size_t rejected = 0;
  std::size_t shown = 0;
  bool goes_on = true;
  for (CheckResult& result : results) {
    if (!goes_on || !result.is_pending()) continue;
    HostResult<void> printed = show(result, ++shown, count);
    if (!printed) return printed;
    const HostResult<Verdict> answer = ask();
    if (!answer) return Unexpected(answer.error());
    if (*answer == Verdict::accept) {
      HostResult<void> written = accept(result);
      if (!written) return written;
      ++accepted;
    }
    if (*answer == Verdict::reject) ++rejected;
    goes_on = *answer != Verdict::quit;
  }
  return print(fmt::format("{} accepted, {} rejected, {} skipped\n", accepted, rejected, count - accepted - rejected));
}

}  // namespace memsim
