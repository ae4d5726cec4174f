// Summary: what a person wants to know of a run, as one plain value, gathered from the record stream.
//
// The gathering uses bounded memory however long the run is: lists keep their first entries and a count of all, groups
// are folded into one called "other" when there are too many, latencies live in histograms. Complete data is in the
// files (output_files.hpp). Text and JSON are made from the same value (render.hpp), so they cannot disagree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/device_limits.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/view.hpp>
#include <memsim/view/explanation.hpp>
#include <memsim/view/first_of.hpp>
#include <memsim/view/follow/device_book.hpp>
#include <memsim/view/follow/name_book.hpp>
#include <memsim/view/made_by.hpp>
#include <memsim/view/measure/latency_histogram.hpp>
#include <memsim/view/measure/memory_over_time.hpp>
#include <memsim/view/measure/series_statistics.hpp>

namespace memsim {

// One answer to _MEM_OBJ_INFO.
struct ReplySummary {
  SimTime time;
  std::string process;
  ObjectId object;
  std::string object_name;  // empty: the object has no name
  Bytes object_size;
  Bytes offset;
  Bytes length;
  std::uint64_t in_range = 0;   // segments that the range touches
  std::uint64_t delivered = 0;  // segments in the reply
  bool cut = false;
  std::vector<Segment> segments;  // the first of those delivered
};

// The replies of one process that its buffer was too small for.
struct CutReplySummary {
  std::string process;
  std::uint64_t count = 0;
  SimTime first_time;
  std::uint64_t capacity = 0;      // segments that the buffer held, in the reply that lacked most
  std::uint64_t in_range_max = 0;  // segments in range in that reply
  // The buffer that would have sufficed for every one of them.
  [[nodiscard]] Bytes sufficient_size() const;
};

struct NoteSummary {
  SimTime time;
  std::string process;
  std::string text;
};

// A line that a program of the host wrote.
struct ProgramOutputSummary {
  SimTime time;
  std::string process;
  OutputStream stream = OutputStream::output;
  std::string text;
};

// The free memory of a region at one moment. Definitions: base/fragmentation.hpp.
struct RegionState {
  SimTime time;
  FrameCount total;
  FrameCount free;
  FrameCount largest_free_run;
  std::uint64_t free_run_count = 0;
  std::uint64_t large_pages_free = 0;
  std::uint64_t large_page_ranges = 0;
  std::uint64_t large_page_ranges_pinned = 0;
  std::vector<std::uint64_t> free_blocks;  // by order
};
[[nodiscard]] RegionState state_of(SimTime time, const RegionSample& sample);

struct RegionSummary {
  std::string name;
  PhysAddr base;
  FrameCount frames;
  std::optional<RegionState> before;  // the first sample
  std::optional<RegionState> worst;   // the first of those whose longest free run was the shortest
  std::optional<RegionState> after;   // the last sample
  MemoryOverTime over_time;
};

// A request for memory that was refused.
struct RefusalSummary {
  SimTime time;
  std::string process;
  FrameCount frames;
  bool contiguous = false;
  Errno error = Errno::enomem;
};

// What was asked of the policies, and what came of it.
struct RequestsSummary {
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  std::optional<RefusalSummary> first_refusal;
};

// Processes of one fleet, "app.1", "app.2", ...: a template spawned, or a process with a count.
struct FleetSummary {
  std::string name;  // "app"
  std::uint64_t started = 0;
};
// "app" for "app.12"; empty for a name that is no instance's.
[[nodiscard]] std::string_view fleet_of(std::string_view process);

// The live memory objects at the end.
struct ObjectsSummary {
  std::uint64_t object_count = 0;
  Bytes asked;
  Bytes given;
  std::uint64_t segment_count = 0;
  std::uint64_t segments_min = 0;
  std::uint64_t segments_median = 0;
  std::uint64_t segments_p99 = 0;
  std::uint64_t segments_max = 0;
  std::vector<std::uint64_t> segments_by_log2{};  // by floor(log2 frames), ends with the longest; empty: not recorded
};

struct ProbeSummary {
  std::string name;
  std::uint64_t samples = 0;
  std::uint64_t failures = 0;
  std::optional<SimTime> first_failure;
};

// How many descriptors a device needed for the objects that it works on, over the time that there were any.
struct DeviceSummary {
  std::string name;
  std::string object;
  DeviceLimits limits;
  SeriesStatistics descriptors;        // at each change; of the object that needs most
  std::uint64_t unreachable = 0;       // the most segments of one object that lay out of its reach
  std::optional<SimTime> first_unfit;  // when it first could not take an object
};

// Calls that failed alike: same process, call and errno.
struct FailedCallSummary {
  std::string process;
  Call call = Call::msg_send;
  Errno error = Errno::eok;
  std::uint64_t count = 0;
  SimTime first_time;
};

// Messages alike: same call and, where it is MsgSend, same type field; same priority of the client.
struct MessageSummary {
  Call call = Call::msg_send;
  std::uint16_t type = 0;
  std::uint8_t priority = 0;
  bool other = false;        // the group that took what found no room
  std::uint64_t failed = 0;  // replied with an errno
  LatencyHistogram latency;  // from the send to the reply, of all
};

// Requests that an option of the policy ruled out, though enough was free for them.
struct OptionRefusalSummary {
  std::string option;
  std::uint64_t count = 0;
  SimTime first_time;
  FrameCount first_frames;  // asked for by the first
};

struct DeadlockSummary {
  struct Member {
    ThreadRef thread;
    std::string process;
  };
  SimTime time;
  std::vector<Member> members;  // each waits for the next, the last for the first
};

struct FaultSummary {
  SimTime time;
  std::string process;
  ThreadId tid;
  std::uint32_t line = 0;  // in the scenario
  std::string reason;
};

// One thing that the scenario expected of the run, and what was found.
struct ExpectationSummary {
  std::uint32_t line = 0;  // in the scenario
  std::uint32_t column = 0;
  bool holds = false;
  std::string expected;
  std::string found;
};

struct Summary : MadeBy {
  std::string scenario;  // as the user named it
  std::string title;     // may be empty

