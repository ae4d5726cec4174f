// A small run, published by hand: enough of every kind of record for the views to show.
#pragma once

#include <array>

#include <memsim/engine/record_stream.hpp>

namespace memsim::view_test {

inline constexpr std::uint64_t kSizeMax = UINT64_MAX;

inline void at(RecordStream& stream, std::uint64_t ns) { stream.set_now(SimTime(ns)); }

// Region "ram" of 8 frames with the free blocks given by order.
inline void publish_sample(RecordStream& stream, SamplePoint point, std::uint64_t free, std::uint64_t largest,
                           const std::array<std::uint64_t, 4>& blocks) {
  RegionSample sample;
  sample.point = point;
  sample.total = FrameCount(8);
  sample.free = FrameCount(free);
  sample.largest_free_run = FrameCount(largest);
  sample.free_run_count = 1;
  sample.free_blocks = blocks;
  sample.free_runs_by_log2 = blocks;
  stream.publish(sample);
  stream.publish(ObjectSample{point, 1, Bytes(10'000), Bytes(12'288), 2, 2, 2, 2, 2});
}

inline constexpr std::array kOptions = {Setting{"placement", "lowest"}, Setting{"top_order", "18"}};
inline constexpr std::array kSettings = {Setting{"machine.costs.msg_send", "400 ns"}, Setting{"until", "1 \"h\""}};
inline constexpr std::array kOverridden = {Setting{"seed", "42"}};

inline void publish_head(RecordStream& stream) {
  stream.publish(RunStarted{42, Bytes(4096), 1, "buddy", true, kOptions, kSettings, kOverridden, {"0.1.0"}});
  stream.publish(RegionAdded{RegionId(0), "ram", PhysAddr(0x100000), FrameCount(8)});
  stream.publish(ProcessStarted{ProcessId(1), ProcessId(0), "memmgr"});
  publish_sample(stream, SamplePoint::start, 8, 8, {0, 0, 0, 1});
  stream.publish(ProcessStarted{ProcessId(2), ProcessId(1), "client"});
}

inline MessageReplied message(Call call, std::uint64_t sent, Errno error = Errno::eok) {
  MessageReplied reply;
  reply.message = 1;
  reply.pid = ProcessId(2);
  reply.tid = ThreadId(1);
  reply.server = ProcessId(1);
  reply.call = call;
  reply.priority = 10;
  reply.sent = SimTime(sent);
  reply.received = SimTime(sent + 100);
  reply.status = error == Errno::eok ? 0 : -1;
  reply.error = error;
  reply.object = ObjectId(1);
  return reply;
}

// Two segments in range, room for one: cut.
inline void publish_cut_reply(RecordStream& stream) {
  static constexpr std::array kSegments = {Segment{Bytes(0), PhysAddr(0x100000), Bytes(0x2000)}};
  SegmentReply reply;
  reply.pid = ProcessId(2);
  reply.tid = ThreadId(1);
  reply.object = ObjectId(1);
  reply.object_size = Bytes(0x3000);
  reply.length = Bytes(kSizeMax);
  reply.capacity = 1;
  reply.in_range = 2;
  reply.cut = true;
  reply.segments = kSegments;
  stream.publish(reply);
}

// What follows the head.
inline void publish_body(RecordStream& stream) {
  at(stream, 1000);
  stream.publish(ObjectCreated{ObjectId(1), ProcessId(2), "/myshmem"});
  at(stream, 2500);
  stream.publish(message(Call::shm_open, 1000));
  at(stream, 4000);
  publish_cut_reply(stream);
  stream.publish(message(Call::mem_obj_info, 3000));
  at(stream, 5000);
  stream.publish(message(Call::shm_ctl, 4500, Errno::enomem));
  stream.publish(ProbeResult{SamplePoint::periodic, "two_pages", true});
  stream.publish(Note{ProcessId(2), ThreadId(1), "We reached the end."});
  at(stream, 6000);
  stream.publish(ProcessExited{ProcessId(2), ExitCause::finished});
  publish_sample(stream, SamplePoint::end, 5, 5, {1, 0, 1, 0});
  stream.publish(ProbeResult{SamplePoint::end, "two_pages", false});
  stream.publish(RunEnded{StopReason::finished, 17, 3});
}

inline void publish_run(RecordStream& stream) {
  publish_head(stream);
  publish_body(stream);
}

}  // namespace memsim::view_test
