// The prices of the cost model under the names that scenarios and records give them.
#pragma once

#include <array>
#include <string_view>

#include <memsim/kernel/config.hpp>

namespace memsim {

struct CostName {
  std::string_view name;
  SimDuration CostModel::*member;
  std::string_view doc;  // what takes this time
};

inline constexpr std::array kCostNames = std::to_array<CostName>({
    {"msg_send", &CostModel::msg_send, "client: trap, copy set-up, switch to the server"},
    {"msg_receive", &CostModel::msg_receive, "server: taking a message or a pulse"},
    {"msg_reply", &CostModel::msg_reply, "server: reply, and making the client ready"},
    {"copy_per_kib", &CostModel::copy_per_kib, "each KiB copied between client and server, either way"},
    {"kernel_call", &CostModel::kernel_call, "a kernel call that is no message"},
    {"pulse", &CostModel::pulse, "MsgSendPulse() and MsgDeliverEvent()"},
    {"interrupt", &CostModel::interrupt, "from an interrupt to its events, on the first processor"},
    {"memmgr_call", &CostModel::memmgr_call, "memory manager: decoding, looking up, locking"},
    {"segment_walk", &CostModel::segment_walk, "each segment delivered in a _MEM_OBJ_INFO reply"},
    {"segment_seek", &CostModel::segment_seek, "each step of the search for the first segment"},
    {"allocator_split", &CostModel::allocator_split, "each block that the policy splits"},
    {"allocator_merge", &CostModel::allocator_merge, "each two blocks that it joins"},
    {"allocator_step", &CostModel::allocator_step, "each node of a list, tree or bitmap that it looks at"},
    {"frame_zero", &CostModel::frame_zero, "zeroing a frame before it is handed out"},
    {"frame_free", &CostModel::frame_free, "returning a frame"},
    {"frame_move", &CostModel::frame_move, "copying a frame to another place and showing its users the new one"},
    {"page_map", &CostModel::page_map, "entering a page in a page table"},
    {"page_unmap", &CostModel::page_unmap, "taking it out"},
    {"page_fault", &CostModel::page_fault, "trap and lookup of a fault, besides what it allocates"},
    {"mem_offset", &CostModel::mem_offset, "the address translation inside mem_offset64()"},
    {"process_spawn", &CostModel::process_spawn, "starting a process"},
    {"process_exit", &CostModel::process_exit, "ending one"},
});
static_assert(sizeof(CostModel) == kCostNames.size() * sizeof(SimDuration), "each cost has its name");

}  // namespace memsim
