// Mutexes, condition variables and semaphores of a process, as plain values.
#pragma once

#include <cstdint>
#include <vector>

#include <memsim/ipc/send_queue.hpp>

namespace memsim {

// What a process's threads know by one number: a mutex while somebody owns it, a condition variable while somebody
// waits for it, a semaphore from SyncTypeCreate() to SyncDestroy().
struct SyncObject {
  enum class Kind : std::uint8_t { mutex, condvar, semaphore };
  Kind kind = Kind::mutex;
  ThreadSlot owner = kNoThread;     // of a mutex; kNoThread: its owner has ended, and nobody will unlock it
  std::int64_t mutex = 0;           // of a condition variable: the one that all its waiters gave up
  std::uint32_t count = 0;          // of a semaphore
  std::vector<ThreadSlot> waiters;  // in the order in which they came
};

}  // namespace memsim
