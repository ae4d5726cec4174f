// Handles, by which a process lets another open an object of its own, and shm_revoke(), by which it takes that back.
#include <algorithm>

#include "kernel/memmgr/memory_calls.hpp"
#include "kernel/objects/descriptors.hpp"
#include "kernel/objects/mappings.hpp"
#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {
namespace {

// Handles that wait to be used, of all processes.
constexpr std::size_t kMostHandles = 1'000'000;

bool is_within(AccessMode wanted, AccessMode given) {
  return (!can_read(wanted) || can_read(given)) && (!can_write(wanted) || can_write(given));
}

ProcessState* process_of(State& state, Value pid) {
  if (pid <= 0 || pid > static_cast<Value>(UINT32_MAX)) return nullptr;
  return state.find_process(ProcessId(static_cast<std::uint32_t>(pid)));
}

using Handles = std::map<Value, Handle>;

Handles::iterator drop(Context& context, Handles::iterator handle) {
  const ObjectSlot object = handle->second.object;
  --context.state.objects.at(object).descriptions;
  destroy_if_unreferenced(context, object);
  return context.state.handles.erase(handle);
}

template <class Goes>
void drop_where(Context& context, Goes&& goes) {
  Handles& handles = context.state.handles;
  for (auto at = handles.begin(); at != handles.end();) at = goes(at->second) ? drop(context, at) : std::next(at);
}

// Takes the object away from a process: what it has mapped of it, and its descriptors but for closing them.
void take_away(Context& context, ProcessState& process, ObjectSlot object) {
  State& state = context.state;
  MemoryOutcome outcome;
  Context of_other{state, context.records, context.request, process, outcome};
  std::vector<VirtRange> shown;
  for (const Mapping& mapping : process.space.mappings()) {
    if (mapping.object == object) shown.push_back({mapping.start, mapping.length});
  }
  state.mappings -= process.space.mappings().size();
  for (const VirtRange& range : shown) remove_mappings(of_other, range);
  state.mappings += process.space.mappings().size();
  context.work().pages_unmapped += of_other.work().pages_unmapped;
  process.descriptors.for_each([&](ConnectionId, const Descriptor& descriptor) {
    if (descriptor.kind != Descriptor::Kind::memory) return;
    OpenDescription& description = state.descriptions.at(descriptor.description);
    if (description.object == object) description.revoked = true;
  });
}

}  // namespace

// EBADF, ENODEV: no descriptor of an object; EINVAL: no access mode, or other flags; EACCES: more than the descriptor
// has; ESRCH: no such process; EAGAIN: too many handles.
SimResult<Value> shm_create_handle(Context& context) {
  State& state = context.state;
  const auto slot = find_shared_memory(context, context.argument(CreateHandleArgs::fd), Errno::enodev);
  if (!slot) return refused(slot.error());
  const OpenDescription& description = state.descriptions.at(*slot);
  const std::uint64_t flags = context.bits(CreateHandleArgs::flags);
  const auto access = access_mode(flags);
  if (!access || (flags & ~kAccessModeMask) != 0) return refused(Errno::einval);
  if (!is_within(*access, description.access)) return refused(Errno::eacces);
  const ProcessState* recipient = process_of(state, context.argument(CreateHandleArgs::pid));
  if (recipient == nullptr) return refused(Errno::esrch);
  if (state.handles.size() >= kMostHandles) return refused(Errno::eagain);
  state.handles.emplace(++state.last_handle, Handle{.object = description.object,
                                                    .access = *access,
                                                    .creator = context.process.pid,
                                                    .recipient = recipient->pid});
  ++state.objects.at(description.object).descriptions;
  return state.last_handle;
}

// EINVAL: no access mode, or other flags; ESRCH: no handle for this process; EACCES: more than the handle gives;
// EMFILE. Only a handle that was opened is used up.
SimResult<Value> shm_open_handle(Context& context) {
  const std::uint64_t flags = context.bits(HandleArgs::flags);
  const auto access = access_mode(flags);
  if (!access || (flags & ~kAccessModeMask) != 0) return refused(Errno::einval);
  const auto found = context.state.handles.find(context.argument(HandleArgs::handle));
  const bool is_known = found != context.state.handles.end() && found->second.recipient == context.process.pid;
  if (!is_known) return refused(Errno::esrch);
  if (!is_within(*access, found->second.access)) return refused(Errno::eacces);
  const ObjectSlot object = found->second.object;
  context.outcome.object = context.state.objects.at(object).id;
  const auto opened =
      open_descriptor(context, {.kind = OpenDescription::Kind::object, .access = *access, .object = object});
  if (!opened) return refused(opened.error());
  drop(context, found);
  return opened->value();
}

// ESRCH: no handle that this process created or may open.
SimResult<Value> shm_delete_handle(Context& context) {
  const auto found = context.state.handles.find(context.argument(HandleArgs::handle));
  const ProcessId pid = context.process.pid;
  const bool is_known =
      found != context.state.handles.end() && (found->second.creator == pid || found->second.recipient == pid);
  if (!is_known) return refused(Errno::esrch);
  drop(context, found);
  return 0;
}

// EBADF, ENODEV: no descriptor of an object; EINVAL: it is not revocable; EPERM: another process created it; ESRCH: no
// such process.
SimResult<Value> shm_revoke(Context& context) {
  State& state = context.state;
  const auto slot = find_shared_memory(context, context.argument(RevokeArgs::fd), Errno::enodev);
  if (!slot) return refused(slot.error());
  const ObjectSlot object = state.descriptions.at(*slot).object;
  if ((state.objects.at(object).flags & kCtlRevocable) == 0) return refused(Errno::einval);
  const ProcessId own = context.process.pid;
  if (state.objects.at(object).creator != own) return refused(Errno::eperm);
  const Value pid = context.argument(RevokeArgs::pid);
  if (pid != -1 && process_of(state, pid) == nullptr) return refused(Errno::esrch);
  ++state.revocations;
  const auto is_meant = [&](ProcessId other) { return other != own && (pid == -1 || other.value() == pid); };
  drop_where(context, [&](const Handle& handle) { return handle.object == object && is_meant(handle.recipient); });
  for (ProcessState& process : state.processes) {
    if (process.pid != ProcessId() && is_meant(process.pid)) take_away(context, process, object);
  }
  return 0;
}

void drop_handles(Context& context) {
  if (context.state.handles.empty()) return;
  const ProcessId pid = context.process.pid;
  drop_where(context, [pid](const Handle& handle) { return handle.creator == pid || handle.recipient == pid; });
}

}  // namespace memsim::memmgr
