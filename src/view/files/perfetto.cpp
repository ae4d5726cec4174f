#include <memsim/view/files/perfetto.hpp>

#include <fmt/format.h>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/view/value_text.hpp>

#include "perfetto.pb.h"
#include "view/text/frame_bytes.hpp"

namespace memsim {
namespace {

// Track numbers: the run is 1, processes are 2 + pid, threads count from 2^32 on; above them are these.
constexpr std::uint64_t kCpus = std::uint64_t{1} << 33;
constexpr std::uint64_t kRegions = std::uint64_t{1} << 34;  // two for each region
constexpr std::uint64_t kObjects = std::uint64_t{1} << 35;
constexpr std::uint64_t kRun = 1;

// Above all pids: a thread of its process's number would be taken for the main thread.
constexpr std::uint64_t kFirstTid = std::uint64_t{1} << 28;

enum RegionCounter : std::uint64_t { kFree, kLargest, kRegionCounters };
enum ObjectCounter : std::uint64_t { kCount, kSegmentsMax };

std::uint64_t counter_of(RegionId region, RegionCounter counter) {
  return kRegions + region.value() * kRegionCounters + counter;
}

// A trace is its packets one after the other, so each can be written as a trace of one.
class Packet {
 public:
  explicit Packet(RunPoint at) {
    packet_ = trace_.add_packet();
    packet_->set_timestamp(at.time.value());
    packet_->set_trusted_packet_sequence_id(1);
  }
  perfetto::TrackDescriptor& track(std::uint64_t uuid) {
    packet_->mutable_track_descriptor()->set_uuid(uuid);
    return *packet_->mutable_track_descriptor();
  }
  perfetto::TrackEvent& event(std::uint64_t track, perfetto::TrackEvent::Type type) {
    packet_->mutable_track_event()->set_track_uuid(track);
    packet_->mutable_track_event()->set_type(type);
    return *packet_->mutable_track_event();
  }
  [[nodiscard]] std::string bytes() const { return trace_.SerializeAsString(); }

