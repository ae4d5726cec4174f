#include <memsim/ipc/send_queue.hpp>

#include <algorithm>

#include <memsim/base/check.hpp>

namespace memsim {
namespace {

// Whether `a` is to be received after `b`: the heap keeps the one that no other precedes in front.
bool comes_later(const Waiting& a, const Waiting& b) {
  if (a.priority != b.priority) return a.priority < b.priority;
  return a.arrival > b.arrival;
}

auto message_of(ThreadSlot thread) {
  return [thread](const Waiting& w) { return w.kind == Waiting::Kind::message && w.thread == thread; };
}

}  // namespace

void SendQueue::push(Waiting waiting) {
  waiting.arrival = arrivals_++;
  heap_.push_back(waiting);
  std::push_heap(heap_.begin(), heap_.end(), comes_later);
}

Waiting SendQueue::pop() {
  MEMSIM_CHECK(!heap_.empty());
  std::pop_heap(heap_.begin(), heap_.end(), comes_later);
  const Waiting first = heap_.back();
  heap_.pop_back();
  return first;
}

std::optional<Waiting> SendQueue::pop_pulse() {
  auto first = heap_.end();
  for (auto at = heap_.begin(); at != heap_.end(); ++at) {
    if (at->kind == Waiting::Kind::pulse && (first == heap_.end() || comes_later(*first, *at))) first = at;
  }
  if (first == heap_.end()) return std::nullopt;
  const Waiting pulse = *first;
  *first = heap_.back();
  heap_.pop_back();
  std::make_heap(heap_.begin(), heap_.end(), comes_later);
  return pulse;
}

bool SendQueue::remove(ThreadSlot thread) {
  const auto found = std::find_if(heap_.begin(), heap_.end(), message_of(thread));
  if (found == heap_.end()) return false;
  *found = heap_.back();
  heap_.pop_back();
  std::make_heap(heap_.begin(), heap_.end(), comes_later);
  return true;
}

std::size_t SendQueue::remove_pulse(std::int32_t code, std::int64_t value) {
  const auto removed = std::erase_if(heap_, [code, value](const Waiting& waiting) {
    return waiting.kind == Waiting::Kind::pulse && waiting.code == code && waiting.value == value;
  });
  if (removed != 0) std::make_heap(heap_.begin(), heap_.end(), comes_later);
  return removed;
}

std::size_t SendQueue::pulse_count() const {
  const auto count = std::count_if(heap_.begin(), heap_.end(),
                                   [](const Waiting& waiting) { return waiting.kind == Waiting::Kind::pulse; });
  return static_cast<std::size_t>(count);
}

void SendQueue::reprioritise(ThreadSlot thread, std::uint8_t priority) {
  const auto found = std::find_if(heap_.begin(), heap_.end(), message_of(thread));
  MEMSIM_CHECK_THAT(found != heap_.end(), "a SEND-blocked thread waits in its channel's queue");
  found->priority = priority;
  std::make_heap(heap_.begin(), heap_.end(), comes_later);
}

std::vector<ThreadSlot> SendQueue::senders() const {
  std::vector<Waiting> ordered = heap_;
  std::sort(ordered.begin(), ordered.end(), [](const Waiting& a, const Waiting& b) { return comes_later(b, a); });
  std::vector<ThreadSlot> threads;
  for (const Waiting& waiting : ordered) {
    if (waiting.kind == Waiting::Kind::message) threads.push_back(waiting.thread);
  }
  return threads;
}

}  // namespace memsim
