#include "campaign/expect/expectation_text.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <memsim/base/numbers.hpp>

#include <memsim/view/value_text.hpp>

namespace memsim::campaign {
namespace {

constexpr std::size_t kOutcomesShown = 12;  // of a list, in a message

std::string bounds_text(const Bounds& bounds, MeasureUnit unit) {
  if (bounds.equals) return value_text(*bounds.equals, unit);
  if (bounds.minimum && bounds.maximum) {
    return fmt::format("{} to {}", value_text(*bounds.minimum, unit), value_text(*bounds.maximum, unit));
  }
  if (bounds.minimum) return "at least " + value_text(*bounds.minimum, unit);
  if (bounds.maximum) return "at most " + value_text(*bounds.maximum, unit);
  return "any";
}

std::string_view statistic_text(Statistic statistic) {
  switch (statistic) {
    case Statistic::each:
      return "each";
    case Statistic::first:
      return "first";
    case Statistic::last:
      return "last";
    case Statistic::minimum:
      return "minimum";
    case Statistic::median:
      return "median";
    case Statistic::mean:
      return "mean";
    case Statistic::mean_milli:
      return "mean in thousandths";
    case Statistic::p99:
      return "P99";
    case Statistic::maximum:
      return "maximum";
  }
  return "";
}

// "mean of free_frames"; of each, the first and the last another word says it.
std::string statistic_of(Statistic statistic, const std::string& values) {
  const bool is_one = statistic == Statistic::each || statistic == Statistic::first || statistic == Statistic::last;
  return is_one ? values : fmt::format("{} of {}", statistic_text(statistic), values);
}

std::string by_process(const Expectation& expectation) {
  return expectation.process.name.empty() ? "" : " of " + escaped_for_terminal(expectation.process.name);
}

std::string made_by(const Expectation& expectation) {
  return expectation.process.name.empty() ? "" : " made by " + escaped_for_terminal(expectation.process.name);
}

std::string called_by(const Expectation& expectation) {
  return expectation.process.name.empty() ? "" : " by " + escaped_for_terminal(expectation.process.name);
}

std::string about_object(const Expectation& expectation) {
  return expectation.object.empty() ? "" : " about " + escaped_for_terminal(expectation.object);
}

std::string when_sampled(Statistic of, std::optional<SimTime> in_force) {
  if (in_force) return " at " + time_text(*in_force);
  if (of == Statistic::first) return " at the start";
  if (of == Statistic::last) return " at the end";
  return of == Statistic::each ? " in each sample" : "";
}

// What values are of, and when they are taken.
std::string subject(const Expectation& expectation, const ExpectedValues& what, const MeasureValues& values) {
  const SampledMeasureInfo& info = info_of(values.measure);
  std::string text(info.name);
  if (is_by_order(info.scope)) text += fmt::format(" of order {}", values.order.value());
  if (!values.region.empty()) text += " of " + values.region;
  if (!expectation.object.empty()) text += " of " + escaped_for_terminal(expectation.object);
  const bool is_of_changes = expectation.chooses_objects() && what.of == Statistic::each;
  return statistic_of(what.of, text + made_by(expectation)) +
         (is_of_changes ? " at each change" : when_sampled(what.of, what.in_force));
}

std::string subject(const Expectation&, const ExpectedValues& what, const DescriptorValues& values) {
  return statistic_of(what.of, "descriptors of " + values.device) +
         (what.of == Statistic::each ? " at each change" : when_sampled(what.of, what.in_force));
}

std::string subject(const Expectation& expectation, const ExpectedValues& what, const LatencyValues& latency) {
  std::string text = what.of == Statistic::each ? "latency" : fmt::format("{} latency", statistic_text(what.of));
  if (latency.call) text += fmt::format(" of {}", call_name(*latency.call));
  if (latency.type) text += fmt::format(" type {:#x}", *latency.type);
  if (latency.priority) text += fmt::format(" at priority {}", *latency.priority);
  return text + by_process(expectation) + about_object(expectation);
}

// What is looked at, without the bounds; one for each form of expectation.
std::string subject(const Expectation& expectation, const ExpectedValues& what) {
  return std::visit([&](const auto& values) { return subject(expectation, what, values); }, what.values);
}

std::string subject(const Expectation&, const ExpectedProbe& probe) {
  switch (probe.what) {
    case ExpectedProbe::What::succeeds:
      if (probe.of == Statistic::first) return fmt::format("probe {} at the start", probe.probe);
      if (probe.of == Statistic::last) return fmt::format("probe {} at the end", probe.probe);
      return fmt::format("probe {} in each sample", probe.probe);
    case ExpectedProbe::What::failures:
      return fmt::format("failures of the probe {}", probe.probe);
    case ExpectedProbe::What::failed_share:
      return fmt::format("failed share of the probe {}", probe.probe);
    case ExpectedProbe::What::first_failure:
      return fmt::format("first failure of the probe {}", probe.probe);
  }
  return {};
}

std::string subject_of_calls(const Expectation& expectation, const ExpectedCount& calls) {
  std::string text = calls.call ? fmt::format("calls of {}", call_name(*calls.call)) : std::string("calls");
  text += called_by(expectation) + about_object(expectation);
  switch (calls.ending) {
    case ExpectedCount::Ending::any:
      return text;
    case ExpectedCount::Ending::succeeded:
      return text + " that succeeded";
    case ExpectedCount::Ending::failed:
      return text + " that failed";
    case ExpectedCount::Ending::with_errno:
      return text + fmt::format(" with {}", errno_name(calls.error));
  }
  return text;
}

std::string subject(const Expectation& expectation, const ExpectedCount& count) {
  if (count.what == ExpectedCount::What::calls) return subject_of_calls(expectation, count);
  if (count.text) {
    return fmt::format("notes{} {} '{}'", by_process(expectation), count.is_part ? "with" : "that say",
                       escaped_for_terminal(*count.text));
  }
  return std::string(name_of(count.what)) + by_process(expectation) + about_object(expectation);
}

std::string subject(const Expectation& expectation, const ExpectedOutcomes& calls) {
  return fmt::format("{}{}{}{}", calls.in_order ? "calls in order of " : "each call of ", call_name(calls.call),
                     called_by(expectation), about_object(expectation));
}

std::string subject(const Expectation& expectation, const ExpectedSegments& segments) {
  using Of = ExpectedSegments::Of;
  if (segments.of == Of::object) {
    const std::string text = "segments of " + escaped_for_terminal(expectation.object) + made_by(expectation);
    if (!segments.at) return text;
    return *segments.at == never() ? text + " at the end" : fmt::format("{} at {}", text, time_text(*segments.at));
  }
  std::string text = "segments of each reply";
  if (segments.of == Of::one_reply) text = fmt::format("segments of reply {}", segments.number);
  if (segments.of == Of::last_reply) text = "segments of the last reply";
  if (!expectation.process.name.empty()) text += " to " + escaped_for_terminal(expectation.process.name);
  return text + about_object(expectation);
}

std::string subject(const Expectation&, const ExpectedEnd&) { return "end of the run"; }
std::string subject(const Expectation&, const ExpectedEmptyState&) { return "final state"; }
std::string subject(const Expectation&, const ExpectedDeadlock&) { return "deadlock"; }

// What must hold; the bounds where the kind has no words of its own.
template <class What>
std::string condition(const Expectation& expectation, const What&) {
  return bounds_text(expectation.bounds, expectation.unit);
}

std::string condition(const Expectation& expectation, const ExpectedProbe& probe) {
  if (probe.what != ExpectedProbe::What::succeeds) return bounds_text(expectation.bounds, expectation.unit);
  return expectation.bounds.equals == 1 ? "succeeds" : "fails";
}

std::string condition(const Expectation&, const ExpectedOutcomes& calls) {
  std::string text;
  for (const CallOutcome& outcome : std::span(calls.outcomes).first(std::min(calls.outcomes.size(), kOutcomesShown))) {
    if (!text.empty()) text += ", ";
    text += outcome.error == Errno::eok && !outcome.value ? "success"
                                                          : outcome_text(outcome.error, outcome.value.value_or(0));
  }
  if (calls.outcomes.size() > kOutcomesShown) text += fmt::format(", ... ({} in all)", calls.outcomes.size());
  return text.empty() ? "none" : text;
}

std::string condition(const Expectation& expectation, const ExpectedSegments& segments) {
  if (!segments.exactly) return bounds_text(expectation.bounds, expectation.unit);
  return fmt::format("exactly the {} listed", counted(segments.exactly->size(), "segment"));
}

std::string condition(const Expectation& expectation, const ExpectedEnd& end) {
  std::string text(end.reason ? name_of(*end.reason) : "any reason");
  if (!expectation.bounds.empty()) text += " at " + bounds_text(expectation.bounds, expectation.unit);
  return text;
}

std::string condition(const Expectation&, const ExpectedEmptyState&) { return "empty"; }

std::string condition(const Expectation&, const ExpectedDeadlock& deadlock) {
  return deadlock.members.empty() ? "none" : fmt::format("{}", fmt::join(deadlock.members, " -> "));
}

}  // namespace

std::string value_text(std::int64_t value, MeasureUnit unit) {
  switch (unit) {
    case MeasureUnit::bytes:
      return format_size_exact(Bytes(static_cast<std::uint64_t>(value)));
    case MeasureUnit::share:
      return permille_text(value);
    case MeasureUnit::nanoseconds:
      if (value == std::numeric_limits<std::int64_t>::max()) return "never";
      return format_duration_exact(SimDuration(static_cast<std::uint64_t>(value)));
    case MeasureUnit::frames:
      return counted(static_cast<std::uint64_t>(value), "frame");
    case MeasureUnit::count:
      break;
  }
  return fmt::format("{}", value);
}

std::string outcome_text(Errno error, std::int64_t result) {
  return error == Errno::eok ? fmt::format("value {}", result) : std::string(errno_name(error));
}

std::string time_text(SimTime time) { return format_duration_exact(time - SimTime()); }

std::string window_text(const TimeWindow& window) {
  if (window.is_whole_run()) return {};
  if (window.last == never()) return fmt::format(" from {} on", time_text(window.first));
  return fmt::format(" between {} and {}", time_text(window.first), time_text(window.last));
}

std::string segment_text(const Segment& segment) {
  return fmt::format("offset={:x} paddr={:x} len={:x}", segment.offset.count(), segment.paddr.value(),
                     segment.length.count());
}

std::string describe(const Expectation& expectation) {
  return std::visit(
      [&](const auto& what) {
        return fmt::format("{}{}: {}", subject(expectation, what), window_text(expectation.between),
                           condition(expectation, what));
      },
      expectation.what);
}

}  // namespace memsim::campaign
