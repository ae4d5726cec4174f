#include "kernel/tables/cost.hpp"

#include <optional>

namespace memsim {
namespace {

// The request structures of the modelled system have a few dozen bytes.
constexpr Bytes kRequestBytes{48};

// Without what is copied.
SimDuration bare_cost(const CostModel& costs, Call call) {
  switch (call) {
    case Call::msg_send:
      return costs.msg_send;
    case Call::msg_receive:
    case Call::msg_receive_pulse:
      return costs.msg_receive;
    case Call::msg_reply:
    case Call::msg_error:
      return costs.msg_reply;
    case Call::msg_send_pulse:
    case Call::msg_deliver_event:
      return costs.pulse;
    case Call::sync_mutex_lock:
    case Call::sync_mutex_unlock:
      return SimDuration::zero();  // no call of the kernel, unless somebody has to wait
    case Call::spawn:
      return costs.process_spawn;
    default:
      return is_memmgr_call(call) ? costs.msg_send + copy_cost(costs, kRequestBytes) : costs.kernel_call;
  }
}

SimDuration cost_of(const CostModel& costs, const MemoryWork& work) {
  return costs.allocator_split * work.allocator.splits + costs.allocator_merge * work.allocator.merges +
         costs.allocator_step * work.allocator.steps + costs.frame_zero * work.frames_zeroed +
         costs.frame_free * work.frames_freed + costs.frame_move * work.frames_moved +
         costs.page_map * work.pages_mapped + costs.page_unmap * work.pages_unmapped +
         costs.page_fault * work.page_faults + costs.segment_walk * work.segments_walked +
         costs.segment_seek * work.segment_seek_steps + costs.mem_offset * work.address_translations;
}

// Which argument of the call says how much is copied when the thread enters the kernel.
std::optional<std::size_t> copied_argument(Call call) {
  switch (call) {
    case Call::msg_send:
      return MsgSendArgs::send_bytes;
    case Call::msg_reply:
      return MsgReplyArgs::bytes;
    case Call::msg_read:
    case Call::msg_write:
      return MsgTransferArgs::bytes;
    default:
      return std::nullopt;
  }
}

}  // namespace

SimDuration service_cost(const CostModel& costs, const MemoryWork& work, Bytes reply_bytes) {
  return costs.msg_receive + costs.memmgr_call + cost_of(costs, work) + costs.msg_reply +
         copy_cost(costs, std::min(reply_bytes, qnx::kMaxMessage));
}

SimDuration clearing_cost(const CostModel& costs, const MemoryWork& work) {
  return costs.msg_receive + costs.process_exit + cost_of(costs, work);
}

EntryCosts::EntryCosts(const CostModel& costs) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto call = static_cast<Call>(i);
    entries_[i].bare = bare_cost(costs, call);
    if (const auto copied = copied_argument(call)) entries_[i].copied = static_cast<std::uint8_t>(*copied);
  }
}

}  // namespace memsim
