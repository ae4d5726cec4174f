#include "kernel/notices/names.hpp"

#include <algorithm>

#include <memsim/base/qnx.hpp>

#include "kernel/messages/messenger.hpp"

namespace memsim::notices::names {

SimResult<Value> attach(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  const std::string& name = thread.ask.text;
  if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return refused(Errno::einval);
  if (name.size() > qnx::kNameMax) return refused(Errno::enametoolong);
  if (kernel.attached_names.contains(name)) return refused(Errno::eexist);
  const SimResult<ChannelSlot> channel =
      messenger::create_channel(kernel, thread.process, qnx::kChannelUnblock | qnx::kChannelDisconnect);
  if (!channel) return refused(channel.error());
  const ChannelId chid = kernel.channel(*channel).chid();
  kernel.attached_names.emplace(name, ConnectionTarget{.server = thread.pid, .chid = chid});
  kernel.process(thread.process).has_names = true;
  return Value{chid.value()};
}

SimResult<void> detach(Kernel& kernel, ThreadSlot slot) {
  const Thread& thread = kernel.thread(slot);
  const Value chid = thread.ask.arguments[ChannelDestroyArgs::chid];
  const bool has_name = std::any_of(kernel.attached_names.begin(), kernel.attached_names.end(), [&](const auto& entry) {
    return entry.second.server == thread.pid && entry.second.chid.value() == chid;
  });
  if (!has_name) return refused(Errno::einval);
  messenger::destroy_channel(
      kernel, messenger::find_channel(kernel, thread.process, ChannelId(static_cast<std::int32_t>(chid))));
  return {};
}

}  // namespace memsim::notices::names
