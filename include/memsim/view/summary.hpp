// Summary: what a person wants to know of a run, as one plain value, gathered from the record stream.
//
// The gathering uses bounded memory however long the run is: lists keep their first entries and a count of all, groups
// are folded into one called "other" when there are too many, latencies live in histograms. Complete data is in the
// files (output_files.hpp). Text and JSON are made from the same value (render.hpp), so they cannot disagree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/view/explanation.hpp>
#include <memsim/view/first_of.hpp>
#include <memsim/view/latency_histogram.hpp>

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
  std::optional<RegionState> after;   // the last sample
};

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

struct Summary {
  std::string scenario;  // as the user named it
  std::string title;     // may be empty

  std::uint64_t seed = 0;
  std::string policy;
  Bytes page_size;
  std::uint32_t cpus = 0;

  FirstOf<ReplySummary> replies;
  std::vector<CutReplySummary> cut_replies;  // by process name
  FirstOf<NoteSummary> notes;
  std::vector<RegionSummary> regions;  // by region
  std::optional<ObjectsSummary> objects;
  std::vector<ProbeSummary> probes;                   // in the order of their first sample
  std::vector<FailedCallSummary> failed_calls;        // by time of the first
  std::vector<MessageSummary> messages;               // by call, type, priority
  std::vector<OptionRefusalSummary> option_refusals;  // by time of the first
  FirstOf<DeadlockSummary> deadlocks;
  FirstOf<FaultSummary> faults;
  // Why contiguous requests failed, where an ExplainView was asked; set by the caller.
  std::optional<FirstOf<FailureExplanation>> contiguous_failures;

  std::uint64_t processes_started = 0;
  std::uint64_t processes_killed = 0;
  std::uint64_t processes_faulted = 0;
  std::uint64_t kernel_calls = 0;  // calls that are no message
  FrameCount frames_moved;         // out of the way of contiguous requests

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
};

// How much a summary keeps.
struct SummaryLimits {
  std::size_t replies = 64;
  std::size_t segments_per_reply = 256;
  std::size_t notes = 200;
  std::size_t deadlocks = 50;
  std::size_t faults = 50;
  std::size_t groups = 512;  // of messages, of failed calls and of cut replies, each
};

// Gathers the summary of one run. Subscribe it before the run and ask for the summary after it.
class SummaryView final : public RecordSink {
 public:
  explicit SummaryView(SummaryLimits limits = {});
  SummaryView(SummaryView&&) noexcept;
  SummaryView& operator=(SummaryView&&) noexcept;
  ~SummaryView() override;

  [[nodiscard]] std::span<const RecordKind> wanted() const override;
  void on_record(const RecordView& record) override;

  // What was gathered so far, with the count and the fingerprint of `stream`, which it was subscribed to.
  [[nodiscard]] Summary summary(const RecordStream& stream) const;

 private:
  class Collector;
  std::unique_ptr<Collector> collector_;
};

// What deserves a reader's attention, a sentence each: replies cut short, deadlocks, program faults, a run that a cap
// ended. In that order; the same in text, JSON and --quiet output.
[[nodiscard]] std::vector<std::string> warnings(const Summary& summary);

}  // namespace memsim
