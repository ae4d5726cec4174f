// Mutexes, condition variables and semaphores, as plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include <memsim/ipc/send_queue.hpp>

namespace memsim {

// What it is known by. Objects keep their ids, and offsets in them their meaning, when their frames move.
struct SyncKey {
  static constexpr std::uint32_t kPhysical = 0xffffffff;
  std::uint32_t object = 0;  // id of the memory object that it lies in, kPhysical: in none; 0: it is of one process
  std::int64_t number = 0;   // the offset there, or the physical address; or as the threads of the process know it
  [[nodiscard]] bool is_shared() const { return object != 0; }
  auto operator<=>(const SyncKey&) const = default;
};

// A mutex while somebody owns it, a condition variable while somebody waits for it, a semaphore from SyncTypeCreate()
// to SyncDestroy().
struct SyncObject {
  enum class Kind : std::uint8_t { mutex, condvar, semaphore };
  Kind kind = Kind::mutex;
  bool is_robust = false;           // a mutex whose owner's end is told to whoever is next
  ThreadSlot owner = kNoThread;     // of a mutex; kNoThread: its owner has ended, and nobody will unlock it
  SyncKey mutex;                    // of a condition variable: the one that all its waiters gave up
  std::uint32_t count = 0;          // of a semaphore
  std::vector<ThreadSlot> waiters;  // in the order in which they came
};
using SyncObjects = std::map<SyncKey, SyncObject>;

}  // namespace memsim
