// A run as a Perfetto trace: what threads did, by process and by processor; messages as arrows from sender to server
// and back; free memory and objects as counters; notes and failures as instants. Opened by ui.perfetto.dev and read by
// its trace processor.
//
// Packets are encoded as the records come and drained in pieces, so that a long run takes no memory. Times are
// simulated nanoseconds since boot. Tracks: a process's threads under the process, one for each processor, one counter
// for each measure of each region. A plain copyable value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <memsim/engine/view.hpp>
#include <memsim/view/follow/name_book.hpp>

namespace memsim {

class PerfettoView final : public View<PerfettoView> {
 public:
  // Appends what was encoded since the last call: all of them in order are the trace.
  void drain(std::string& out) {
    out += pending_;
    pending_.clear();
  }

  auto followers() { return std::tie(names_); }
  void on(RunPoint at, const RunStarted& record);
  void on(RunPoint at, const RegionAdded& record);
  void on(RunPoint at, const ProcessStarted& record);
  void on(RunPoint at, const ThreadStateChanged& record);
  void on(RunPoint at, const MessageSent& record);
  void on(RunPoint at, const MessageReceived& record);
  void on(RunPoint at, const MessageReplied& record);
  void on(RunPoint at, const CallCompleted& record);
  void on(RunPoint at, const PulseSent& record);
  void on(RunPoint at, const InterruptRaised& record);
  void on(RunPoint at, const Note& record);
  void on(RunPoint at, const AllocationFailed& record);
  void on(RunPoint at, const DeadlockFound& record);
  void on(RunPoint at, const RegionSample& record);
  void on(RunPoint at, const ObjectSample& record);
  void on(RunPoint at, const RunEnded& record);

 private:
  struct Thread {
    ProcessId pid;
    ThreadId tid;
    constexpr auto operator<=>(const Thread&) const = default;
  };
  // The slice that is open on a thread's track.
  struct Open {
    std::uint32_t cpu = 0;
    bool on_cpu = false;  // one is open on the processor's track too
  };

  void enter(RunPoint at, Thread thread, std::string label);
  void leave(RunPoint at, Thread thread);
  void run_on(RunPoint at, Thread thread, CpuId cpu);
  void instant(RunPoint at, std::uint64_t track, std::string name);
  void count(RunPoint at, std::uint64_t track, std::uint64_t value);
  std::uint64_t track_of(Thread thread);
  std::uint64_t track_of(ProcessId pid) const { return 2 + pid.value(); }

  std::string pending_;
  NameBook names_;
  Bytes page_size_;
  std::map<Thread, std::uint64_t> thread_tracks_;
  std::map<Thread, Open> open_;
  std::map<std::uint64_t, Thread> clients_;  // of messages on their way
  std::uint64_t next_track_ = std::uint64_t{1} << 32;
};

}  // namespace memsim
