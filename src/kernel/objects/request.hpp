// What the memory manager is asked, what it answers, and the work that took: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <memsim/base/call.hpp>
#include <memsim/base/errno.hpp>
#include <memsim/base/ids.hpp>
#include <memsim/kernel/call_table.hpp>
#include <memsim/kernel/config.hpp>
#include <memsim/phys/request.hpp>

namespace memsim {

// What a call made the memory manager do, in units that the cost model prices.
struct MemoryWork {
  AllocatorWork allocator;
  std::uint64_t frames_zeroed = 0;
  std::uint64_t frames_freed = 0;
  std::uint64_t frames_moved = 0;
  std::uint64_t pages_mapped = 0;
  std::uint64_t pages_unmapped = 0;
  std::uint64_t page_faults = 0;
  std::uint64_t segments_walked = 0;
  std::uint64_t segment_seek_steps = 0;
  std::uint64_t address_translations = 0;
  MemoryWork& operator+=(const MemoryWork& other);
};

// A request as it arrives at the memory manager: `arguments` in the order of the call table, defaults filled in, flags
// or-ed. _MEM_INFO and _MEM_OBJ_INFO are messages that a program may send by hand: what they ask stands in `bytes`.
struct MemoryRequest {
  Call call = Call::shm_open;
  ProcessId pid{};
  ThreadId tid{};
  CpuId cpu{};  // on which the memory manager serves it
  CallArguments arguments{};
  std::string_view text;  // the text argument of the call (a name), empty when it has none; lives while it is handled
  std::span<const std::byte> bytes{};  // contents of the message, see vm/mem_obj_info.hpp; lives while it is handled
  Bytes reply_bytes{};                 // room for the reply to _MEM_INFO or _MEM_OBJ_INFO
};

struct MemoryOutcome {
  Value value = 0;  // what the call returns; -1 with `error` set when refused
  Errno error = Errno::eok;
  ObjectId object;                 // concerned; 0 none
  Bytes reply_bytes;               // copied to the client
  std::array<Value, 4> results{};  // the further results of the call table, in order
  std::vector<Segment> segments;   // delivered in reply to _MEM_OBJ_INFO
  MemoryWork work;
};

}  // namespace memsim
