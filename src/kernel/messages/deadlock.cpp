#include "kernel/messages/deadlock.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace memsim::deadlock {
namespace {

bool waits_for_reply(const Thread& thread) {
  return thread.state == ThreadState::send || thread.state == ThreadState::reply;
}

bool waits_for_thread(const Thread& thread) {
  return thread.state == ThreadState::mutex || thread.state == ThreadState::join;
}

ThreadRef reference(const Kernel& kernel, ThreadSlot slot) { return {kernel.pid_of(slot), kernel.thread(slot).tid}; }

// Threads that could end this one's wait. Empty when it does not wait for any, and for the memory manager's
// clients: the memory manager always goes on. A view into the kernel's tables.
std::span<const ThreadSlot> awaited_by(const Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (waits_for_thread(thread) && thread.held_up_by != kNoThread) return std::span(&thread.held_up_by, 1);
  if (!waits_for_reply(thread) || thread.message.channel == kMemmgrChannel) return {};
  const ProcessSlot server = kernel.find_process(thread.message.server);
  if (server == kNoProcess) return {};
  return kernel.process(server).threads;
}

// Whether a timeout will end the wait, whatever the server does.
bool will_time_out(const Kernel& kernel, const Thread& thread) {
  if (thread.timer.is_null()) return false;
  return thread.state == ThreadState::send || waits_for_thread(thread) ||
         !kernel.channel(thread.message.channel).has(qnx::kChannelUnblock);
}

bool is_held_up(const Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  return (waits_for_reply(thread) || waits_for_thread(thread)) && !will_time_out(kernel, thread);
}

// Whether all that `thread` waits for are held up themselves; the first of them in `next`.
bool is_stuck(const Kernel& kernel, ThreadSlot thread, ThreadSlot& next) {
  const std::span<const ThreadSlot> awaited = awaited_by(kernel, thread);
  if (awaited.empty() || !is_held_up(kernel, thread)) return false;
  next = awaited.front();
  return std::all_of(awaited.begin(), awaited.end(), [&](ThreadSlot slot) { return is_held_up(kernel, slot); });
}

bool may_be_deadlocked(const Kernel& kernel, ThreadSlot thread) {
  ThreadSlot at = thread;
  for (std::size_t steps = 0; steps <= kernel.threads.size(); ++steps) {
    if (!is_stuck(kernel, at, at)) return false;
    if (at == thread) return true;
  }
  return true;
}

enum class Timeouts : bool { ignored, heeded };

std::vector<WaitEdge> edges_of(const Kernel& kernel, Timeouts timeouts) {
  std::vector<WaitEdge> edges;
  for (std::uint32_t i = 0; i < kernel.threads.size(); ++i) {
    const ThreadSlot from(i);
    if (!waits_for_reply(kernel.thread(from)) && !waits_for_thread(kernel.thread(from))) continue;
    if (timeouts == Timeouts::heeded && will_time_out(kernel, kernel.thread(from))) continue;
    for (const ThreadSlot to : awaited_by(kernel, from)) {
      edges.push_back({reference(kernel, from), reference(kernel, to)});
    }
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

// Takes out edges to those who wait for nobody, until each end waits for somebody in turn.
void keep_circles(std::vector<WaitEdge>& edges) {
  for (std::size_t before = 0; before != edges.size();) {
    before = edges.size();
    std::set<ThreadRef> waiting;
    for (const WaitEdge& edge : edges) waiting.insert(edge.from);
    std::erase_if(edges, [&](const WaitEdge& edge) { return !waiting.contains(edge.to); });
  }
}

bool publish_deadlocks(Kernel& kernel, const std::vector<WaitEdge>& edges) {
  const std::vector<std::vector<ThreadRef>> found = kernel.find_deadlocks(edges);
  for (const std::vector<ThreadRef>& members : found) {
    if (kernel.deadlocks_found.insert(members).second) kernel.records.publish(DeadlockFound{.members = members});
  }
  return !found.empty();
}

}  // namespace

std::vector<WaitEdge> wait_edges(const Kernel& kernel) { return edges_of(kernel, Timeouts::ignored); }

void look_from(Kernel& kernel, ThreadSlot thread) {
  if (kernel.find_deadlocks == nullptr || !may_be_deadlocked(kernel, thread)) return;
  publish_deadlocks(kernel, edges_of(kernel, Timeouts::heeded));
}

void look_after_end(Kernel& kernel, ProcessSlot process) {
  if (kernel.find_deadlocks == nullptr) return;
  // The one that ended was nobody's way out unless all its siblings are held up.
  const std::vector<ThreadSlot>& left = kernel.process(process).threads;
  const bool all_wait =
      std::all_of(left.begin(), left.end(), [&](ThreadSlot slot) { return is_held_up(kernel, slot); });
  if (all_wait && !left.empty()) look_from(kernel, left.front());
}

bool look_at_end(Kernel& kernel) {
  if (kernel.find_deadlocks == nullptr) return false;
  std::vector<WaitEdge> edges = edges_of(kernel, Timeouts::heeded);
  keep_circles(edges);
  return publish_deadlocks(kernel, edges);
}

}  // namespace memsim::deadlock
