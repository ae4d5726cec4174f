#include "kernel/service.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <memsim/vm/mem_obj_info.hpp>
#include "kernel/messages/messenger.hpp"
#include "kernel/sampler.hpp"
#include "kernel/schedule/scheduler.hpp"

namespace memsim::service {
namespace {

// A message of a program's own may ask for what three of the calls ask for; which they then are. Errors: EINVAL for one
// too short to have a type, ENOSYS for an unknown type.
SimResult<Call> call_of(const Message& message) {
  if (message.call != Call::msg_send) return message.call;
  if (message.send_bytes < Bytes(qnx::kTypeBytes)) return refused(Errno::einval);
  if (message.type == qnx::kMemInfoType) return Call::mem_info;
  if (message.type == qnx::kMemObjInfoType) return Call::mem_obj_info;
  if (message.type == qnx::kMemPmemAddType) return Call::mem_pmem_add;
  return refused(Errno::enosys);
}

MemoryOutcome answer(Kernel& kernel, const Message& message, CpuId cpu) {
  const SimResult<Call> call = call_of(message);
  if (!call) {
    MemoryOutcome outcome;
    outcome.value = -1;
    outcome.error = call.error();
    return outcome;
  }
  return kernel.memory.handle({.call = *call,
                               .pid = message.pid,
                               .tid = message.tid,
                               .cpu = cpu,
                               .arguments = message.arguments,
                               .text = message.text,
                               .bytes = message.bytes,
                               .reply_bytes = message.reply_bytes},
                              kernel.records);
}

// `message`: null where nobody is answered.
void publish_served(Kernel& kernel, ThreadSlot server, const Message* message, ProcessId pid,
                    const MemoryOutcome& outcome, SimDuration cost) {
  const MemoryWork& work = outcome.work;
  kernel.records.publish(Served{.message = message != nullptr ? message->number : 0,
                                .pid = pid,
                                .tid = message != nullptr ? message->tid : ThreadId(),
                                .server_tid = kernel.thread(server).tid,
                                .cpu = kernel.thread(server).cpu,
                                .reply_bytes = std::min(outcome.reply_bytes, qnx::kMaxMessage),
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

void stop_at_caps(Kernel& kernel) {
  const Limits& limits = kernel.config->limits;
  const MemoryManager& memory = kernel.memory;
  if (memory.object_count() > limits.objects) kernel.stop(StopReason::resource_cap, "limits.objects");
  if (memory.descriptor_count() > limits.descriptors) kernel.stop(StopReason::resource_cap, "limits.descriptors");
  if (memory.mapping_count() > limits.mappings) kernel.stop(StopReason::resource_cap, "limits.mappings");
}

class ServiceThread final : public Caller {
 public:
  // Serves what was received, or replies to what was served.
  void next(const Turn& turn, Ask& ask) override {
    if (is_served_) {
      ask.kind = Ask::Kind::again;
      return reply_and_receive(*turn.kernel, turn.thread);
    }
    is_served_ = true;
    ask.compute(rcvid_ == ReceiveId() ? clear_up(*turn.kernel, turn.thread) : serve(*turn.kernel, turn.thread));
    stop_at_caps(*turn.kernel);
    sampler::memory_changed(*turn.kernel);
  }

  void take(const Answer& received) override {
    rcvid_ = ReceiveId(received.value);
    remains_ = ProcessId(static_cast<std::uint32_t>(received.more[1]));
    is_served_ = false;
  }

  [[nodiscard]] std::unique_ptr<Caller> clone() const override { return std::make_unique<ServiceThread>(*this); }

 private:
  static ThreadSlot client(const Kernel& kernel, ThreadSlot server, ReceiveId rcvid) {
    const SimResult<ThreadSlot> found = messenger::client_of(kernel, server, rcvid);
    MEMSIM_CHECK_THAT(found.has_value(), "the memory manager's clients wait until it replies");
    return *found;
  }

  SimDuration serve(Kernel& kernel, ThreadSlot server) {
    const CostModel& costs = kernel.config->costs;
    const Message& message = kernel.thread(client(kernel, server, rcvid_)).message;
    outcome_ = answer(kernel, message, kernel.thread(server).cpu);
    const SimDuration cost = service_cost(costs, outcome_.work, outcome_.reply_bytes);
    publish_served(kernel, server, &message, message.pid, outcome_, cost);
    return cost;
  }

  // After a process that has ended.
  SimDuration clear_up(Kernel& kernel, ThreadSlot server) {
    const CostModel& costs = kernel.config->costs;
    outcome_ = {};
    outcome_.work = kernel.memory.remove_process(remains_, kernel.records, kernel.thread(server).cpu);
    const SimDuration cost = clearing_cost(costs, outcome_.work);
    publish_served(kernel, server, nullptr, remains_, outcome_, cost);
    return cost;
  }

  void reply_and_receive(Kernel& kernel, ThreadSlot server) {
    if (rcvid_ != ReceiveId()) {
      messenger::reply(kernel, client(kernel, server, rcvid_),
                       {.status = outcome_.value,
                        .error = outcome_.error,
                        .bytes = outcome_.reply_bytes,
                        .object = outcome_.object,
                        .results = outcome_.results,
                        .segments = outcome_.segments});
    }
    constexpr Value kForEver = -1;
    messenger::receive(kernel, server, kMemmgrChannel, kForEver);
  }

  bool is_served_ = true;
  ReceiveId rcvid_;    // 0: clearing up after a dead process
  ProcessId remains_;  // that process
  MemoryOutcome outcome_;
};

}  // namespace

std::unique_ptr<Caller> new_thread() { return std::make_unique<ServiceThread>(); }

void write_request(Message& message, Value fd, Value offset, Value length, Value zero) {
  // Descriptors are 32 bits wide; a value outside names nothing.
  const bool is_narrow = std::in_range<ConnectionId::rep>(fd);
  const MemObjInfoRequest request{.type = message.type,
                                  .zero = static_cast<std::uint16_t>(zero),
                                  .fd = ConnectionId(is_narrow ? static_cast<ConnectionId::rep>(fd)
                                                               : std::numeric_limits<ConnectionId::rep>::min()),
                                  .offset = bytes_of(offset),
                                  .length = bytes_of(length)};
  message.bytes.resize(qnx::kMemObjInfoRequestBytes);
  encode(request, std::span(message.bytes).first<qnx::kMemObjInfoRequestBytes>());
  if (message.send_bytes < Bytes(message.bytes.size())) message.bytes.resize(message.send_bytes.count());
}

void write_call(Message& message, const Ask& ask) {
  message.call = ask.what;
  message.type = 0;
  message.value = 0;
  message.send_bytes = Bytes();
  message.reply_bytes = qnx::kMaxMessage;
  if (!message.bytes.empty()) message.bytes.clear();
  if (ask.what == Call::mem_pmem_add) {
    message.send_bytes = Bytes(qnx::kMemObjInfoRequestBytes);
    write_request(message, 0, ask.arguments[RangeArgs::addr], ask.arguments[RangeArgs::len]);
    message.send_bytes = Bytes();
    return;
  }
  if (ask.what != Call::mem_obj_info && ask.what != Call::mem_info) {
    message.arguments = ask.arguments;
    message.text = ask.text;
    return;
  }
  // Those that a program may also send by hand look the same either way. Records tell them apart by call and type.
  using Args = MemObjInfoArgs;
  const bool about_object = ask.what == Call::mem_obj_info;
  if (about_object) message.reply_bytes = bytes_of(ask.arguments[Args::reply_bytes]);
  message.send_bytes = about_object ? bytes_of(ask.arguments[Args::send_bytes]) : Bytes(qnx::kMemObjInfoRequestBytes);
  write_request(message, ask.arguments[Args::fd], ask.arguments[Args::offset], ask.arguments[Args::length],
                ask.arguments[Args::zero]);
  message.send_bytes = Bytes();
}

}  // namespace memsim::service
