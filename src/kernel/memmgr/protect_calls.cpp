// mprotect(), mlockall() and munlockall(): what is mapped already, changed or locked.
#include <algorithm>

#include "kernel/memmgr/map_order.hpp"
#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/objects/mappings.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// A private mapping that may be written from now on shows a copy in place of the object.
SimResult<void> show_copy_in_place(Context& context, Mapping piece) {
  const auto shown = show_copy(context, piece.object, piece.offset, piece.length);
  if (!shown) return refused(shown.error());
  const bool was_locked = piece.locked;
  remove_mappings(context, {piece.start, piece.length});
  piece.object = shown->object;
  piece.offset = shown->offset;
  piece.writing = Writing::allowed;
  piece.locked = false;
  enter_mapping(context, piece);
  if (was_locked) lock_range(context, {piece.start, piece.length}, true);
  return {};
}

}  // namespace

SimResult<Value> mprotect(Context& context) {
  const std::uint64_t protection = context.bits(ProtectArgs::prot);
  if ((protection & ~kProtKnown) != 0) return refused(Errno::einval);
  const auto range =
      pages_of(context.bits(ProtectArgs::addr), Bytes(context.bits(ProtectArgs::len)), context.state.page_size());
  AddressSpace& space = context.process.space;
  if (!range || !space.covers(range->start, range->length)) return refused(Errno::enomem);
  const std::vector<Mapping> pieces = pieces_of(space, *range);
  const bool writes = (protection & kProtWrite) != 0;
  const bool is_refused =
      std::any_of(pieces.begin(), pieces.end(), [](const Mapping& piece) { return piece.writing == Writing::refused; });
  if (writes && is_refused) return refused(Errno::eacces);
  for (const Mapping& piece : pieces) {
    if (!writes || piece.writing != Writing::on_a_copy) continue;
    if (const auto copied = show_copy_in_place(context, piece); !copied) return refused(copied.error());
  }
  std::vector<Mapping> changed;
  space.set_protection(range->start, range->length, static_cast<std::uint16_t>(protection), changed);
  for (const Mapping& piece : changed) {
    const Bytes length = piece.length;
    if (piece.object == kNoObject) {
      context.work().pages_mapped += context.state.page_size().frames_covering(length).count();
      continue;
    }
    const MemoryObject& object = context.state.objects.at(piece.object);
    context.outcome.object = object.id;
    context.work().pages_mapped += object.resident(piece.offset, length, context.state.page_size()).count();
  }
  return 0;
}

SimResult<Value> mlockall(Context& context) {
  const Value flags = context.argument(LockAllArgs::flags);
  if (flags == 0 || (flags & ~(kLockCurrent | kLockFuture)) != 0) return refused(Errno::einval);
  if (!context.process.abilities.mem_lock) return refused(Errno::eperm);
  const bool locks_current = (flags & kLockCurrent) != 0;
  const std::span<const Mapping> mapped = context.process.space.mappings();
  const std::vector<Mapping> all(mapped.begin(), mapped.end());
  if (locks_current && !may_lock(context.state, all)) return refused(Errno::eagain);
  if ((flags & kLockFuture) != 0) context.process.locks_future = true;
  if (!locks_current) return 0;
  for (const Mapping& mapping : all) lock_range(context, {mapping.start, mapping.length}, true);
  return 0;
}

SimResult<Value> munlockall(Context& context) {
  context.process.locks_future = false;
  const std::span<const Mapping> mapped = context.process.space.mappings();
  const std::vector<Mapping> all(mapped.begin(), mapped.end());
  for (const Mapping& mapping : all) lock_range(context, {mapping.start, mapping.length}, false);
  return 0;
}

}  // namespace memsim::memmgr
