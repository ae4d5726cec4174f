// ftruncate(): the size of an ordinary object.
#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/memmgr/sizes.hpp"
#include "kernel/objects/descriptors.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {

SimResult<void> resize_ordinary(Context& context, ObjectSlot slot, Bytes size) {
  State& state = context.state;
  const PageSize page_size = state.page_size();
  const MemoryObject& before = state.objects.at(slot);
  if (size == before.size) return {};
  const FrameCount have = before.frames(page_size);
  const FrameCount want = page_size.frames_covering(size);
  const FrameDemand demand{
      .count = want > have ? want - have : FrameCount(), .mobility = Mobility::movable, .areas = areas_for(before)};
  const auto taken = take_frames(context, before.id, demand);
  if (!taken) return refused(taken.error());
  give(context, slot, PageNumber(have.count()), *taken, [&](MemoryObject& object) {
    object.kind = size.is_zero() ? ObjectKind::none : ObjectKind::truncated;
    object.size = size;
    if (want < have) release_pages(context, object, {PageNumber(want.count()), have - want});
  });
  return {};
}

SimResult<Value> ftruncate(Context& context) {
  const auto slot = find_shared_memory(context, context.argument(FtruncateArgs::fd), Errno::enosys);
  if (!slot) return refused(slot.error());
  const OpenDescription& description = context.state.descriptions.at(*slot);
  const std::optional<Bytes> size = offset_argument(context.argument(FtruncateArgs::size));
  if (!can_write(description.access) || !size) return refused(Errno::einval);
  const MemoryObject& object = context.state.objects.at(description.object);
  if ((object.flags & kCtlSeal) != 0) return refused(Errno::eperm);
  if (object.kind != ObjectKind::none && object.kind != ObjectKind::truncated) return refused(Errno::einval);
  const auto resized = resize_ordinary(context, description.object, *size);
  if (!resized) return refused(resized.error());
  return 0;
}

}  // namespace memsim::memmgr
