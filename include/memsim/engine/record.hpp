// Records: the typed facts of a run, in one ordered stream. Everything that a person sees is derived from them.
//
// A record type is a plain struct with a kind, a name and one list of its fields. That one list drives the fingerprint,
// the JSON lines and the documentation, so they cannot disagree. Times inside records are simulated. Arrays are spans
// that live only while the record is being published: a subscriber that keeps them copies them.
//
// What happens is told here, what becomes of memory in memory_records.hpp, how it stands in sample_records.hpp.
// Adding a record: a kind at the end of RecordKind (record_kinds.hpp), a struct in one of these, a word in
// MEMSIM_RECORDS.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/memory_records.hpp>
#include <memsim/engine/record_kinds.hpp>
#include <memsim/engine/sample_records.hpp>

namespace memsim {

// One thing that was settled before the run: its name, as a path of the scenario's keys, and its value, both as a
// scenario writes them. {"machine.costs.msg_send", "400ns"}.
struct Setting {
  std::string_view name;
  std::string_view value;
  constexpr bool operator==(const Setting&) const = default;
};

// A text about the program rather than the run.
struct Provenance {
  std::string_view text;
};

// The head of a run. What is below the line describes how the run came about, so that the records explain it, drive it
// again and have its costs fitted without its scenario. It enters neither fingerprint nor layers: what a setting did
// is told by the records behind it, and a setting that a later version adds changes no run.
struct RunStarted {
  static constexpr RecordKind kKind = RecordKind::run_started;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "run_started";
  std::uint64_t seed = 0;
  Bytes page_size;
  std::uint32_t cpus = 0;
  std::string_view policy;
  bool merge_touching_segments = true;  // pieces of an object that run on in offset and address are one segment
  // ---
  std::span<const Setting> policy_options{};  // every option that the policy has, given or not
  std::span<const Setting> settings{};    // costs, semantics, caps, what is sampled and probed: all but the processes
  std::span<const Setting> overridden{};  // what was told beside the scenario, in the order in which it was applied
  Provenance version{};                   // of the memsim that ran
  template <class F>
  void fields(F&& f) const {
    f("seed", seed), f("page_size", page_size), f("cpus", cpus), f("policy", policy);
    f("merge_touching_segments", merge_touching_segments), f("policy_options", policy_options);
    f("settings", settings), f("overridden", overridden), f("version", version);
  }
};

struct RegionAdded {
  static constexpr RecordKind kKind = RecordKind::region_added;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "region_added";
  RegionId region;
  std::string_view name;
  PhysAddr base;
  FrameCount frames;
  bool general = true;          // serves ordinary requests; else typed memory only
  std::int32_t preference = 0;  // ordinary requests try higher ones first
  template <class F>
  void fields(F&& f) const {
    f("region", region), f("name", name), f("base", base), f("frames", frames), f("general", general);
    f("preference", preference);
  }
};

// The region that was just added is a CMA area: what can move borrows it where no other region serves it any more, and
// contiguous requests of more than a frame are served from it first, by moving others out of their way. Nothing else
// that cannot move lies in it.
struct CmaArea {
  static constexpr RecordKind kKind = RecordKind::cma_area;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "cma_area";
  RegionId region;
  template <class F>
  void fields(F&& f) const {
    f("region", region);
  }
};

// From here on another policy serves requests, or the same with other options. The frames in use stay in use.
struct PolicyChanged {
  static constexpr RecordKind kKind = RecordKind::policy_changed;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "policy_changed";
  std::string_view policy;
  std::span<const Setting> policy_options{};  // as in RunStarted
  template <class F>
  void fields(F&& f) const {
    f("policy", policy), f("policy_options", policy_options);
  }
};

// A device that gathers scattered memory, and what its descriptors can say: see base/device_limits.hpp.
struct DeviceAdded {
  static constexpr RecordKind kKind = RecordKind::device_added;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "device_added";
  std::string_view device;
  std::string_view object_name;  // of the objects that it works on
  Bytes max_length = Bytes::max();
  Bytes alignment{1};
  Bytes boundary;  // 0: none
  PhysAddr first;  // that it reaches
  PhysAddr last = PhysAddr::max();
  std::uint64_t descriptors = UINT64_MAX;  // that it takes for one buffer
  template <class F>
  void fields(F&& f) const {
    f("device", device), f("object_name", object_name), f("max_length", max_length), f("alignment", alignment);
    f("boundary", boundary), f("first", first), f("last", last), f("descriptors", descriptors);
  }
};

struct ProcessStarted {
  static constexpr RecordKind kKind = RecordKind::process_started;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "process_started";
  ProcessId pid;
  ProcessId parent;
  std::string_view name;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("parent", parent), f("name", name);
  }
};

struct ProcessExited {
  static constexpr RecordKind kKind = RecordKind::process_exited;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "process_exited";
  ProcessId pid;
  ExitCause cause = ExitCause::finished;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("cause", cause);
  }
};

