#include "kernel/tables/ready_queue.hpp"

#include <memsim/base/check.hpp>

namespace memsim {

void ReadyQueue::mark_occupied(std::uint8_t priority) {
  occupied_[priority / 64] |= std::uint64_t{1} << (priority % 64);
  words_ |= std::uint64_t{1} << (priority / 64);
}

void ReadyQueue::mark_empty(std::uint8_t priority) {
  std::uint64_t& word = occupied_[priority / 64];
  word &= ~(std::uint64_t{1} << (priority % 64));
  if (word == 0) words_ &= ~(std::uint64_t{1} << (priority / 64));
}

void ReadyQueue::insert(std::vector<Thread>& threads, ThreadSlot slot, End end) {
  Thread& thread = threads[slot.value()];
  const std::uint8_t p = thread.priority;
  ThreadSlot& head = heads_[p];
  ThreadSlot& tail = tails_[p];
  if (head == kNoThread) {
    thread.ready_next = thread.ready_previous = kNoThread;
    head = tail = slot;
    mark_occupied(p);
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
  if (heads_[p] == kNoThread) mark_empty(p);
}

}  // namespace memsim
