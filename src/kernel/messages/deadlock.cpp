#include "kernel/messages/deadlock.hpp"

#include <algorithm>

namespace memsim::deadlock {
namespace {

bool waits_for_reply(const Thread& thread) {
  return thread.state == ThreadState::send || thread.state == ThreadState::reply;
}

ThreadRef reference(const Kernel& kernel, ThreadSlot slot) { return {kernel.pid_of(slot), kernel.thread(slot).tid}; }

// Whether all that `thread` waits for are blocked in MsgSend() themselves; the first of them in `next`.
bool is_stuck(const Kernel& kernel, ThreadSlot thread, ThreadSlot& next) {
  const std::span<const ThreadSlot> awaited = awaited_by(kernel, thread);
  if (awaited.empty()) return false;
  next = awaited.front();
  return std::all_of(awaited.begin(), awaited.end(),
                     [&](ThreadSlot slot) { return waits_for_reply(kernel.thread(slot)); });
}

bool may_be_deadlocked(const Kernel& kernel, ThreadSlot thread) {
  ThreadSlot at = thread;
  for (std::size_t steps = 0; steps <= kernel.threads.size(); ++steps) {
    if (!is_stuck(kernel, at, at)) return false;
    if (at == thread) return true;
  }
  return true;
}

}  // namespace

std::span<const ThreadSlot> awaited_by(const Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  if (!waits_for_reply(thread) || thread.message.channel == kMemmgrChannel) return {};
  const ProcessSlot server = kernel.find_process(thread.message.server);
  if (server == kNoProcess) return {};
  const std::vector<ThreadSlot>& servers = kernel.process(server).threads;
  const ThreadSlot& holder = thread.message.holder;
  const bool is_held =
      thread.state == ThreadState::reply && std::find(servers.begin(), servers.end(), holder) != servers.end();
  return is_held ? std::span(&holder, 1) : std::span(servers);
}

std::vector<WaitEdge> wait_edges(const Kernel& kernel) {
  std::vector<WaitEdge> edges;
  for (std::uint32_t i = 0; i < kernel.threads.size(); ++i) {
    const ThreadSlot from(i);
    if (!waits_for_reply(kernel.thread(from))) continue;
    for (const ThreadSlot to : awaited_by(kernel, from)) {
      edges.push_back({reference(kernel, from), reference(kernel, to)});
    }
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

void look_from(Kernel& kernel, ThreadSlot thread) {
  if (kernel.find_deadlocks == nullptr || !may_be_deadlocked(kernel, thread)) return;
  const std::vector<WaitEdge> edges = wait_edges(kernel);
  for (const std::vector<ThreadRef>& members : kernel.find_deadlocks(edges)) {
    if (kernel.deadlocks_found.insert(members).second) kernel.records.publish(DeadlockFound{.members = members});
  }
}

}  // namespace memsim::deadlock
