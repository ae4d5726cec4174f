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

bool is_of_all_samples(Statistic statistic) {
  return statistic == Statistic::minimum || statistic == Statistic::mean || statistic == Statistic::mean_milli ||
         statistic == Statistic::maximum;
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

// What is looked at, without the bounds; one for each kind of expectation.
std::string subject(const Expectation& expectation, const ExpectedMeasure& measure) {
  const SampledMeasureInfo& info = info_of(measure.measure);
  std::string text(info.name);
  if (is_by_order(info.scope)) {
    text += fmt::format(" of order {}", measure.order.value());
  }
  if (!measure.region.empty()) text += " of " + measure.region;
  if (!expectation.object.empty()) text += " of " + escaped_for_terminal(expectation.object);
  text += made_by(expectation);
  if (is_of_all_samples(measure.of)) {
    text = fmt::format("{} of {}", statistic_text(measure.of), text);
  }
  return text + (expectation.chooses_objects() && measure.of == Statistic::each
                     ? " at each change"
                     : when_sampled(measure.of, measure.in_force));
}

std::string subject(const Expectation&, const ExpectedDescriptors& descriptors) {
  std::string text = "descriptors of " + descriptors.device;
  if (is_of_all_samples(descriptors.of)) text = fmt::format("{} of {}", statistic_text(descriptors.of), text);
  if (descriptors.of == Statistic::each) return text + " at each change";
  return text + when_sampled(descriptors.of, descriptors.in_force);
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

std::string subject(const Expectation& expectation, const ExpectedCallCount& calls) {
  std::string text = calls.call ? fmt::format("calls of {}", call_name(*calls.call)) : std::string("calls");
  text += called_by(expectation) + about_object(expectation);
  switch (calls.ending) {
    case ExpectedCallCount::Ending::any:
      return text;
    case ExpectedCallCount::Ending::succeeded:
      return text + " that succeeded";
    case ExpectedCallCount::Ending::failed:
      return text + " that failed";
    case ExpectedCallCount::Ending::with_errno:
      return text + fmt::format(" with {}", errno_name(calls.error));
  }
  return text;
}

std::string subject(const Expectation& expectation, const ExpectedCallOutcomes& calls) {
  return fmt::format("{}{}{}{}", calls.in_order ? "calls in order of " : "each call of ", call_name(calls.call),
                     called_by(expectation), about_object(expectation));
}

std::string subject(const Expectation& expectation, const ExpectedLatency& latency) {
  std::string text = latency.of == Statistic::each ? "latency" : fmt::format("{} latency", statistic_text(latency.of));
  if (latency.call) text += fmt::format(" of {}", call_name(*latency.call));
  if (latency.type) text += fmt::format(" type {:#x}", *latency.type);
  if (latency.priority) text += fmt::format(" at priority {}", *latency.priority);
  return text + by_process(expectation) + about_object(expectation);
}

std::string subject(const Expectation& expectation, const ExpectedReplySegments& reply) {
  std::string text = "segments of each reply";
  if (reply.number) text = fmt::format("segments of reply {}", *reply.number);
  if (reply.is_last) text = "segments of the last reply";
  if (!expectation.process.name.empty()) text += " to " + escaped_for_terminal(expectation.process.name);
  return text + about_object(expectation);
}

std::string subject(const Expectation& expectation, const ExpectedObjectSegments& object) {
  const std::string text = "segments of " + escaped_for_terminal(expectation.object) + made_by(expectation);
  if (!object.at) return text;
  return *object.at == never() ? text + " at the end" : fmt::format("{} at {}", text, time_text(*object.at));
}

std::string subject(const Expectation& expectation, const ExpectedCount& count) {
  return std::string(name_of(count.what)) + by_process(expectation) + about_object(expectation);
}

std::string subject(const Expectation&, const ExpectedEnd&) { return "end of the run"; }
std::string subject(const Expectation&, const ExpectedEmptyState&) { return "final state"; }
std::string subject(const Expectation&, const ExpectedDeadlock&) { return "deadlock"; }

std::string subject(const Expectation& expectation, const ExpectedNote& note) {
  return fmt::format("notes{} {} '{}'", by_process(expectation), note.is_part ? "with" : "that say",
                     escaped_for_terminal(note.text));
}

// What must hold; the bounds where the kind has no words of its own.
template <class What>
std::string condition(const Expectation& expectation, const What&) {
  return bounds_text(expectation.bounds, expectation.unit);
}

std::string condition(const Expectation& expectation, const ExpectedProbe& probe) {
  if (probe.what != ExpectedProbe::What::succeeds) return bounds_text(expectation.bounds, expectation.unit);
  return expectation.bounds.equals == 1 ? "succeeds" : "fails";
}

std::string condition(const Expectation&, const ExpectedCallOutcomes& calls) {
  std::string text;
  for (const CallOutcome& outcome : std::span(calls.outcomes).first(std::min(calls.outcomes.size(), kOutcomesShown))) {
    if (!text.empty()) text += ", ";
    text += outcome.error == Errno::eok && !outcome.value ? "success"
                                                          : outcome_text(outcome.error, outcome.value.value_or(0));
  }
  if (calls.outcomes.size() > kOutcomesShown) text += fmt::format(", ... ({} in all)", calls.outcomes.size());
  return text.empty() ? "none" : text;
}

std::string list_condition(const Expectation& expectation, const std::optional<std::vector<ExpectedSegment>>& exactly) {
  if (!exactly) return bounds_text(expectation.bounds, expectation.unit);
  return fmt::format("exactly the {} listed", counted(exactly->size(), "segment"));
}

std::string condition(const Expectation& expectation, const ExpectedReplySegments& reply) {
  return list_condition(expectation, reply.exactly);
}

std::string condition(const Expectation& expectation, const ExpectedObjectSegments& object) {
  return list_condition(expectation, object.exactly);
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