  FirstOf<ReplySummary> replies;
  std::vector<CutReplySummary> cut_replies;  // by process name
  FirstOf<NoteSummary> notes;
  FirstOf<ProgramOutputSummary> program_output;
  RequestsSummary requests;
  std::vector<RegionSummary> regions;  // by region
  std::optional<ObjectsSummary> objects;
  std::vector<ProbeSummary> probes;                   // in the order of their first sample
  std::vector<DeviceSummary> devices;                 // in the order of the scenario
  std::vector<FailedCallSummary> failed_calls;        // by time of the first
  std::vector<MessageSummary> messages;               // by call, type, priority
  std::vector<OptionRefusalSummary> option_refusals;  // by time of the first
  FirstOf<DeadlockSummary> deadlocks;
  FirstOf<FaultSummary> faults;
  // Why contiguous requests failed, where an ExplainView was asked; set by the caller.
  std::optional<FirstOf<FailureExplanation>> contiguous_failures;
  std::optional<FirstOf<FailureExplanation>> probe_failures;  // whenever a contiguous probe began to fail

  std::vector<FleetSummary> fleets;  // by name, at most SummaryLimits::groups
  std::uint64_t processes_started = 0;
  std::uint64_t processes_killed = 0;
  std::uint64_t processes_faulted = 0;
  std::uint64_t kernel_calls = 0;  // calls that are no message
  FrameCount frames_moved;         // out of the way of contiguous requests

  SimTime last_time;   // of the last record that the summary is made from
  bool ended = false;  // whether run_ended was seen; the rest of this group is set then
  StopReason stop_reason = StopReason::finished;
  SimTime end_time;
  std::uint64_t events = 0;
  std::uint64_t unseed = 0;
  std::string cap_reached;  // the option that raises the cap that ended the run; set by the caller, else empty

