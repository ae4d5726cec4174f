// shm_open(), shm_unlink(), close(), dup(), lseek(): names, descriptors and positions.
#include <limits>
#include <string_view>

#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/memmgr/sizes.hpp"
#include "kernel/objects/descriptors.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// The name as the table of names keeps it: a process's working directory is the root, so "x" and "/x" are one.
// Errors: EINVAL empty, EISDIR the directory itself, ENAMETOOLONG.
SimResult<std::string_view> name_key(std::string_view name) {
  if (name.empty()) return refused(Errno::einval);
  if (name.front() == '/') name.remove_prefix(1);
  if (name.empty()) return refused(Errno::eisdir);
  if (name.size() > kNameMax) return refused(Errno::enametoolong);
  return name;
}

// The superuser may do everything; groups are not modelled.
bool may_access(const MemoryObject& object, std::uint32_t uid, AccessMode access) {
  constexpr unsigned kRead = 4;
  constexpr unsigned kWrite = 2;
  if (uid == 0) return true;
  const unsigned granted = uid == object.uid ? unsigned{object.mode} >> 6 : unsigned{object.mode};
  const unsigned wanted = (can_read(access) ? kRead : 0) | (can_write(access) ? kWrite : 0);
  return (granted & wanted) == wanted;
}

SimResult<ConnectionId> open_object(Context& context, ObjectSlot slot, AccessMode access) {
  return open_descriptor(context, {.kind = OpenDescription::Kind::object, .access = access, .object = slot});
}

// Requires: a descriptor is free.
SimResult<Value> open_new(Context& context, std::string_view key, AccessMode access) {
  State& state = context.state;
  if (state.objects.is_exhausted()) return refused(Errno::enfile);
  const ObjectSlot slot = create_named(context, context.request.text == kAnonymousName ? "" : context.request.text);
  MemoryObject& object = state.objects.at(slot);
  object.mode = static_cast<std::uint16_t>(context.bits(ShmOpenArgs::mode) & 0777u & ~unsigned{context.process.umask});
  if (!key.empty()) {
    object.named = true;
    state.names.emplace(key, slot);
  }
  const auto opened = open_object(context, slot, access);
  MEMSIM_CHECK_THAT(opened.has_value(), "a descriptor was free");
  return opened->value();
}

SimResult<Value> open_existing(Context& context, ObjectSlot slot, AccessMode access, std::uint64_t oflag) {
  MemoryObject& object = context.state.objects.at(slot);
  context.outcome.object = object.id;
  const bool is_exclusive = (oflag & kOpenCreate) != 0 && (oflag & kOpenExclusive) != 0;
  if (is_exclusive) return refused(Errno::eexist);
  if (!may_access(object, context.process.uid, access)) return refused(Errno::eacces);
  const auto opened = open_object(context, slot, access);
  if (!opened) return refused(opened.error());
  // O_TRUNC empties ordinary memory; it does not make a populated object new again.
  if ((oflag & kOpenTruncate) != 0 && can_write(access) && object.kind == ObjectKind::truncated) {
    const auto emptied = resize_ordinary(context, slot, Bytes());
    MEMSIM_CHECK_THAT(emptied.has_value(), "shrinking always succeeds");
  }
  return opened->value();
}

}  // namespace

SimResult<Value> shm_open(Context& context) {
  const std::uint64_t oflag = context.bits(ShmOpenArgs::oflag);
  if ((oflag & ~(kAccessModeMask | kOpenCreate | kOpenTruncate | kOpenExclusive)) != 0) return refused(Errno::einval);
  const auto access = access_mode(oflag);
  if (!access) return refused(access.error());
  if (context.process.descriptors.is_full()) return refused(Errno::emfile);
  if (context.request.text == kAnonymousName) return open_new(context, {}, *access);
  const auto key = name_key(context.request.text);
  if (!key) return refused(key.error());
  const auto found = context.state.names.find(*key);
  if (found != context.state.names.end()) return open_existing(context, found->second, *access, oflag);
  if ((oflag & kOpenCreate) == 0) return refused(Errno::enoent);
  return open_new(context, *key, *access);
}

SimResult<Value> shm_unlink(Context& context) {
  State& state = context.state;
  const auto key = name_key(context.request.text);
  if (!key) return refused(key.error());
  const auto found = state.names.find(*key);
  if (found == state.names.end()) return refused(Errno::enoent);
  const ObjectSlot slot = found->second;
  MemoryObject& object = state.objects.at(slot);
  context.outcome.object = object.id;
  if (context.process.uid != 0 && context.process.uid != object.uid) return refused(Errno::eacces);
  state.names.erase(found);
  object.named = false;
  destroy_if_unreferenced(context, slot);
  return 0;
}

SimResult<Value> close(Context& context) {
  const Descriptor* descriptor = context.process.descriptors.find(descriptor_number(context.argument(FdArgs::fd)));
  if (descriptor == nullptr || descriptor->kind != Descriptor::Kind::memory) return refused(Errno::ebadf);
  const ObjectSlot object = context.state.descriptions.at(descriptor->description).object;
  if (object != kNoObject) context.outcome.object = context.state.objects.at(object).id;
  close_descriptor(context, descriptor_number(context.argument(FdArgs::fd)));
  return 0;
}

SimResult<Value> dup(Context& context) {
  const auto slot = find_description(context, context.argument(FdArgs::fd), Errno::enosys);
  if (!slot) return refused(slot.error());
  const auto copied = context.process.descriptors.add_memory(*slot);
  if (!copied) return refused(copied.error());
  OpenDescription& description = context.state.descriptions.at(*slot);
  ++description.descriptors;
  if (description.object != kNoObject) context.outcome.object = context.state.objects.at(description.object).id;
  return copied->value();
}

SimResult<Value> lseek(Context& context) {
  const auto slot = find_shared_memory(context, context.argument(FdArgs::fd), Errno::enosys);
  if (!slot) return refused(slot.error());
  OpenDescription& description = context.state.descriptions.at(*slot);
  Bytes from;
  switch (context.argument(LseekArgs::whence)) {
    case kSeekSet:
      break;
    case kSeekCurrent:
      from = description.position;
      break;
    case kSeekEnd:
      from = context.state.objects.at(description.object).size;
      break;
    default:
      return refused(Errno::einval);
  }
  // Positions and sizes are at most INT64_MAX, so this sum is exact in 64 bits unless it leaves that range upwards.
  const Value distance = context.argument(LseekArgs::offset);
  const auto base = static_cast<Value>(from.count());
  if (distance > std::numeric_limits<Value>::max() - base) return refused(Errno::eoverflow);
  if (base + distance < 0) return refused(Errno::einval);
  description.position = Bytes(static_cast<std::uint64_t>(base + distance));
  return base + distance;
}

}  // namespace memsim::memmgr
