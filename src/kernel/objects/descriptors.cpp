#include "kernel/objects/descriptors.hpp"

#include <limits>
#include <utility>

#include "kernel/objects/objects.hpp"

namespace memsim::memmgr {

ConnectionId descriptor_number(Value value) {
  using Rep = ConnectionId::rep;
  const bool fits = std::in_range<Rep>(value);
  return ConnectionId(fits ? static_cast<Rep>(value) : Rep{-1});
}

SimResult<DescriptionSlot> find_description(const Context& context, Value fd, Errno not_memory) {
  const Descriptor* descriptor = context.process.descriptors.find(descriptor_number(fd));
  if (descriptor == nullptr) return refused(Errno::ebadf);
  if (descriptor->kind != Descriptor::Kind::memory) return refused(not_memory);
  if (context.state.descriptions.at(descriptor->description).revoked) return refused(Errno::ebadf);
  return descriptor->description;
}

SimResult<DescriptionSlot> find_shared_memory(Context& context, Value fd, Errno not_memory) {
  const auto slot = find_description(context, fd, not_memory);
  if (!slot) return slot;
  const OpenDescription& description = context.state.descriptions.at(*slot);
  if (description.kind != OpenDescription::Kind::object) return refused(not_memory);
  context.outcome.object = context.state.objects.at(description.object).id;
  return slot;
}

SimResult<ConnectionId> open_descriptor(Context& context, OpenDescription description) {
  State& state = context.state;
  if (context.process.descriptors.is_full()) return refused(Errno::emfile);
  if (description.kind == OpenDescription::Kind::object) ++state.objects.at(description.object).descriptions;
  description.descriptors = 1;
  return context.process.descriptors.add_memory(state.descriptions.insert(std::move(description)));
}

void close_descriptor(Context& context, ConnectionId number) {
  State& state = context.state;
  const DescriptionSlot slot = context.process.descriptors.find(number)->description;
  context.process.descriptors.remove_memory(number);
  OpenDescription& description = state.descriptions.at(slot);
  if (--description.descriptors != 0) return;
  const ObjectSlot object = description.object;
  state.descriptions.remove(slot);
  if (object == kNoObject) return;
  --state.objects.at(object).descriptions;
  destroy_if_unreferenced(context, object);
}

SimResult<AccessMode> access_mode(std::uint64_t oflag) {
  const std::uint64_t mode = oflag & kAccessModeMask;
  if (mode > static_cast<std::uint64_t>(AccessMode::read_write)) return refused(Errno::einval);
  return static_cast<AccessMode>(mode);
}

}  // namespace memsim::memmgr
