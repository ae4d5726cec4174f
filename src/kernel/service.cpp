#include "kernel/service.hpp"

#include <memsim/base/qnx.hpp>

#include "kernel/messages/messenger.hpp"
#include "kernel/program/cost.hpp"
#include "kernel/sampler.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim::service {
namespace {

MemoryRequest from_message(const PendingCall& call, const Message& message) {
  MemoryRequest request;
  if (message.type == qnx::kMemInfoType) {
    request.call = Call::mem_info;
    request.arguments = {call.arguments[MsgSendArgs::fd]};
  } else {
    request.call = Call::mem_obj_info;
    request.arguments = {call.arguments[MsgSendArgs::fd],          call.arguments[MsgSendArgs::offset],
                         call.arguments[MsgSendArgs::length],      call.arguments[MsgSendArgs::send_bytes],
                         call.arguments[MsgSendArgs::reply_bytes], 0};
  }
  return request;
}

bool is_known_message(const Message& message) {
  return message.call != Call::msg_send || message.type == qnx::kMemInfoType || message.type == qnx::kMemObjInfoType;
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
  if (thread.message.call == Call::msg_send && thread.message.send_bytes < Bytes(qnx::kTypeBytes))
    return refuse(Errno::einval);
  if (!is_known_message(thread.message)) return refuse(Errno::enosys);
  MemoryRequest request = thread.message.call == Call::msg_send
                              ? from_message(call, thread.message)
                              : MemoryRequest{.call = call.call(), .arguments = call.arguments, .text = call.text};
  request.pid = thread.pid;
  request.tid = thread.tid;
  request.cpu = cpu;
  return kernel.memory.handle(request, kernel.records);
}

void publish_served(Kernel& kernel, ThreadSlot server, const Service& service, SimDuration cost) {
  const bool is_message = service.client != kNoThread;
  const MemoryWork& work = service.outcome.work;
  kernel.records.publish(
      Served{.message = is_message ? kernel.thread(service.client).message.number : 0,
             .pid = is_message ? kernel.thread(service.client).pid : service.remains,
             .tid = is_message ? kernel.thread(service.client).tid : ThreadId(),
             .server_tid = kernel.thread(server).tid,
             .cpu = kernel.thread(server).cpu,
             .reply_bytes = is_message ? std::min(service.outcome.reply_bytes, qnx::kMaxMessage) : Bytes(),
             .cost = cost,
             .allocator_splits = WorkCount(work.allocator.splits),
             .allocator_merges = WorkCount(work.allocator.merges),
             .allocator_steps = WorkCount(work.allocator.steps),
             .frames_zeroed = WorkCount(work.frames_zeroed),
             .frames_freed = WorkCount(work.frames_freed),
             .frames_moved = WorkCount(work.frames_moved),
             .pages_mapped = WorkCount(work.pages_mapped),
             .pages_unmapped = WorkCount(work.pages_unmapped),
             .page_faults = WorkCount(work.page_faults),
             .segments_walked = WorkCount(work.segments_walked),
             .segment_seek_steps = WorkCount(work.segment_seek_steps),
             .address_translations = WorkCount(work.address_translations)});
}

}  // namespace

void serve(Kernel& kernel, ThreadSlot server) {
  Service& service = kernel.services[kernel.thread(server).tid.value() - 1];
  const CostModel& costs = kernel.config->costs;
  SimDuration cost;
  if (service.client == kNoThread) {
    service.outcome = {};
    service.outcome.work = kernel.memory.remove_process(service.remains, kernel.records, kernel.thread(server).cpu);
    cost = clearing_cost(costs, service.outcome.work);
  } else {
    service.outcome = answer(kernel, service.client, kernel.thread(server).cpu);
    cost = service_cost(costs, service.outcome.work, service.outcome.reply_bytes);
  }
  publish_served(kernel, server, service, cost);
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
