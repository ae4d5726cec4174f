#include <memsim/campaign/shrink.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <memsim/base/numbers.hpp>
#include <memsim/campaign/run_session.hpp>

#include "campaign/shrink/text_parts.hpp"

namespace memsim {
namespace {

// What must stay.
struct KeptExit {
  ExitCode code = ExitCode::ok;
};
struct KeptFailure {
  std::size_t number = 0;
  std::string expected;  // the expectation's text: its number may change
};
struct KeptRecord {
  RecordKind kind{};
};
using Goal = std::variant<KeptExit, KeptFailure, KeptRecord>;

std::vector<std::string_view> record_names() {
  std::vector<std::string_view> names;
#define MEMSIM_NAME(Type) names.push_back(Type::kName);
  MEMSIM_RECORDS(MEMSIM_NAME)
#undef MEMSIM_NAME
  return names;
}

std::optional<RecordKind> kind_from_name(std::string_view name) {
#define MEMSIM_NAME(Type) \
  if (name == Type::kName) return Type::kKind;
  MEMSIM_RECORDS(MEMSIM_NAME)
#undef MEMSIM_NAME
  return std::nullopt;
}

std::optional<std::string_view> between(std::string_view text, std::string_view before, std::string_view behind) {
  if (!text.starts_with(before) || !text.ends_with(behind) || text.size() < before.size() + behind.size()) {
    return std::nullopt;
  }
  return text.substr(before.size(), text.size() - before.size() - behind.size());
}

HostResult<Goal> parse_goal(const std::string& text) {
  if (const auto code = between(text, "exit ", "")) {
    for (const ExitCode known : {ExitCode::ok, ExitCode::expectation_failed, ExitCode::cap_reached}) {
      if (*code == fmt::format("{}", static_cast<int>(known))) return Goal(KeptExit{known});
    }
  }
  if (const auto number = between(text, "expect[", "] fails")) {
    if (const auto read = parse_unsigned(*number)) return Goal(KeptFailure{static_cast<std::size_t>(*read), {}});
  }
  if (const auto name = between(text, "record ", "")) {
    if (const auto kind = kind_from_name(*name)) return Goal(KeptRecord{*kind});
    return host_failure(ExitCode::bad_input,
                        fmt::format("--keep: there is no record '{}'", escaped_for_terminal(*name)),
                        fmt::format("there are {}", fmt::join(record_names(), ", ")));
  }
  return host_failure(ExitCode::bad_input, fmt::format("--keep '{}': what is to stay?", escaped_for_terminal(text)),
                      "exit 0, exit 1 or exit 3; expect[2] fails; record allocation_failed");
}

// Whether a kind of record came.
class Watch final : public RecordSink {
 public:
  explicit Watch(RecordKind kind) : kind_{kind} {}
  [[nodiscard]] std::span<const RecordKind> wanted() const override { return kind_; }
  void on_record(const RecordView&) override { has_come_ = true; }
  [[nodiscard]] bool has_come() const { return has_come_; }

 private:
  std::array<RecordKind, 1> kind_;
  bool has_come_ = false;
};

struct Tried {
  bool does_it = false;
  std::uint64_t events = 0;
  std::string failed;  // of KeptFailure: the text of the expectation with its number
};

ExitCode exit_code_of(const ScenarioRun& run) {
  if (run.bad_end) return run.bad_end->code;
  return run.failed.empty() ? ExitCode::ok : ExitCode::expectation_failed;
}

HostResult<Tried> try_run(const Scenario& scenario, const Goal& goal) {
  const auto* record = std::get_if<KeptRecord>(&goal);
  Watch watch(record != nullptr ? record->kind : RecordKind::run_ended);
  RecordSink* const sinks[] = {&watch};
  const HostResult<ScenarioRun> run = run_scenario(scenario, sinks, CappedRuns::keep);
  if (!run) return Unexpected(run.error());
  Tried tried{false, run->summary.events, {}};
  if (record != nullptr) tried.does_it = watch.has_come();
  if (const auto* exit = std::get_if<KeptExit>(&goal)) tried.does_it = exit_code_of(*run) == exit->code;
  if (const auto* failure = std::get_if<KeptFailure>(&goal)) {
    for (std::size_t i = 0; i < run->verdicts.size(); ++i) {
      const Verdict& verdict = run->verdicts[i];
      const bool is_meant = failure->expected.empty() ? i == failure->number : verdict.expected == failure->expected;
      if (!is_meant || verdict.holds) continue;
      tried.does_it = true;
      tried.failed = verdict.expected;
    }
  }
  return tried;
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Of blank lines in a row one is enough, and none before the first line or behind the last.
std::string with_few_blank_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const bool is_blank = text.find_first_not_of(" \r\n", at) >= end;
    if (!is_blank || (!out.empty() && !out.ends_with("\n\n"))) out += text.substr(at, end - at);
    at = end;
  }
  if (out.ends_with("\n\n")) out.pop_back();
  return out;
}

class Shrinker {
 public:
  Shrinker(std::string text, Goal goal, const ShrinkOptions& options, std::uint64_t events)
      : text_(std::move(text)), goal_(std::move(goal)), options_(options), first_events_(events), events_(events) {}

