#include "kernel/ready_queue.hpp"

#include <memsim/base/check.hpp>

namespace memsim {

void ReadyQueue::insert(std::vector<Thread>& threads, ThreadSlot slot, End end) {
  Thread& thread = threads[slot.value()];
  const std::uint8_t p = thread.priority;
  ThreadSlot& head = heads_[p];
  ThreadSlot& tail = tails_[p];
  if (head == kNoThread) {
    thread.ready_next = thread.ready_previous = kNoThread;
    head = tail = slot;
    occupied_[p / 64] |= std::uint64_t{1} << (p % 64);
  } else if (end == End::head) {
    thread.ready_previous = kNoThread;
    thread.ready_next = head;
    threads[head.value()].ready_previous = slot;
    head = slot;
  } else {
    thread.ready_next = kNoThread;
    thread.ready_previous = tail;
    threads[tail.value()].ready_next = slot;
    tail = slot;
  }
}

void ReadyQueue::remove(std::vector<Thread>& threads, ThreadSlot slot) {
  const Thread& thread = threads[slot.value()];
  const std::uint8_t p = thread.priority;
  MEMSIM_CHECK_THAT(thread.ready_previous != kNoThread || heads_[p] == slot, "a READY thread is in its list");
  if (thread.ready_previous == kNoThread) {
    heads_[p] = thread.ready_next;
  } else {
    threads[thread.ready_previous.value()].ready_next = thread.ready_next;
  }
  if (thread.ready_next == kNoThread) {
    tails_[p] = thread.ready_previous;
  } else {
    threads[thread.ready_next.value()].ready_previous = thread.ready_previous;
  }
  if (heads_[p] == kNoThread) occupied_[p / 64] &= ~(std::uint64_t{1} << (p % 64));
}

ThreadSlot ReadyQueue::top() const {
  for (std::size_t word = occupied_.size(); word-- > 0;) {
    if (occupied_[word] == 0) continue;
    const auto bit = static_cast<std::size_t>(63 - std::countl_zero(occupied_[word]));
    return heads_[word * 64 + bit];
  }
  return kNoThread;
}

}  // namespace memsim
