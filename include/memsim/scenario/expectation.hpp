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

// A measure that every sample takes; or, where the expectation names an object or a process, one of these objects
// together, whenever one of them changed.
struct ExpectedMeasure {
  SampledMeasure measure = SampledMeasure::free_frames;
  std::string region;               // empty for measures of the objects
  Order order;                      // for measures by order, and the K of those by length
  Statistic of = Statistic::each;   // each, first, last, minimum, mean, mean_milli or maximum
  std::optional<SimTime> in_force;  // instead: the last sample at or before this moment
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

// How many descriptors a device of `record.devices` takes for that of its objects that needs most, whenever one of them
// changes.
struct ExpectedDescriptors {
  std::string device;
  Statistic of = Statistic::each;   // as of a measure
  std::optional<SimTime> in_force;  // likewise
};

// How many calls returned.
struct ExpectedCallCount {
  enum class Ending : std::uint8_t { any, succeeded, failed, with_errno };
  std::optional<Call> call;  // nothing: any call
  Ending ending = Ending::any;
  Errno error = Errno::eok;  // for with_errno
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
struct ExpectedCallOutcomes {
  Call call = Call::msg_send;
  std::vector<CallOutcome> outcomes;
  bool in_order = false;  // false: one outcome, for each call
};

// From the send of a message to its reply.
struct ExpectedLatency {
  std::optional<Call> call;              // nothing: any message
  std::optional<std::uint16_t> type;     // the message's type field
  std::optional<std::uint8_t> priority;  // the client's when it sent
  Statistic of = Statistic::each;        // each, minimum, median, mean, p99 or maximum
};

struct ExpectedSegment {
  Bytes offset;
  Bytes length;
  std::optional<PhysAddr> paddr;  // nothing: anywhere
};

// The segments that answers to _MEM_OBJ_INFO delivered: how many, or exactly which.
struct ExpectedReplySegments {
  std::optional<std::uint64_t> number;  // counted from 1 among those that fit the other conditions
  bool is_last = false;                 // only the last one; neither: each
  std::optional<std::vector<ExpectedSegment>> exactly;
};

// The segments of an object whenever its memory changed, or at one moment: how many, or exactly which. The process is
// the one that made the object.
struct ExpectedObjectSegments {
  std::optional<SimTime> at;  // of the youngest object that bears the name then; never(): at the end
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
  What what = What::messages;
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

// A program's remark; the bounds say how often, and without them at least once.
struct ExpectedNote {
  std::string text;
  bool is_part = false;  // whether the note may say more
};

struct Expectation {
  SourceLocation where;
  std::string source_line;
  ProcessChoice process;  // who called, sent, allocated, remarked, or made the object
  std::string object;     // by name, or kAnonymousName; empty: any
  TimeWindow between;
  Bounds bounds;
  MeasureUnit unit = MeasureUnit::count;  // of the bounds
  std::variant<ExpectedMeasure, ExpectedProbe, ExpectedDescriptors, ExpectedCallCount, ExpectedCallOutcomes,
               ExpectedLatency, ExpectedReplySegments, ExpectedObjectSegments, ExpectedCount, ExpectedEnd,
               ExpectedEmptyState, ExpectedDeadlock, ExpectedNote>
      what;

  // Of a measure: whether it is one of certain objects only, not of the samples.
  [[nodiscard]] bool chooses_objects() const { return !object.empty() || !process.name.empty(); }
};

// "processes_started": the name of a count in scenarios.
[[nodiscard]] std::string_view name_of(ExpectedCount::What what);

}  // namespace memsim
