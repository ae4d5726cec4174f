// Expectations judged over records that were published by hand.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <memsim/campaign/expectations.hpp>
#include <memsim/engine/record_stream.hpp>
#include <memsim/scenario/scenario.hpp>

namespace memsim::campaign_test {

// A scenario with the processes, probes and regions that the expectations below name. It is read, not run.
inline constexpr std::string_view kScenario = R"(
memsim: 1
machine:
  regions:
    - {name: ram, base: 1MiB, size: 32KiB}
    - {name: high, base: 2MiB, size: 32KiB}
record: {every: 1ms, segment_lengths: true, probes: [{name: two_pages, size: 8KiB}]}
processes:
  - {name: client, count: 2, program: [exit]}
  - {name: server, program: [exit]}
expect:
)";

inline std::vector<Expectation> expectations_of(std::string_view entries) {
  auto scenario = parse_scenario(std::string(kScenario) + std::string(entries), "x.yaml");
  if (!scenario) {
    ADD_FAILURE() << render(scenario.error(), Colour::off);
    return {};
  }
  return std::move(scenario->expect);
}

// One expectation, judged over a run published by hand.
class Judged {
 public:
  explicit Judged(std::string_view entry)
      : expectations_(expectations_of("  - " + std::string(entry) + '\n')), view_(expectations_) {
    stream.subscribe(view_);
    stream.publish(RunStarted{1, Bytes(4096), 1, "buddy"});
    stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0x100000), FrameCount(8)});
    stream.publish(RegionAdded{RegionId(1), "high", PhysAddr(0x200000), FrameCount(8)});
    stream.publish(ProcessStarted{ProcessId(1), ProcessId(0), "procnto"});
    stream.publish(ProcessStarted{ProcessId(2), ProcessId(1), "client.0"});
    stream.publish(ProcessStarted{ProcessId(3), ProcessId(1), "client.1"});
  }

  Judged& at(std::uint64_t ns) {
    stream.set_now(SimTime(ns));
    return *this;
  }
  Judged& sample(std::uint64_t free, RegionId region = RegionId(0), SamplePoint point = SamplePoint::periodic) {
    const std::array<std::uint64_t, 4> blocks = {free % 2, free / 2 % 2, free / 4 % 2, free / 8};
    RegionSample record;
    record.point = point;
    record.region = region;
    record.total = FrameCount(8);
    record.free = FrameCount(free);
    record.largest_free_run = FrameCount(free / 2);
    record.free_run_count = free == 0 ? 0 : 2;
    record.free_blocks = blocks;
    record.free_runs_by_log2 = blocks;
    stream.publish(record);
    return *this;
  }
  Judged& call(Call which, Errno error = Errno::eok, std::int64_t result = 0, std::uint32_t pid = 2) {
    CallCompleted record;
    record.pid = ProcessId(pid);
    record.call = which;
    record.error = error;
    record.result = error == Errno::eok ? result : -1;
    stream.publish(record);
    return *this;
  }
  // Sent `latency` ago.
  Judged& message(Call which, std::uint64_t latency, std::uint8_t priority = 10, std::uint32_t pid = 2) {
    MessageReplied record;
    record.pid = ProcessId(pid);
    record.call = which;
    record.type = 0x100;
    record.priority = priority;
    record.sent = SimTime(stream.now().value() - latency);
    stream.publish(record);
    return *this;
  }
  Judged& reply(std::span<const Segment> segments, std::uint32_t pid = 2, std::uint32_t object = 1) {
    SegmentReply record;
    record.pid = ProcessId(pid);
    record.object = ObjectId(object);
    record.segments = segments;
    stream.publish(record);
    return *this;
  }
  Judged& object(std::uint32_t id, std::string_view name) {
    stream.publish(ObjectCreated{ObjectId(id), ProcessId(2), name});
    return *this;
  }
  Judged& populated(std::uint32_t id, std::uint64_t segments) {
    stream.publish(ObjectPopulated{ObjectId(id), ObjectKind::ram, Bytes(4096), FrameCount(1), segments});
    return *this;
  }
  Judged& note(std::string_view text, std::uint32_t pid = 2) {
    stream.publish(Note{ProcessId(pid), ThreadId(1), text});
    return *this;
  }
  Judged& probe(bool would_succeed) {
    stream.publish(ProbeResult{SamplePoint::periodic, "two_pages", would_succeed});
    return *this;
  }
  template <class Record>
  Judged& publish(const Record& record) {
    stream.publish(record);
    return *this;
  }

  [[nodiscard]] Verdict verdict() const { return view_.verdicts().at(0); }
  [[nodiscard]] bool holds() const { return verdict().holds; }
  [[nodiscard]] std::string found() const { return verdict().found; }
  [[nodiscard]] std::string message() const {
    const auto failed = failed_expectations(expectations_, view_.verdicts());
    return failed.empty() ? "" : failed[0].message;
  }

 private:
  std::vector<Expectation> expectations_;
  ExpectationView view_;

 public:
  RecordStream stream;
};

}  // namespace memsim::campaign_test