// A thread changed state for a reason that no message record tells: dispatch, preemption, sleep, waking, start, end.
// message_sent makes the client SEND or REPLY, message_received the client REPLY, message_replied the client READY.
struct ThreadStateChanged {
  static constexpr RecordKind kKind = RecordKind::thread_state;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "thread_state";
  ProcessId pid;
  ThreadId tid;
  ThreadState state = ThreadState::ready;
  std::uint8_t priority = 0;  // effective
  CpuId cpu;                  // where it runs; 0 when it does not
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("tid", tid), f("state", state), f("priority", priority), f("cpu", cpu);
  }
};

struct MessageSent {
  static constexpr RecordKind kKind = RecordKind::message_sent;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "message_sent";
  std::uint64_t message = 0;  // numbered from 1 over the run
  ProcessId pid;              // the client
  ThreadId tid;
  ConnectionId coid;
  ProcessId server;
  ChannelId chid;
  Call call = Call::msg_send;
  std::uint16_t type = 0;  // the message's type field
  Bytes send_bytes;
  std::uint8_t priority = 0;
  ThreadState state = ThreadState::send;  // what the client became
  template <class F>
  void fields(F&& f) const {
    f("message", message), f("pid", pid), f("tid", tid), f("coid", coid), f("server", server), f("chid", chid);
    f("call", call), f("type", type), f("send_bytes", send_bytes), f("priority", priority), f("state", state);
  }
};

struct MessageReceived {
  static constexpr RecordKind kKind = RecordKind::message_received;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "message_received";
  std::uint64_t message = 0;
  ProcessId pid;  // the server
  ThreadId tid;
  ReceiveId rcvid;
  std::uint8_t priority = 0;  // at which the server now runs
  template <class F>
  void fields(F&& f) const {
    f("message", message), f("pid", pid), f("tid", tid), f("rcvid", rcvid), f("priority", priority);
  }
};

// The end of a message: replied, refused, or unblocked by a death or a timeout. One row of calls.csv.
struct MessageReplied {
  static constexpr RecordKind kKind = RecordKind::message_replied;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "message_replied";
  std::uint64_t message = 0;
  ProcessId pid;  // the client
  ThreadId tid;
  ProcessId server;
  Call call = Call::msg_send;
  std::uint16_t type = 0;
  std::uint8_t priority = 0;  // the client's when it sent
  SimTime sent;
  SimTime received;  // never() when no server took it
  std::int64_t status = 0;
  Errno error = Errno::eok;
  ObjectId object;  // the memory object concerned; 0 none
  template <class F>
  void fields(F&& f) const {
    f("message", message), f("pid", pid), f("tid", tid), f("server", server), f("call", call), f("type", type);
    f("priority", priority), f("sent", sent), f("received", received), f("status", status), f("error", error);
    f("object", object);
  }
};

// The contents of a message or of its reply, where those who send it have any: programs of the host, not those of a
// scenario. It follows the message_sent or stands before the message_replied of that message.
struct MessageContents {
  static constexpr RecordKind kKind = RecordKind::message_contents;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "message_contents";
  static constexpr std::size_t kHashed = 65'536;
  std::uint64_t message = 0;
  bool reply = false;
  Bytes length;
  std::uint64_t hash = 0;  // XXH3 of the first kHashed bytes
  template <class F>
  void fields(F&& f) const {
    f("message", message), f("reply", reply), f("length", length), f("hash", hash);
  }
};

// What the memory manager did for one message, or to clear up behind a dead process, and what that costs: once the
// thread has been charged `cost`, the reply goes out. The counts are all that the cost model prices:
//
//   cost = msg_receive + the counts, each times its own price, and
//          memmgr_call + msg_reply + copy_per_kib * reply_bytes / 1024 (rounded up)   for a message,
//          process_exit                                                              for a dead process.
struct Served {
  static constexpr RecordKind kKind = RecordKind::served;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "served";
  std::uint64_t message = 0;  // 0: none, but the remains of process `pid`
  ProcessId pid;              // the client
  ThreadId tid;
  ThreadId server_tid;  // the memory manager's thread
  CpuId cpu;            // on which it serves
  Bytes reply_bytes;    // copied to the client; at most 4 GiB
  SimDuration cost;
  WorkCount allocator_splits;
  WorkCount allocator_merges;
  WorkCount allocator_steps;
  WorkCount frames_zeroed;
  WorkCount frames_freed;
  WorkCount frames_moved;
  WorkCount pages_mapped;
  WorkCount pages_unmapped;
  WorkCount page_faults;
  WorkCount segments_walked;
  WorkCount segment_seek_steps;
  WorkCount address_translations;
  template <class F>
  void fields(F&& f) const {
    f("message", message), f("pid", pid), f("tid", tid), f("server_tid", server_tid), f("cpu", cpu);
    f("reply_bytes", reply_bytes), f("cost", cost), f("allocator_splits", allocator_splits);
    f("allocator_merges", allocator_merges), f("allocator_steps", allocator_steps);
    f("frames_zeroed", frames_zeroed), f("frames_freed", frames_freed), f("frames_moved", frames_moved);
    f("pages_mapped", pages_mapped), f("pages_unmapped", pages_unmapped), f("page_faults", page_faults);
    f("segments_walked", segments_walked), f("segment_seek_steps", segment_seek_steps);
    f("address_translations", address_translations);
  }
};

