#include "kernel/cost.hpp"

#include "kernel/messenger.hpp"

namespace memsim {
namespace {

// Oversized messages are refused when the call takes effect; until then they cost as much as the largest allowed.
SimDuration bounded_copy_cost(const CostModel& costs, Bytes bytes) {
  return copy_cost(costs, std::min(bytes, messenger::kMaxMessage));
}

// The request structures of the modelled system have a few dozen bytes.
constexpr Bytes kRequestBytes{48};

}  // namespace

SimDuration entry_cost(const CostModel& costs, const PendingCall& call) {
  switch (call.call) {
    case Call::msg_send:
      return costs.msg_send + bounded_copy_cost(costs, argument_bytes(call, 3));
    case Call::msg_receive:
      return costs.msg_receive;
    case Call::msg_reply:
      return costs.msg_reply + bounded_copy_cost(costs, argument_bytes(call, 2));
    case Call::msg_error:
      return costs.msg_reply;
    case Call::msg_read:
    case Call::msg_write:
      return costs.kernel_call + bounded_copy_cost(costs, argument_bytes(call, 1));
    case Call::msg_send_pulse:
      return costs.pulse;
    case Call::spawn:
      return costs.process_spawn;
    default:
      return is_memmgr_call(call.call) ? costs.msg_send + copy_cost(costs, kRequestBytes) : costs.kernel_call;
  }
}

}  // namespace memsim