  HostResult<void> run() {
    HostResult<void> done = shorten_run();
    for (bool gets_smaller = true; done && gets_smaller && has_budget();) {
      const std::size_t before = text_.size();
      const std::uint64_t events_before = events_;
      done = take_blocks();
      if (done) done = take_elements();
      if (done) done = lower_numbers();
      gets_smaller = text_.size() < before || events_ < events_before;
    }
    // What blank lines divide may be one text: it is tried as all else.
    const HostResult<bool> taken = done ? attempt(with_few_blank_lines(text_)) : HostResult<bool>(false);
    if (!taken) return Unexpected(taken.error());
    return done;
  }

  [[nodiscard]] bool has_budget() const { return runs_ < options_.budget; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  // Takes the text where it still does it. What takes much longer than the whole did is no gain.
  HostResult<bool> attempt(std::string candidate) {
    if (!has_budget()) return false;
    HostResult<Scenario> scenario = parse_scenario(candidate, options_.path, options_.load);
    if (!scenario) return false;
    const auto* exit = std::get_if<KeptExit>(&goal_);
    if (exit == nullptr || exit->code != ExitCode::cap_reached) {
      scenario->world.limits.events = std::min(scenario->world.limits.events, first_events_ + 1);
    }
    ++runs_;
    const HostResult<Tried> tried = try_run(*scenario, goal_);
    options_.on_run(runs_, lines_in(text_));
    if (!tried) {
      if (exit_code(tried.error()) != ExitCode::bad_input) return Unexpected(tried.error());
      return false;  // a machine that cannot be built
    }
    if (!tried->does_it || tried->events > first_events_) return false;
    text_ = std::move(candidate);
    events_ = tried->events;
    return true;
  }

  // The end first: every later attempt takes as long as the run.
  HostResult<void> shorten_run() {
    for (const NumberPart& number : numbers_in(text_)) {
      const std::size_t line = number.part.begin == 0 ? 0 : text_.rfind('\n', number.part.begin - 1) + 1;
      if (text_.compare(line, 6, "until:") == 0) return lower(number);
    }
    return {};
  }

  HostResult<void> take_blocks() {
    for (std::size_t from = 0; has_budget();) {
      const Block block = next_block(text_, from);
      if (block.part.begin == block.part.end) return {};
      const HostResult<bool> taken = attempt(replaced(text_, block.part, ""));
      if (!taken) return Unexpected(taken.error());
      from = *taken ? block.part.begin : text_.find('\n', block.line) + 1;
      if (from == 0) return {};  // the last line has no end
    }
    return {};
  }

  HostResult<void> take_elements() {
    for (std::size_t i = 0; has_budget();) {
      const std::vector<TextPart> parts = bracketed_elements(text_);
      if (i >= parts.size()) return {};
      const HostResult<bool> taken = attempt(replaced(text_, parts[i], ""));
      if (!taken) return Unexpected(taken.error());
      if (!*taken) ++i;
    }
    return {};
  }

  HostResult<void> lower_numbers() {
    for (std::size_t i = 0; has_budget(); ++i) {
      const std::vector<NumberPart> numbers = numbers_in(text_);
      if (i >= numbers.size()) return {};
      const HostResult<void> lowered = lower(numbers[i]);
      if (!lowered) return lowered;
    }
    return {};
  }

  // One first, which is most often enough; else ever smaller, by ever less.
  HostResult<void> lower(NumberPart number) {
    if (number.value <= 1) return {};
    std::uint64_t too_small = 0;
    for (std::uint64_t value = 1; has_budget();) {
      const std::string digits = fmt::format("{}", value);
      const HostResult<bool> taken = attempt(replaced(text_, number.part, digits));
      if (!taken) return Unexpected(taken.error());
      if (*taken) {
        number = {{number.part.begin, number.part.begin + digits.size()}, value};
      } else {
        too_small = value;
      }
      // To a tenth or so: the reader needs no more.
      if (number.value - too_small <= std::max<std::uint64_t>(1, number.value / 10)) return {};
      value = too_small + (number.value - too_small) / 2;
    }
    return {};
  }

  std::string text_;
  Goal goal_;
  const ShrinkOptions& options_;
  std::uint64_t first_events_;
  std::uint64_t events_;
  std::uint64_t runs_ = 0;
};

}  // namespace

HostResult<Shrunk> shrink(std::string_view text, const ShrinkOptions& options) {
  HostResult<Goal> goal = parse_goal(options.keep);
  if (!goal) return Unexpected(std::move(goal).error());
  const HostResult<Scenario> scenario = parse_scenario(text, options.path, options.load);
  if (!scenario) return Unexpected(scenario.error());
  const HostResult<Tried> whole = try_run(*scenario, *goal);
  if (!whole) return Unexpected(whole.error());
  if (!whole->does_it) {
    return host_failure(ExitCode::bad_input,
                        fmt::format("{}: '{}' is not so as it is", escaped_for_terminal(options.path),
                                    escaped_for_terminal(options.keep)),
                        "memsim run tells what it does");
  }
  if (auto* failure = std::get_if<KeptFailure>(&*goal)) failure->expected = whole->failed;
  Shrinker shrinker(std::string(text), std::move(*goal), options, whole->events);
  const HostResult<void> done = shrinker.run();
  if (!done) return Unexpected(done.error());
  return Shrunk{shrinker.text(),
                shrinker.runs(),
                shrinker.has_budget(),
                {lines_in(text), lines_in(shrinker.text())},
                {text.size(), shrinker.text().size()},
                {whole->events, shrinker.events()}};
}

}  // namespace memsim