struct PulseSent {
  static constexpr RecordKind kKind = RecordKind::pulse_sent;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "pulse_sent";
  ProcessId pid;
  ProcessId server;
  ChannelId chid;
  std::int32_t code = 0;
  std::int64_t value = 0;
  std::uint8_t priority = 0;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("server", server), f("chid", chid), f("code", code), f("value", value), f("priority", priority);
  }
};

struct PulseReceived {
  static constexpr RecordKind kKind = RecordKind::pulse_received;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "pulse_received";
  ProcessId pid;
  ThreadId tid;
  ChannelId chid;
  std::int32_t code = 0;
  std::int64_t value = 0;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("tid", tid), f("chid", chid), f("code", code), f("value", value);
  }
};

// A kernel call that is no message and has returned (ChannelCreate, ConnectAttach, MsgReply, ...).
struct CallCompleted {
  static constexpr RecordKind kKind = RecordKind::call_completed;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "call_completed";
  ProcessId pid;
  ThreadId tid;
  Call call = Call::msg_receive;
  std::uint8_t priority = 0;
  SimTime started;
  std::int64_t result = 0;
  Errno error = Errno::eok;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("tid", tid), f("call", call), f("priority", priority), f("started", started);
    f("result", result), f("error", error);
  }
};

struct ThreadRef {
  ProcessId pid;
  ThreadId tid;
  constexpr auto operator<=>(const ThreadRef&) const = default;
};

// Threads that wait for each other in a circle and can never go on.
struct DeadlockFound {
  static constexpr RecordKind kKind = RecordKind::deadlock_found;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "deadlock_found";
  std::span<const ThreadRef> members;  // in the order of waiting, from the smallest pid
  template <class F>
  void fields(F&& f) const {
    f("members", members);
  }
};

// A program did what no program may (division by zero, a value out of range). Its process ends.
struct ProgramFault {
  static constexpr RecordKind kKind = RecordKind::program_fault;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "program_fault";
  ProcessId pid;
  ThreadId tid;
  std::uint32_t line = 0;  // in the scenario
  std::string_view reason;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("tid", tid), f("line", line), f("reason", reason);
  }
};

// A program's own remark, for the reader of the output.
struct Note {
  static constexpr RecordKind kKind = RecordKind::note;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "note";
  ProcessId pid;
  ThreadId tid;
  std::string_view text;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("tid", tid), f("text", text);
  }
};

// A line that a program of the host wrote, without its end. One that was not ended when the program did has it too.
struct ProgramOutput {
  static constexpr RecordKind kKind = RecordKind::program_output;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "program_output";
  ProcessId pid;
  OutputStream stream = OutputStream::output;
  std::string_view text;
  template <class F>
  void fields(F&& f) const {
    f("pid", pid), f("stream", stream), f("text", text);
  }
};

// A source of interrupts asked for attention. One that nobody is attached to does so unnoticed.
struct InterruptRaised {
  static constexpr RecordKind kKind = RecordKind::interrupt;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "interrupt";
  std::string_view source;
  std::uint32_t vector = 0;
  InterruptFate fate = InterruptFate::taken;
  template <class F>
  void fields(F&& f) const {
    f("source", source), f("vector", vector), f("fate", fate);
  }
};

struct RunEnded {
  static constexpr RecordKind kKind = RecordKind::run_ended;
  static constexpr Layer kLayer = Layer::events;
  static constexpr std::string_view kName = "run_ended";
  StopReason reason = StopReason::finished;
  std::uint64_t events = 0;
  std::uint64_t unseed = 0;  // one more draw of every stream, mixed: exposes a run that drew differently
  template <class F>
  void fields(F&& f) const {
    f("reason", reason), f("events", events), f("unseed", unseed);
  }
};

// Every record type, in the order of RecordKind. X(Type). The formatter never settles on where the backslashes go.
// clang-format off
#define MEMSIM_RECORDS(X) \
  X(RunStarted) X(RegionAdded) X(ProcessStarted) X(ProcessExited) X(ThreadStateChanged) X(MessageSent) \
  X(MessageReceived) X(MessageReplied) X(PulseSent) X(PulseReceived) X(CallCompleted) X(ObjectCreated) \
  X(ObjectPopulated) X(ObjectDestroyed) X(FramesAllocated) X(FramesReleased) X(AllocationFailed) \
  X(SegmentReply) X(RegionSample) X(ObjectSample) X(ProbeResult) X(DeadlockFound) X(ProgramFault) X(Note) \
  X(RunEnded) X(FramesReserved) X(FramesPinned) X(FramesMoved) X(SegmentLengthSample) X(ObjectOverlaid) \
  X(FramesClaimed) X(Served) X(PolicyChanged) X(DeviceAdded) X(ProgramOutput) X(MessageContents) \
  X(InterruptRaised) X(CpuListsDecayed) X(CmaArea) X(FramesVacated) \
  X(FramesAdded)
// clang-format on

[[nodiscard]] std::string_view record_name(RecordKind kind);

}  // namespace memsim
