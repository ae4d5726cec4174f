#include "sim/commands/check_review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <memsim/campaign/check_report.hpp>
#include <memsim/host/standard_streams.hpp>

#include "sim/host/console.hpp"

namespace memsim {
namespace {

enum class Decision : std::uint8_t { accept, reject, skip, quit };

constexpr std::string_view kPrompt = "Take this as the baseline? [a]ccept, [r]eject, [s]kip, [q]uit: ";
constexpr std::size_t kLineMax = 256;

std::optional<Decision> answer_of(std::string_view line) {
  for (const auto& [word, answer] : {std::pair("accept", Decision::accept), std::pair("reject", Decision::reject),
                                     std::pair("skip", Decision::skip), std::pair("quit", Decision::quit)}) {
    if (line == word || line == std::string_view(word, 1)) return answer;
  }
  return std::nullopt;
}

// Nobody who is no person learns from being asked again.
constexpr int kQuestionsMax = 3;

HostResult<Decision> ask() {
  for (int asked = 0; asked < kQuestionsMax || host::is_terminal(host::Stream::input); ++asked) {
    const HostResult<void> printed = print(kPrompt);
    if (!printed) return Unexpected(printed.error());
    const HostResult<std::optional<std::string>> line = host::read_input_line(kLineMax);
    if (!line) return Unexpected(line.error());
    // A terminal shows what is typed; anybody else's answer is shown here.
    const bool is_shown = host::is_terminal(host::Stream::input) && line->has_value();
    const HostResult<void> echoed = print(is_shown ? "" : escaped_for_terminal(line->value_or("quit")) + "\n");
    if (!echoed) return Unexpected(echoed.error());
    if (!line->has_value()) return Decision::quit;
    if (const std::optional<Decision> answer = answer_of(**line)) return *answer;
  }
  return host_failure(ExitCode::bad_input, "standard input has no answer for --review",
                      "answers are a, r, s and q, or the whole words, a line each");
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

// A new baseline and one that cannot be read come last: there is nothing to compare.
std::vector<CheckResult*> largest_change_first(std::span<CheckResult> results) {
  std::vector<CheckResult*> pending;
  for (CheckResult& result : results) {
    if (result.is_pending()) pending.push_back(&result);
  }
  const auto size = [](const CheckResult* result) {
    return result->difference ? result->difference->size() : std::array<std::uint64_t, 3>{};
  };
  std::stable_sort(pending.begin(), pending.end(), [&](const auto* a, const auto* b) { return size(a) > size(b); });
  return pending;
}

}  // namespace

HostResult<void> review(std::span<CheckResult> results) {
  const std::vector<CheckResult*> pending = largest_change_first(results);
  const std::size_t count = pending.size();
  std::size_t accepted = 0;
  std::size_t rejected = 0;
  std::size_t shown = 0;
  for (CheckResult* result : pending) {
    HostResult<void> printed = show(*result, ++shown, count);
    if (!printed) return printed;
    const HostResult<Decision> answer = ask();
    if (!answer) return Unexpected(answer.error());
    if (*answer == Decision::accept) {
      HostResult<void> written = accept(*result);
      if (!written) return written;
      ++accepted;
    }
    if (*answer == Decision::reject) ++rejected;
    if (*answer == Decision::quit) break;
  }
  std::string text =
      fmt::format("{} accepted, {} rejected, {} skipped\n", accepted, rejected, count - accepted - rejected);
  for (const CheckResult* result : pending) {
    if (result->is_pending()) text += fmt::format("still pending: {}\n", escaped_for_terminal(result->scenario));
  }
  return print(text);
}

}  // namespace memsim
