#include "kernel/service.hpp"

#include "kernel/cost.hpp"
#include "kernel/messenger.hpp"
#include "kernel/sampler.hpp"
#include "kernel/scheduler.hpp"

namespace memsim::service {
namespace {

// Message types that a program may send with MsgSend() to MEMMGR_COID.
constexpr std::uint16_t kTypeMemInfo = 0x42;
constexpr std::uint16_t kTypeMemObjInfo = 0x4a;

// Where MsgSend()'s arguments are, by the call table.
enum SendArgument : std::size_t { kCoid, kType, kValue, kSendBytes, kReplyBytes, kTimeout, kFd, kOffset, kLength };

MemoryRequest from_message(const PendingCall& call, const Message& message) {
  MemoryRequest request;
  if (message.type == kTypeMemInfo) {
    request.call = Call::mem_info;
    request.arguments = {call.arguments[kFd]};
  } else {
    request.call = Call::mem_obj_info;
    request.arguments = {call.arguments[kFd],        call.arguments[kOffset],     call.arguments[kLength],
                         call.arguments[kSendBytes], call.arguments[kReplyBytes], 0};
  }
  return request;
}

bool is_known_message(const Message& message) {
  return message.call != Call::msg_send || message.type == kTypeMemInfo || message.type == kTypeMemObjInfo;
}

MemoryOutcome refuse(Errno error) {
  MemoryOutcome outcome;
  outcome.value = -1;
  outcome.error = error;
  return outcome;
}

MemoryOutcome answer(Kernel& kernel, ThreadSlot client, CpuId cpu) {
  const Thread& thread = kernel.thread(client);
  const PendingCall& call = thread.pending;
  constexpr Bytes kTypeField{2};
  if (thread.message.call == Call::msg_send && thread.message.send_bytes < kTypeField) return refuse(Errno::einval);
  if (!is_known_message(thread.message)) return refuse(Errno::enosys);
  MemoryRequest request = thread.message.call == Call::msg_send
                              ? from_message(call, thread.message)
                              : MemoryRequest{.call = call.call(), .arguments = call.arguments, .text = call.text};
  request.pid = thread.pid;
  request.tid = thread.tid;
  request.cpu = cpu;
  return kernel.memory.handle(request, kernel.records);
}

}  // namespace

void serve(Kernel& kernel, ThreadSlot server) {
  Service& service = kernel.services[kernel.thread(server).tid.value() - 1];
  const CostModel& costs = kernel.config->costs;
  SimDuration cost = costs.msg_receive;
  if (service.client == kNoThread) {
    const MemoryWork work = kernel.memory.remove_process(service.remains, kernel.records, kernel.thread(server).cpu);
    cost += costs.process_exit + cost_of(costs, work);
  } else {
    service.outcome = answer(kernel, service.client, kernel.thread(server).cpu);
    cost += costs.memmgr_call + cost_of(costs, service.outcome.work) + costs.msg_reply;
    cost += copy_cost(costs, std::min(service.outcome.reply_bytes, messenger::kMaxMessage));
  }
  if (kernel.memory.object_count() > kernel.config->limits.objects) {
    kernel.stop(StopReason::resource_cap, "limits.objects");
  }
  sampler::memory_changed(kernel);
  scheduler::charge(kernel.thread(server), cost);
  kernel.thread(server).phase = Phase::send_reply;
}

void send_reply(Kernel& kernel, ThreadSlot server) {
  Service& service = kernel.services[kernel.thread(server).tid.value() - 1];
  if (service.client != kNoThread) {
    const MemoryOutcome& outcome = service.outcome;
    messenger::reply(kernel, service.client, outcome.value, outcome.error,
                     {.bytes = outcome.reply_bytes, .object = outcome.object, .results = outcome.results});
    service.client = kNoThread;
  }
  constexpr Value kForEver = -1;
  messenger::receive(kernel, server, kMemmgrChannel, kForEver);
}

}  // namespace memsim::service
