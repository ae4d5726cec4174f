// Who asked to be told of what, and how: interrupts, timers, and the names of servers. Plain values, as all tables.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/base/ids.hpp>
#include <memsim/base/units.hpp>
#include <memsim/engine/event_queue.hpp>
#include <memsim/ipc/send_queue.hpp>

namespace memsim {

// How somebody is told: struct sigevent.
struct Notice {
  bool wakes = false;   // SIGEV_INTR: ends the thread's InterruptWait(); else SIGEV_PULSE
  ConnectionId coid{};  // of the process that is told
  std::int32_t code = 0;
  std::int64_t value = 0;
  std::uint8_t priority = 0;
};

struct InterruptAttachment {
  std::int32_t id = 0;
  ThreadSlot thread = kNoThread;  // that attached
  Notice notice;
  bool owed = false;   // the interrupt is taken, and the thread will be told
  bool masks = false;  // telling it masked the interrupt, and nobody has undone that
};

// What becomes of a source of the configuration.
struct InterruptState {
  SimTime next = never();                     // when it asks for attention again, while anybody is attached
  std::uint32_t masks = 0;                    // how often it is masked
  bool is_pending = false;                    // it asked while it was masked
  std::vector<InterruptAttachment> attached;  // in the order of their attaching
};

struct Timer {
  bool exists = false;
  Notice notice;
  SimTime due{};
  SimDuration interval{};  // 0: it goes off once
  EventHandle event{};     // null while it stands still
};

}  // namespace memsim
