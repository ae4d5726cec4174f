// Expectations: what a scenario says must hold of its run, read from the section `expect:` as plain values. Judging
// them is campaign/expectations.hpp's. The format is described in docs/scenario.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/host_error.hpp>
#include <memsim/base/measure.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/record_kinds.hpp>

namespace memsim {

// What a number may be, in the unit of what it bounds (shares in thousandths, times in nanoseconds). Each is optional;
// `equals` excludes the other two.
struct Bounds {
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::optional<std::int64_t> equals;

  [[nodiscard]] bool empty() const { return !minimum && !maximum && !equals; }
  [[nodiscard]] bool allow(std::int64_t value) const {
    return (!minimum || *minimum <= value) && (!maximum || value <= *maximum) && (!equals || value == *equals);
  }
};

// A stretch of simulated time, both ends included; by default the whole run.
struct TimeWindow {
  SimTime first;
  SimTime last = never();

  [[nodiscard]] bool contains(SimTime time) const { return first <= time && time <= last; }
  [[nodiscard]] bool is_whole_run() const { return first == SimTime() && last == never(); }
};

// A process of the scenario, all instances of a fleet, or, where the name is empty, any process.
struct ProcessChoice {
  std::string name;
  bool is_fleet = false;

  [[nodiscard]] bool matches(std::string_view process) const;
};

// Which of many values of a series or a distribution must keep the bounds. `mean_milli` is the mean in thousandths of
// the measure's unit, for means that are small or must be exact.
enum class Statistic : std::uint8_t { each, first, last, minimum, median, mean, mean_milli, p99, maximum };

// The values that something takes one after the other, by name. What every sample measures; or, where the expectation
// names an object or a process, what these objects come to whenever one of them changes.
struct MeasureValues {
  SampledMeasure measure = SampledMeasure::free_frames;
  std::string region;  // empty for measures of the objects
  Order order;         // for measures by order, and the K of those by length
};

// How many descriptors a device of `record.devices` takes for that of its objects that needs most, whenever one of them
// changes.
struct DescriptorValues {
  std::string device;
};

// From the send of a message to its reply.
struct LatencyValues {
  std::optional<Call> call;              // nothing: any message
  std::optional<std::uint16_t> type;     // the message's type field
  std::optional<std::uint8_t> priority;  // the client's when it sent
};

// Each of the values, one of them, or what all come to.
struct ExpectedValues {
  std::variant<MeasureValues, DescriptorValues, LatencyValues> values;
  Statistic of = Statistic::each;   // median and P99 of latencies only, first and last of the others only
  std::optional<SimTime> in_force;  // instead: the last one at or before this moment
};

// A contiguous-allocation probe of `record.probes`.
struct ExpectedProbe {
  enum class What : std::uint8_t {
    succeeds,       // 1 or 0, in each sample that `of` chooses
    failures,       // samples in which it failed
    failed_share,   // of all samples
    first_failure,  // when; INT64_MAX where it never failed
  };
  std::string probe;
  What what = What::failures;
  Statistic of = Statistic::each;  // for succeeds: each, first or last
};

// What a call returned: a success with this value, or with any; or an errno.
struct CallOutcome {
  Errno error = Errno::eok;
  std::optional<std::int64_t> value;  // only where error is eok

  [[nodiscard]] bool matches(Errno found, std::int64_t result) const {
    return error == found && (!value || *value == result);
  }
};

// What the calls gave: all the same, or these in the order of their returns.
struct ExpectedOutcomes {
  Call call = Call::msg_send;
  std::vector<CallOutcome> outcomes;
  bool in_order = false;  // false: one outcome, for each call
};

struct ExpectedSegment {
  Bytes offset;
  Bytes length;
  std::optional<PhysAddr> paddr;  // nothing: anywhere
};

// Segments: those that answers to _MEM_OBJ_INFO delivered, or those of an object, whose process is then the one that
// made it. How many, or exactly which.
struct ExpectedSegments {
  enum class Of : std::uint8_t {
    each_reply,
    one_reply,  // that of `number`
    last_reply,
    object,  // whenever its memory changed, or of the youngest that bears the name `at` a moment
  };
  Of of = Of::each_reply;
  std::uint64_t number = 0;   // counted from 1 among the replies that fit the other conditions
  std::optional<SimTime> at;  // never(): at the end
  std::optional<std::vector<ExpectedSegment>> exactly;
};

// How often something happened.
struct ExpectedCount {
  enum class What : std::uint8_t {
    processes_started,
    processes_killed,
    processes_faulted,
    messages,
    pulses,
    kernel_calls,
    calls,  // that returned, messages and others
    replies,
    cut_replies,
    notes,
    objects_created,
    objects_destroyed,
    allocations,
    contiguous_allocations,
    failed_allocations,
    failed_contiguous_allocations,
    splits,
    merges,
    steps,
    deadlocks,
    program_faults,
    events,
  };
  enum class Ending : std::uint8_t { any, succeeded, failed, with_errno };

  What what = What::messages;
  // Of calls:
  std::optional<Call> call;  // nothing: any
  Ending ending = Ending::any;
  Errno error = Errno::eok;  // for with_errno
  // Of notes:
  std::optional<std::string> text;  // nothing: any
  bool is_part = false;             // whether the note may say more
};

// Why the run ended; the bounds say when.
struct ExpectedEnd {
  std::optional<StopReason> reason;  // nothing: any
};

// At the end no memory object is alive, and as much memory is free as at the start.
struct ExpectedEmptyState {};

// A circle of threads of exactly these processes, each waiting for the next; or, with no members, no deadlock at all.
struct ExpectedDeadlock {
  std::vector<std::string> members;
};

struct Expectation {
  SourceLocation where;
  std::string source_line;
  ProcessChoice process;  // who called, sent, allocated, remarked, or made the object
  std::string object;     // by name, or kAnonymousName; empty: any
  TimeWindow between;
  Bounds bounds;
  MeasureUnit unit = MeasureUnit::count;  // of the bounds
  std::variant<ExpectedValues, ExpectedProbe, ExpectedCount, ExpectedOutcomes, ExpectedSegments, ExpectedEnd,
               ExpectedEmptyState, ExpectedDeadlock>
      what;

  // Of a measure: whether it is one of certain objects only, not of the samples.
  [[nodiscard]] bool chooses_objects() const { return !object.empty() || !process.name.empty(); }
};

// "processes_started": the name of a count in scenarios.
[[nodiscard]] std::string_view name_of(ExpectedCount::What what);

}  // namespace memsim
