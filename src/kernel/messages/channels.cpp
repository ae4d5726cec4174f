// Channels and connections.
#include <algorithm>
#include <limits>

#include "kernel/messages/message_list.hpp"
#include "kernel/messages/messenger.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim::messenger {

namespace {

// A process has one channel for each of these flags at most.
bool has_channel_for(const Kernel& kernel, const Process& process, std::uint32_t flag) {
  return std::any_of(process.channels.begin(), process.channels.end(),
                     [&](const OwnedChannel& owned) { return kernel.channel(owned.slot).has(flag); });
}

// The names of a channel that is about to be gone.
void forget_names(Kernel& kernel, const ConnectionTarget& channel) {
  std::erase_if(kernel.attached_names, [&](const auto& entry) { return entry.second == channel; });
}

// The channel is about to be gone: whoever has connections to it and a channel for such news is told of each.
void tell_of_coid_death(Kernel& kernel, ChannelSlot slot) {
  std::erase(kernel.coid_death_channels, slot);
  const ConnectionTarget gone{.server = kernel.channel(slot).owner(), .chid = kernel.channel(slot).chid()};
  const std::vector<ChannelSlot> told = kernel.coid_death_channels;
  for (const ChannelSlot listener : told) {
    const ProcessId pid = kernel.channel(listener).owner();
    if (kernel.process(kernel.find_process(pid)).life != Life::alive) continue;
    std::vector<ConnectionId> broken;
    kernel.memory.descriptors(pid).for_each_connection([&](ConnectionId coid, const ConnectionTarget& target) {
      if (target == gone) broken.push_back(coid);
    });
    for (const ConnectionId coid : broken) {
      send_pulse(kernel, listener, gone.server, qnx::kPulseCoidDeath, coid.value(), kernel.config->memmgr.priority);
    }
  }
}

}  // namespace

SimResult<ChannelSlot> create_channel(Kernel& kernel, ProcessSlot owner, std::uint32_t flags) {
  Process& process = kernel.process(owner);
  for (const std::uint32_t flag : {qnx::kChannelThreadDeath, qnx::kChannelCoidDisconnect}) {
    if ((flags & flag) != 0 && has_channel_for(kernel, process, flag)) return refused(Errno::ebusy);
  }
  if (process.last_chid == std::numeric_limits<std::int32_t>::max()) return refused(Errno::eagain);
  const std::size_t alive = kernel.channels.size() - kernel.free_channels.size();
  // The memory manager's own comes before all.
  if (alive > kernel.config->limits.channels) {
    kernel.stop(StopReason::resource_cap, "limits.channels");
    return refused(Errno::eagain);
  }
  ChannelSlot slot(static_cast<std::uint32_t>(kernel.channels.size()));
  if (kernel.free_channels.empty()) {
    kernel.channels.emplace_back();
  } else {
    slot = kernel.free_channels.back();
    kernel.free_channels.pop_back();
  }
  const ChannelId chid(++process.last_chid);
  process.channels.push_back({chid, slot});
  kernel.channel(slot) = Channel(process.pid, chid, flags, ++kernel.channel_serials);
  if ((flags & qnx::kChannelCoidDisconnect) != 0) kernel.coid_death_channels.push_back(slot);
  return slot;
}

void destroy_channel(Kernel& kernel, ChannelSlot slot) {
  Channel& channel = kernel.channel(slot);
  const ProcessSlot owner = kernel.find_process(channel.owner());
  if (!kernel.coid_death_channels.empty()) tell_of_coid_death(kernel, slot);
  if (kernel.process(owner).has_names) forget_names(kernel, {.server = channel.owner(), .chid = channel.chid()});
  std::erase_if(kernel.process(owner).channels, [slot](const OwnedChannel& owned) { return owned.slot == slot; });
  kernel.pulses_waiting -= channel.senders().pulse_count();
  const std::vector<ThreadSlot> senders = channel.senders().senders();
  const std::vector<ThreadSlot> receivers = channel.receivers();
  std::vector<ThreadSlot> held;
  for (ThreadSlot s = channel.first_reply_blocked; s != kNoThread; s = kernel.thread(s).reply_next) held.push_back(s);
  // Everybody who waits here leaves while the channel still exists; then it is gone for good.
  for (const ThreadSlot client : senders) {
    kernel.channel(slot).senders().remove(client);
    reply(kernel, client, {.error = Errno::esrch});
  }
  for (const ThreadSlot client : held) reply(kernel, client, {.error = Errno::esrch});
  for (const ThreadSlot server : receivers) {
    kernel.channel(slot).remove_receiver(server);
    give_up_receiving(kernel, server, Errno::esrch);
  }
  for (const ThreadSlot server : kernel.process(owner).threads) {
    if (kernel.thread(server).last_channel == slot) kernel.thread(server).last_channel = kNoChannel;
  }
  kernel.channel(slot) = Channel{};
  kernel.free_channels.push_back(slot);
}

ChannelSlot live_channel(const Kernel& kernel, const ConnectionTarget& target) {
  const ProcessSlot server = kernel.find_process(target.server);
  if (server == kNoProcess) return kNoChannel;
  return find_channel(kernel, server, target.chid);
}

SimResult<ChannelSlot> resolve(const Kernel& kernel, ProcessId pid, ConnectionId coid) {
  if (coid == kMemmgrCoid) return kMemmgrChannel;
  const ConnectionTarget* target = kernel.memory.descriptors(pid).connection(coid);
  if (target == nullptr) return refused(Errno::ebadf);
  const ProcessSlot server = kernel.find_process(target->server);
  if (server == kNoProcess) return refused(Errno::ebadf);
  if (kernel.process(server).life == Life::terminating) return refused(Errno::enxio);
  const ChannelSlot channel = find_channel(kernel, server, target->chid);
  if (channel == kNoChannel) return refused(Errno::ebadf);
  return channel;
}

void thread_ended(Kernel& kernel, ProcessSlot process, ThreadId tid) {
  const std::vector<OwnedChannel>& owned = kernel.process(process).channels;
  const auto listener = std::find_if(owned.begin(), owned.end(), [&](const OwnedChannel& channel) {
    return kernel.channel(channel.slot).has(qnx::kChannelThreadDeath);
  });
  if (listener == owned.end()) return;
  send_pulse(kernel, listener->slot, kernel.process(process).pid, qnx::kPulseThreadDeath, tid.value(),
             kernel.config->memmgr.priority);
}

void client_left(Kernel& kernel, ChannelSlot channel, ProcessId client) {
  if (channel == kMemmgrChannel || !kernel.channel(channel).has(qnx::kChannelDisconnect)) return;
  const ProcessSlot owner = kernel.find_process(kernel.channel(channel).owner());
  if (owner == kNoProcess || kernel.process(owner).life != Life::alive) return;
  // The modelled system says no more than the scoid; the pulse's value names the client by pid besides.
  send_pulse(kernel, channel, client, qnx::kPulseDisconnect, client.value(), kernel.config->memmgr.priority);
}

}  // namespace memsim::messenger
