// _MEM_OBJ_INFO: the physical segments of an object. _MEM_PMEM_ADD: memory that was reserved.
#include <algorithm>
#include <utility>
#include <vector>

#include <memsim/vm/mem_obj_info.hpp>

#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/objects/descriptors.hpp"

namespace memsim::memmgr {
namespace {

// The further results: end, first_paddr, longest, in_range.
std::array<Value, 4> results_of(std::span<const Segment> delivered, std::uint64_t in_range, Bytes offset) {
  Bytes longest;
  for (const Segment& segment : delivered) longest = std::max(longest, segment.length);
  const Bytes end = delivered.empty() ? offset : delivered.back().end();
  const PhysAddr first = delivered.empty() ? PhysAddr() : delivered.front().paddr;
  return {static_cast<Value>(end.count()), static_cast<Value>(first.value()), static_cast<Value>(longest.count()),
          static_cast<Value>(in_range)};
}

}  // namespace

SimResult<Value> mem_obj_info(Context& context) {
  const auto request = decode_mem_obj_info(context.request.bytes);
  if (!request) return refused(request.error());
  const auto slot = find_shared_memory(context, request->fd.value(), Errno::enodev);
  if (!slot) return refused(slot.error());
  const MemoryObject& object = context.state.objects.at(context.state.descriptions.at(*slot).object);
  if (!object.is_physical_memory_object()) return refused(context.state.semantics.not_physical_errno);

  const auto [offset, length] = std::pair(request->offset, request->length);
  const std::uint64_t capacity = segment_capacity(context.request.reply_bytes);
  std::vector<Segment>& delivered = context.outcome.segments;
  delivered.resize(std::min<std::uint64_t>(capacity, object.segment_count()));
  const SegmentMap::Walk walk = object.segments.walk(offset, length, delivered);
  delivered.resize(walk.delivered);
  context.outcome.reply_bytes = Bytes(walk.delivered * kSegmentBytes);
  context.outcome.results = results_of(delivered, walk.in_range, offset);
  context.work().segments_walked += walk.delivered;
  context.work().segment_seek_steps += walk.seek_steps;
  context.records.publish(SegmentReply{.pid = context.request.pid,
                                       .tid = context.request.tid,
                                       .object = object.id,
                                       .object_size = object.size,
                                       .offset = offset,
                                       .length = length,
                                       .capacity = capacity,
                                       .in_range = walk.in_range,
                                       .cut = walk.delivered < walk.in_range,
                                       .segments = delivered});
  return static_cast<Value>(walk.delivered);
}

// The request is laid out as that of _MEM_OBJ_INFO, with an address in place of the offset. Whole pages are added, as
// in 6.4.1: what they do not fill is left out, and where that leaves nothing, nothing is done.
SimResult<Value> mem_pmem_add(Context& context) {
  const auto request = decode_mem_obj_info(context.request.bytes);
  if (!request) return refused(request.error());
  if (!context.process.abilities.mem_add) return refused(Errno::eperm);
  State& state = context.state;
  const std::uint64_t page = state.page_size().bytes().count();
  const std::uint64_t stop = std::min(saturating_add(request->offset, request->length).count(), kPhysicalEnd.value());
  const std::uint64_t first = request->offset.count() / page + (request->offset.count() % page == 0 ? 0 : 1);
  if (first >= stop / page) return 0;
  const Extent extent{FrameNumber(first), FrameCount(stop / page - first)};
  const auto work = state.machine.add_reserved(context.records, context.request.pid, extent);
  if (!work) return refused(Errno::einval);
  state.frames_at_boot -= extent.count;
  context.work().allocator += *work;
  context.work().frames_freed += extent.count.count();
  return 0;
}

}  // namespace memsim::memmgr