 private:
  perfetto::Trace trace_;
  perfetto::TracePacket* packet_ = nullptr;
};

void describe(perfetto::TrackEvent& event, std::string name, std::int64_t value) {
  perfetto::DebugAnnotation& note = *event.add_debug_annotations();
  note.set_name(std::move(name));
  note.set_int_value(value);
}

}  // namespace

void PerfettoView::on(RunPoint at, const RunStarted& record) {
  page_size_ = record.page_size;
  Packet run(at);
  run.track(kRun).set_name("memsim");
  pending_ += run.bytes();
  for (std::uint32_t cpu = 0; cpu < record.cpus; ++cpu) {
    Packet packet(at);
    perfetto::TrackDescriptor& track = packet.track(kCpus + cpu);
    track.set_name(fmt::format("processor {}", cpu));
    track.set_parent_uuid(kRun);
    pending_ += packet.bytes();
  }
}

void PerfettoView::on(RunPoint at, const RegionAdded& record) {
  const auto add = [&](std::uint64_t uuid, std::string name, perfetto::CounterDescriptor::Unit unit) {
    Packet packet(at);
    perfetto::TrackDescriptor& track = packet.track(uuid);
    track.set_name(std::move(name));
    track.set_parent_uuid(kRun);
    track.mutable_counter()->set_unit(unit);
    pending_ += packet.bytes();
  };
  if (record.region == RegionId()) {
    add(kObjects + kCount, "live objects", perfetto::CounterDescriptor::UNIT_COUNT);
    add(kObjects + kSegmentsMax, "segments of the most scattered object", perfetto::CounterDescriptor::UNIT_COUNT);
  }
  const std::string name(record.name);
  add(counter_of(record.region, kFree), name + ": free", perfetto::CounterDescriptor::UNIT_SIZE_BYTES);
  add(counter_of(record.region, kLargest), name + ": largest free run", perfetto::CounterDescriptor::UNIT_SIZE_BYTES);
}

void PerfettoView::on(RunPoint at, const ProcessStarted& record) {
  Packet packet(at);
  perfetto::TrackDescriptor& track = packet.track(track_of(record.pid));
  track.mutable_process()->set_pid(static_cast<std::int32_t>(record.pid.value()));
  track.mutable_process()->set_process_name(std::string(record.name));
  pending_ += packet.bytes();
}

std::uint64_t PerfettoView::track_of(Thread thread) {
  const auto [found, is_new] = thread_tracks_.try_emplace(thread, next_track_);
  if (is_new) {
    ++next_track_;
    Packet packet({});
    perfetto::TrackDescriptor& track = packet.track(found->second);
    track.set_parent_uuid(track_of(thread.pid));
    track.mutable_thread()->set_pid(static_cast<std::int32_t>(thread.pid.value()));
    // Perfetto takes one number for one thread, of whatever process.
    track.mutable_thread()->set_tid(static_cast<std::int32_t>(kFirstTid + (found->second & UINT32_MAX)));
    track.mutable_thread()->set_thread_name(fmt::format("thread {}", thread.tid.value()));
    pending_ += packet.bytes();
  }
  return found->second;
}

void PerfettoView::enter(RunPoint at, Thread thread, std::string label) {
  leave(at, thread);
  open_.emplace(thread, Open());
  Packet packet(at);
  perfetto::TrackEvent& event = packet.event(track_of(thread), perfetto::TrackEvent::TYPE_SLICE_BEGIN);
  event.set_name(std::move(label));
  event.add_categories("state");
  pending_ += packet.bytes();
}

void PerfettoView::leave(RunPoint at, Thread thread) {
  const auto found = open_.find(thread);
  if (found == open_.end()) return;
  if (found->second.on_cpu) {
    Packet packet(at);
    packet.event(kCpus + found->second.cpu, perfetto::TrackEvent::TYPE_SLICE_END);
    pending_ += packet.bytes();
  }
  Packet packet(at);
  packet.event(track_of(thread), perfetto::TrackEvent::TYPE_SLICE_END);
  pending_ += packet.bytes();
  open_.erase(found);
}

void PerfettoView::run_on(RunPoint at, Thread thread, CpuId cpu) {
  Open& open = open_[thread];
  open.cpu = cpu.value();
  open.on_cpu = true;
  Packet packet(at);
  perfetto::TrackEvent& event = packet.event(kCpus + cpu.value(), perfetto::TrackEvent::TYPE_SLICE_BEGIN);
  event.set_name(fmt::format("{} ({})", names_.process(thread.pid), thread.tid.value()));
  pending_ += packet.bytes();
}

void PerfettoView::on(RunPoint at, const ThreadStateChanged& record) {
  const Thread thread{record.pid, record.tid};
  if (record.state == ThreadState::dead) return leave(at, thread);
  enter(at, thread, std::string(name_of(record.state)));
  if (record.state == ThreadState::running) run_on(at, thread, record.cpu);
}

void PerfettoView::on(RunPoint at, const MessageSent& record) {
  const Thread client{record.pid, record.tid};
  clients_[record.message] = client;
  enter(at, client, fmt::format("{} {}", name_of(record.state), call_name(record.call)));
  Packet packet(at);
  perfetto::TrackEvent& event = packet.event(track_of(client), perfetto::TrackEvent::TYPE_INSTANT);
  event.set_name(fmt::format("send {}", call_name(record.call)));
  event.add_flow_ids(record.message);
  describe(event, "type", record.type);
  describe(event, "priority", record.priority);
  pending_ += packet.bytes();
}

void PerfettoView::on(RunPoint at, const MessageReceived& record) {
  Packet packet(at);
  perfetto::TrackEvent& event = packet.event(track_of({record.pid, record.tid}), perfetto::TrackEvent::TYPE_INSTANT);
  event.set_name("receive");
  event.add_flow_ids(record.message);
  describe(event, "priority", record.priority);
  pending_ += packet.bytes();
  const auto client = clients_.find(record.message);
  if (client == clients_.end()) return;
  enter(at, client->second, std::string(name_of(ThreadState::reply)));
}

void PerfettoView::on(RunPoint at, const MessageReplied& record) {
  clients_.erase(record.message);
  const Thread client{record.pid, record.tid};
  Packet packet(at);
  perfetto::TrackEvent& event = packet.event(track_of(client), perfetto::TrackEvent::TYPE_INSTANT);
  const bool failed = record.error != Errno::eok;
  event.set_name(failed ? fmt::format("{} failed: {}", call_name(record.call), errno_name(record.error))
                        : fmt::format("{} returned", call_name(record.call)));
  event.add_categories(failed ? "failure" : "reply");
  event.add_terminating_flow_ids(record.message);
  describe(event, "status", record.status);
  pending_ += packet.bytes();
  enter(at, client, std::string(name_of(ThreadState::ready)));
}

void PerfettoView::on(RunPoint at, const CallCompleted& record) {
  if (record.error == Errno::eok) return;
  instant(at, track_of({record.pid, record.tid}),
          fmt::format("{} failed: {}", call_name(record.call), errno_name(record.error)));
}

void PerfettoView::on(RunPoint at, const PulseSent& record) {
  instant(at, track_of(record.server), fmt::format("pulse {} from {}", record.code, names_.process(record.pid)));
}

void PerfettoView::on(RunPoint at, const InterruptRaised& record) {
  instant(at, kRun, fmt::format("interrupt {} ({})", record.source, name_of(record.fate)));
}

void PerfettoView::on(RunPoint at, const Note& record) {
  instant(at, track_of({record.pid, record.tid}), std::string(record.text));
}

void PerfettoView::on(RunPoint at, const AllocationFailed& record) {
  instant(
      at, record.pid == ProcessId() ? kRun : track_of(record.pid),
      fmt::format("no {}memory: {}", record.contiguous ? "contiguous " : "", counted(record.frames.count(), "frame")));
}

void PerfettoView::on(RunPoint at, const DeadlockFound& record) {
  for (const ThreadRef& member : record.members) instant(at, track_of({member.pid, member.tid}), "deadlock");
}

void PerfettoView::on(RunPoint at, const RegionSample& record) {
  count(at, counter_of(record.region, kFree), bytes_of(record.free, page_size_).count());
  count(at, counter_of(record.region, kLargest), bytes_of(record.largest_free_run, page_size_).count());
}

void PerfettoView::on(RunPoint at, const ObjectSample& record) {
  count(at, kObjects + kCount, record.object_count);
  count(at, kObjects + kSegmentsMax, record.segments_max);
}

void PerfettoView::on(RunPoint at, const RunEnded& record) {
  while (!open_.empty()) leave(at, open_.begin()->first);
  instant(at, kRun, fmt::format("ended ({})", name_of(record.reason)));
}

void PerfettoView::instant(RunPoint at, std::uint64_t track, std::string name) {
  Packet packet(at);
  packet.event(track, perfetto::TrackEvent::TYPE_INSTANT).set_name(std::move(name));
  pending_ += packet.bytes();
}

void PerfettoView::count(RunPoint at, std::uint64_t track, std::uint64_t value) {
  Packet packet(at);
  packet.event(track, perfetto::TrackEvent::TYPE_COUNTER).set_counter_value(static_cast<std::int64_t>(value));
  pending_ += packet.bytes();
}

}  // namespace memsim