  std::vector<ExpectationSummary> expectations;  // in the order of the scenario; set by the caller
  std::uint64_t unjudged_expectations = 0;       // of a run that was ended before its time; set by the caller

  std::uint64_t records = 0;
  std::uint64_t fingerprint = 0;
  bool has_measured_time = false;  // of a program: no other run has this fingerprint. Set by the caller
};

// How much a summary keeps.
struct SummaryLimits {
  std::size_t replies = 64;
  std::size_t segments_per_reply = 256;
  std::size_t notes = 200;
  std::size_t program_output = 1000;
  std::size_t deadlocks = 50;
  std::size_t faults = 50;
  std::size_t groups = 512;  // of messages, of failed calls, of cut replies and of fleets, each
};

// Gathers the summary of one run. Subscribe it before the run and ask for the summary after it.
class SummaryView final : public View<SummaryView> {
 public:
  explicit SummaryView(SummaryLimits limits = {}) : limits_(limits) {}

  auto followers() { return std::tie(names_, devices_); }
  void on(const RunStarted& record);
  void on(const RegionAdded& record);
  void on(const ProcessStarted& record);
  void on(const FramesAllocated&) { ++summary_.requests.granted; }
  void on(RunPoint at, const AllocationFailed& record);
  void on(const ProcessExited& record);
  void on(RunPoint at, const MessageReplied& record);
  void on(RunPoint at, const CallCompleted& record);
  void on(RunPoint at, const FramesMoved& record);
  void on(RunPoint at, const FramesVacated& record);
  void on(RunPoint at, const ObjectPopulated&) { count_descriptors(at.time); }
  void on(RunPoint at, const ObjectDestroyed&) { count_descriptors(at.time); }
  void on(RunPoint at, const SegmentReply& record);
  void on(RunPoint at, const RegionSample& record);
  void on(const ObjectSample& record);
  void on(const SegmentLengthSample& record);
  void on(RunPoint at, const ProbeResult& record);
  void on(RunPoint at, const DeadlockFound& record);
  void on(RunPoint at, const ProgramFault& record);
  void on(RunPoint at, const Note& record);
  void on(RunPoint at, const ProgramOutput& record);
  void on(RunPoint at, const RunEnded& record);

  // What was gathered so far, with the count and the fingerprint of `stream`, which it was subscribed to.
  [[nodiscard]] Summary summary(const RecordStream& stream) const;

 private:
  using FailureKey = std::tuple<std::string, Call, Errno>;

  RegionSummary& region_at(RegionId region);
  ProbeSummary& probe_named(std::string_view name);
  MessageSummary& message_group(const MessageReplied& record);
  void count_option_refusal(SimTime time, const AllocationFailed& record);
  void count_failure(SimTime time, ProcessId pid, Call call, Errno error);
  [[nodiscard]] ReplySummary reply_of(SimTime time, const SegmentReply& record) const;
  void count_cut_reply(SimTime time, const SegmentReply& record);
  void count_descriptors(SimTime time);

  SummaryLimits limits_;
  NameBook names_;
  DeviceBook devices_;
  Summary summary_;                                               // but for the groups below, which are in no order yet
  std::unordered_map<std::uint32_t, std::size_t> message_index_;  // looked up, never walked
  std::optional<std::size_t> other_messages_;
  std::map<FailureKey, FailedCallSummary> failures_;
  std::map<std::string, CutReplySummary> cut_replies_;
  std::map<std::string, std::uint64_t, std::less<>> fleets_;  // started, by name
};

// What deserves a reader's attention, a sentence each: replies cut short, deadlocks, program faults, a run that a cap
// ended. In that order; the same in text, JSON and --quiet output.
[[nodiscard]] std::vector<std::string> warnings(const Summary& summary);

}  // namespace memsim
