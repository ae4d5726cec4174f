#include "kernel/notices/notices.hpp"

#include <memsim/base/qnx.hpp>

#include "kernel/messages/messenger.hpp"
#include "kernel/notices/interrupts.hpp"
#include "kernel/notices/names.hpp"
#include "kernel/notices/timers.hpp"

namespace memsim::notices {
namespace {

SimResult<void> deliver_event(Kernel& kernel, ThreadSlot slot) {
  const ReceiveId rcvid(kernel.thread(slot).ask.arguments[DeliverArgs::rcvid]);
  const SimResult<ProcessId> client = messenger::sender_of(kernel, slot, rcvid);
  if (!client) return refused(client.error());
  const SimResult<Notice> notice = read_notice(kernel, slot, DeliverArgs::event);
  if (!notice) return refused(notice.error());
  return send(kernel, *client, *notice);
}

Answer answer_of(const SimResult<void>& result) {
  return result ? Answer{} : Answer{.value = -1, .error = result.error()};
}
template <class T>
Answer answer_of(const SimResult<T>& result) {
  return result ? Answer{.value = *result} : Answer{.value = -1, .error = result.error()};
}

Answer answer(Kernel& kernel, ThreadSlot slot) {
  switch (kernel.thread(slot).ask.what) {
    case Call::msg_deliver_event:
      return answer_of(deliver_event(kernel, slot));
    case Call::interrupt_attach_event:
    case Call::interrupt_attach_thread:
      return answer_of(interrupts::attach(kernel, slot));
    case Call::interrupt_detach:
      return answer_of(interrupts::detach(kernel, slot));
    case Call::interrupt_mask:
      return answer_of(interrupts::mask(kernel, slot));
    case Call::interrupt_unmask:
      return answer_of(interrupts::unmask(kernel, slot));
    case Call::timer_create:
      return answer_of(timers::create(kernel, slot));
    case Call::timer_destroy:
      return answer_of(timers::destroy(kernel, slot));
    case Call::name_attach:
      return answer_of(names::attach(kernel, slot));
    default:
      MEMSIM_CHECK(kernel.thread(slot).ask.what == Call::name_detach);
      return answer_of(names::detach(kernel, slot));
  }
}

void set_timer(Kernel& kernel, ThreadSlot slot) {
  const SimResult<timers::Setting> before = timers::set(kernel, slot);
  if (!before) return messenger::complete(kernel, slot, {.value = -1, .error = before.error()});
  const Value results[] = {static_cast<Value>(before->left.count()), static_cast<Value>(before->interval.count())};
  messenger::complete(kernel, slot, {.more = results});
}

}  // namespace

void carry_out(Kernel& kernel, ThreadSlot slot) {
  if (kernel.thread(slot).ask.what == Call::interrupt_wait) return interrupts::wait(kernel, slot);
  if (kernel.thread(slot).ask.what == Call::timer_settime) return set_timer(kernel, slot);
  const Answer given = answer(kernel, slot);
  messenger::complete(kernel, slot, given);
}

SimResult<Notice> read_notice(const Kernel& kernel, ThreadSlot slot, std::size_t first) {
  const Thread& thread = kernel.thread(slot);
  const CallArguments& given = thread.ask.arguments;
  const Value code = given[first + EventArgs::code];
  const Value priority = given[first + EventArgs::priority];
  if (code < 0 || code > qnx::kPulseLastUserCode || priority == 0 || priority < -1 || priority > 255) {
    return refused(Errno::einval);
  }
  const Value coid = given[first + EventArgs::coid];
  if (!std::in_range<ConnectionId::rep>(coid)) return refused(Errno::ebadf);
  return Notice{.coid = ConnectionId(static_cast<ConnectionId::rep>(coid)),
                .code = static_cast<std::int32_t>(code),
                .value = given[first + EventArgs::value],
                .priority = priority == -1 ? thread.priority : static_cast<std::uint8_t>(priority)};
}

SimResult<void> send(Kernel& kernel, ProcessId pid, const Notice& notice) {
  const SimResult<ChannelSlot> channel = messenger::resolve(kernel, pid, notice.coid);
  if (!channel) return refused(channel.error());
  if (*channel == kMemmgrChannel) return refused(Errno::eperm);
  messenger::send_pulse(kernel, *channel, pid, notice.code, notice.value, notice.priority);
  return {};
}

}  // namespace memsim::notices
